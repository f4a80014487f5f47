use super::{Chat, Step};
use crate::{Refusal, Status, permissions};
use wire::socket::ChatFeed;

/// When each of the channel's settings was last changed, as far as frames tell.
#[derive(Debug, Default)]
pub(super) struct SettingsAt {
    post: i64,
    react: i64,
    urls: i64,
    media: i64,
    cooldown: i64,
}

/// Puts in a setting that is there, unless what is known is newer.
fn put<T>(known: &mut T, known_at: &mut i64, setting: Option<T>, at: i64) {
    if let Some(setting) = setting
        && at >= *known_at
    {
        *known = setting;
        *known_at = at;
    }
}

impl Chat {
    /// The channel's settings changed, and with them perhaps what the visitor may do.
    pub(super) fn settings(&mut self, feed: ChatFeed, at: i64, step: &mut Step) {
        let Some(session) = &mut self.session else {
            return;
        };
        if feed.deleted {
            self.connection.stop(&mut step.effects, &mut step.changes);
            return self.set_status(Status::Refused(Refusal::UnknownChannel), step);
        }
        let changed_at = feed.updated_at.get();
        let at = if changed_at > 0 { changed_at } else { at };
        let (channel, known) = (&mut session.channel, &mut self.settings_at);
        put(
            &mut channel.who_can_post,
            &mut known.post,
            feed.who_can_post,
            at,
        );
        put(
            &mut channel.who_can_react,
            &mut known.react,
            feed.who_can_react,
            at,
        );
        put(&mut channel.ban_urls, &mut known.urls, feed.ban_urls, at);
        put(&mut channel.ban_media, &mut known.media, feed.ban_media, at);
        let seconds = feed.user_posts_cooldown_seconds;
        let cooldown = seconds.map(|seconds| (seconds > 0).then_some(seconds));
        put(
            &mut channel.user_posts_cooldown_seconds,
            &mut known.cooldown,
            cooldown,
            at,
        );
        session.permissions = permissions(session.permissions.access_level.clone(), channel);
        step.changes.channel = true;
    }
}

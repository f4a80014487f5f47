//! To whom a frame of Whop's goes. Only what decides that is read; the frame itself is passed on as it came.

use super::heard::Frame;
use std::borrow::Cow;
use wire::UserId;

/// What a frame of a feed says to have changed there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing that is kept anywhere.
    #[default]
    Nothing,
    /// What its pages of messages show, and the id of what was told of: a message, or a reaction.
    Content(Option<String>),
    /// Its settings.
    Settings,
    /// What somebody may do there.
    Member(Option<UserId>),
}

/// Where a frame goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// To all who listen to a feed.
    Feed {
        /// Its id.
        feed: String,
        /// Who says something in it just now.
        speaker: Option<UserId>,
        /// What is not as it was before.
        change: Change,
    },
    /// Somebody came or went on Whop's own side. Made anew before it is told: nothing else of the frame is.
    Presence {
        /// Who.
        user: UserId,
        /// They came.
        is_there: bool,
    },
    /// Whop wants a new connection.
    Reconnect,
    /// Whether Whop lets the proxy listen to that feed.
    Subscription {
        /// The feed.
        feed: String,
        /// It does.
        is_subscribed: bool,
    },
    /// To nobody: it is no visitor's business, or not to be trusted.
    Nobody,
}

/// Where a frame goes. One that says several things at once for several feeds goes nowhere: it would tell one feed's
/// listeners about another. `now` in milliseconds since the Unix epoch.
pub fn route(frame: &str, now: i64) -> Route {
    let Ok(frame) = serde_json::from_str::<Frame<'_>>(frame) else {
        return Route::Nobody;
    };
    if frame.app_message.is_some() {
        return Route::Nobody;
    }
    if frame.reconnect.is_some() {
        return Route::Reconnect;
    }
    if let Some(state) = frame.channel_subscription_state {
        return Route::Subscription {
            feed: state.channel.id.into_owned(),
            is_subscribed: state.is_subscribed,
        };
    }
    let presence = presence(&frame);
    let speaker = speaker(&frame, now);
    let change = change(&frame);
    let mut feeds = feeds(frame);
    match feeds.next() {
        Some(feed) if !feed.is_empty() && feeds.all(|other| other == feed) => {
            let feed = feed.into_owned();
            Route::Feed {
                feed,
                speaker,
                change,
            }
        }
        None => presence.unwrap_or(Route::Nobody),
        _ => Route::Nobody,
    }
}

fn change(frame: &Frame<'_>) -> Change {
    let Some(entity) = &frame.feed_entity else {
        return Change::Nothing;
    };
    let post = entity.dms_post.as_ref().map(|post| &post.entity_id);
    let told = post.or(entity.reaction.as_ref().map(|own| &own.entity_id));
    let member = entity
        .muted_user
        .as_ref()
        .or(entity.dms_feed_member.as_ref());
    if let Some(told) = told {
        Change::Content(told.known().map(|id| id.clone().into_owned()))
    } else if entity.post_reaction_count_update.is_some() {
        Change::Content(None)
    } else if entity.chat_feed.is_some() || entity.dms_feed.is_some() {
        Change::Settings
    } else if let Some(member) = member {
        Change::Member(member.user_id.known().and_then(|id| user(id)))
    } else {
        Change::Nothing
    }
}

fn presence(frame: &Frame<'_>) -> Option<Route> {
    let person = frame.user_presence.as_ref()?;
    Some(Route::Presence {
        user: user(&person.user_id)?,
        is_there: person.last_seen_at.is_none(),
    })
}

fn user(id: &str) -> Option<UserId> {
    const LONGEST_ID: usize = 100;
    (id.starts_with("user_") && id.len() <= LONGEST_ID).then(|| UserId::from(id))
}

/// Who types, reads or posts. A message of long ago that is edited or deleted says nothing of where its author is now.
fn speaker(frame: &Frame<'_>, now: i64) -> Option<UserId> {
    const NEW_MILLIS: i64 = 10 * 60_000;
    if let Some(broadcast) = &frame.broadcast_response {
        return user(broadcast.from_user_id.known()?);
    }
    let post = frame.feed_entity.as_ref()?.dms_post.as_ref()?;
    let age = now.saturating_sub(post.created_at.known()?.get());
    let is_deleted = post.deleted.known().is_some_and(|deleted| *deleted);
    user(post.user_id.known()?).filter(|_| age < NEW_MILLIS && !is_deleted)
}

fn feeds(frame: Frame<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    let entity = frame.feed_entity.unwrap_or_default();
    let post = entity.dms_post.map(|post| post.feed_id);
    let reaction = entity.reaction.map(|reaction| reaction.feed_id);
    let counts = entity.post_reaction_count_update;
    let of_user = [entity.muted_user, entity.dms_feed_member];
    let feeds = [entity.chat_feed, entity.dms_feed];
    let broadcast = frame.broadcast_response;
    reaction
        .into_iter()
        .chain(counts.into_iter().map(|counts| counts.feed_id))
        .chain(of_user.into_iter().flatten().map(|entity| entity.feed_id))
        .chain(post)
        .chain(feeds.into_iter().flatten().map(|feed| feed.entity_id))
        .chain(broadcast.into_iter().map(|broadcast| broadcast.channel.id))
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;

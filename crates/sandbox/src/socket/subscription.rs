use crate::company;
use crate::database::{Feed, StoredUser};
use crate::state::Sandbox;
use wire::socket::{ChannelKind, SocketChannel};

const APP_PLACEHOLDER: &str = "[app_id]";

/// A channel of that kind and id.
pub fn channel(kind: ChannelKind, id: impl Into<String>) -> SocketChannel {
    SocketChannel {
        kind,
        id: id.into(),
    }
}

/// The app's channel of an experience.
pub fn app_experience(experience_id: &str) -> SocketChannel {
    channel(
        ChannelKind::App,
        format!("{}_{experience_id}", company::APP_ID),
    )
}

/// The app's channel of a name that it chose.
pub fn app_custom(name: &str) -> SocketChannel {
    channel(ChannelKind::App, format!("{}_c_{name}", company::APP_ID))
}

/// Puts the app's id in the place that clients leave for it.
pub fn fill_in(mut channel: SocketChannel) -> SocketChannel {
    if channel.kind == ChannelKind::App
        && let Some(rest) = channel.id.strip_prefix(APP_PLACEHOLDER)
    {
        channel.id = format!("{}{rest}", company::APP_ID);
    }
    channel
}

/// The channel with the app's id filled in, if that user may be in it.
pub async fn allowed(
    sandbox: &Sandbox,
    user: Option<&StoredUser>,
    channel: SocketChannel,
) -> Option<SocketChannel> {
    const LONGEST_ID: usize = 300;
    let channel = fill_in(channel);
    let has_access = user.is_some_and(StoredUser::has_access);
    let is_allowed = channel.id.len() <= LONGEST_ID
        && match channel.kind {
            ChannelKind::Experience | ChannelKind::Dms => {
                feed(sandbox, &channel.id).await.is_some_and(|feed| {
                    user.is_some_and(|user| feed.is_for(user))
                        && (channel.kind == ChannelKind::Dms || feed.chat().is_some())
                })
            }
            ChannelKind::User => user.is_some_and(|user| user.id.as_str() == channel.id),
            ChannelKind::AccessPass => has_access && channel.id == company::PRODUCT_ID,
            ChannelKind::Bot => has_access && channel.id == company::COMPANY_ID,
            ChannelKind::Public | ChannelKind::Everyone => true,
            ChannelKind::App => {
                user.is_some()
                    && match channel.id.strip_prefix(company::APP_ID) {
                        Some("") => true,
                        Some(rest) => match rest.strip_prefix("_exp_") {
                            Some(name) => {
                                let experience_id = format!("exp_{name}");
                                has_access && feed(sandbox, &experience_id).await.is_some()
                            }
                            None => rest.starts_with("_c_"),
                        },
                        None => false,
                    }
            }
            ChannelKind::Unknown(_) => false,
        };
    is_allowed.then_some(channel)
}

/// The feed of that id, or the one that the experience of that id shows.
pub async fn feed(sandbox: &Sandbox, id: &str) -> Option<Feed> {
    let id = id.to_owned();
    sandbox
        .store()
        .run(move |database| database.feed(&id))
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a subscription could not be checked");
            None
        })
}

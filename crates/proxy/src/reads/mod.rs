//! What many ask for is asked of Whop once, and shared with those only who may have it. Whether an answer is still true
//! is decided here, with what `relay` hears of changes; the calls are made by `upstream`.

mod access;
mod flights;
mod own;
mod page_query;
mod pages;

pub use access::{View, is_let_in};
pub use flights::FlightCounts;
pub use own::{Kind, Place, is_conversation};
pub use page_query::PageQuery;
pub use pages::Shareable;

use crate::configuration::{Configuration, Secret};
use crate::relay::{Changes, Hub, UNCONFIRMED};
use crate::token_hash::TokenHash;
use crate::upstream::{Upstream, UpstreamError, Visitor};
use flights::{Flights, Needs};
use moka::sync::Cache;
use pages::PageKey;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use wire::rest::{AccessLevel, ChatChannel, UserReference};
use wire::{ChannelId, ExperienceId, Extra, UserId};

/// How long an answer is taken for true while nothing is heard of its channel's changes: one burst of openings. Who opens
/// a socket, which needs that they are heard of, reads anew.
const UNHEARD: Duration = Duration::from_secs(5);
/// How long while it is heard of every change. A frame may be lost without anybody's noticing.
const HEARD: Duration = Duration::from_secs(60);
/// How long a visitor's own name is taken for true.
const PROFILE: Duration = Duration::from_secs(300);
/// What a visitor wrote is there when they read next, as long as that is remembered.
const REMEMBERED: Duration = Duration::from_secs(120);
/// A page is read no more often than that, however often its channel changes.
const PAGE_SPACING: Duration = Duration::from_millis(200);
const MOST_CHANNELS: u64 = 2_000;
/// Of all pages that are remembered, in bytes. Whop's are some 50 KB, and may be 8 MB.
const ROOM_FOR_PAGES: u64 = 64 << 20;
const MOST_MESSAGES: u64 = 20_000;
const MOST_VISITORS: u64 = 50_000;

/// A channel under both of its names, which never change.
#[derive(Clone, Debug)]
pub struct Names {
    /// Its own.
    pub channel: ChannelId,
    /// That of the experience which shows it, to which access is granted.
    pub experience: ExperienceId,
}

/// Answers of Whop's that are shared.
pub struct Reads {
    hub: Arc<Hub>,
    channels: Flights<String, Arc<ChatChannel>>,
    names: Cache<String, Arc<Names>>,
    pages: Flights<PageKey, bytes::Bytes>,
    /// Whose messages are which channel's, as far as pages were read: a reaction says only whose message it is to.
    messages: Cache<String, Arc<Names>>,
    access: Flights<(UserId, ExperienceId), AccessLevel>,
    profiles: Flights<UserId, UserReference>,
    /// Channels as tokens see them that are asked with nothing else.
    places: Flights<(TokenHash, String), Arc<Place>>,
    /// The tokens with which visitors came in last.
    tokens: Cache<UserId, Arc<Secret>>,
    /// How long Whop's word on somebody's access is relied on.
    access_lifetime: Duration,
    /// Who hears of changes from Whop itself.
    hear_from_whop: Cache<UserId, ()>,
    /// When visitors wrote something last.
    writes: Cache<UserId, Instant>,
    /// When Whop said last that somebody has access, as of when it was asked.
    confirmed: Cache<(UserId, ExperienceId), Instant>,
}

/// How often Whop was asked, and how often it had not to be, for whoever watches the proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadCounts {
    /// Settings of channels.
    pub channels: FlightCounts,
    /// Pages of messages.
    pub pages: FlightCounts,
    /// Visitors' access.
    pub access: FlightCounts,
}

impl Reads {
    /// Nothing is known yet. `hub` hears of changes.
    pub fn new(hub: Arc<Hub>, configuration: &Configuration) -> Self {
        Self {
            hub,
            channels: Flights::new(MOST_CHANNELS, HEARD * 2, Duration::ZERO).by_key(),
            names: Cache::new(MOST_CHANNELS * 2),
            pages: Flights::weighed(ROOM_FOR_PAGES, pages::weight, HEARD * 2, PAGE_SPACING),
            messages: Cache::new(MOST_MESSAGES),
            access: Flights::new(MOST_VISITORS, access::REMEMBERED, Duration::ZERO),
            profiles: Flights::new(MOST_VISITORS, PROFILE * 2, Duration::ZERO),
            places: Flights::new(MOST_VISITORS, access::REMEMBERED, Duration::ZERO),
            tokens: Cache::builder()
                .max_capacity(MOST_VISITORS)
                .time_to_live(configuration.token_lifetime)
                .build(),
            access_lifetime: configuration.access_lifetime,
            hear_from_whop: Cache::builder()
                .max_capacity(MOST_VISITORS)
                .time_to_live(configuration.token_lifetime)
                .build(),
            writes: Cache::builder()
                .max_capacity(MOST_VISITORS)
                .time_to_live(REMEMBERED)
                .build(),
            confirmed: Cache::builder()
                .max_capacity(MOST_VISITORS)
                .time_to_live(configuration.access_lifetime * UNCONFIRMED)
                .build(),
        }
    }

    /// How much was shared.
    pub fn counts(&self) -> ReadCounts {
        ReadCounts {
            channels: self.channels.counts(),
            pages: self.pages.counts(),
            access: self.access.counts(),
        }
    }

    /// A channel by either of its names, as a moderator sees it: not to be answered to anybody as it is.
    pub async fn channel(
        &self,
        upstream: &Upstream,
        id: &str,
        user: &UserId,
    ) -> Result<Arc<ChatChannel>, Arc<UpstreamError>> {
        let needs = self.needs(id, user, |changes| changes.settings);
        let settings = || self.heard(id, |changes| changes.settings);
        let said_by = (!self.names.contains_key(id)).then_some(user);
        let ask = async { upstream.channel(id, said_by).await.map(Arc::new) };
        let channel = self
            .channels
            .get(&id.to_owned(), needs, settings, ask)
            .await?;
        if !self.names.contains_key(id) {
            let names = Arc::new(Names {
                channel: channel.id.clone(),
                experience: channel.experience.id.clone(),
            });
            self.names.insert(channel.id.to_string(), names.clone());
            self.names
                .insert(channel.experience.id.to_string(), names.clone());
            // It may be known to Whop by more names than it tells.
            self.names.insert(id.to_owned(), names);
        }
        Ok(channel)
    }

    /// The names of a channel for which a session was opened, by either of them.
    pub fn names(&self, id: &str) -> Option<Arc<Names>> {
        self.names.get(id)
    }

    /// The visitor's own name.
    pub async fn profile(
        &self,
        upstream: &Upstream,
        visitor: Visitor<'_>,
    ) -> Result<UserReference, Arc<UpstreamError>> {
        let needs = Needs {
            unheard: PROFILE,
            ..Needs::now()
        };
        let ask = async {
            let user = upstream.profile(visitor).await?;
            Ok(UserReference {
                id: user.id,
                name: user.name,
                username: user.username,
                profile_picture: user.profile_picture,
                extra: Extra::default(),
            })
        };
        self.profiles.get(visitor.user, needs, || None, ask).await
    }

    /// What an answer about a channel has to be like for a visitor: what they wrote is in it, and what was heard of.
    fn needs(&self, channel: &str, user: &UserId, of: impl Fn(Changes) -> u64) -> Needs {
        let standing = self.hub.standing(channel);
        Needs {
            not_before: self.writes.get(user),
            standing: standing.map(|standing| of(standing.changes)),
            is_heard: standing.is_some_and(|standing| standing.is_heard),
            heard: HEARD,
            unheard: UNHEARD,
            ..Needs::now()
        }
    }

    /// The last change of a channel, if the next will be heard of, too.
    fn heard(&self, channel: &str, of: impl Fn(Changes) -> u64) -> Option<u64> {
        let standing = self.hub.standing(channel)?;
        standing.is_heard.then(|| of(standing.changes))
    }

    /// That visitor hears of changes from Whop itself, which may be sooner than they are heard of here.
    pub fn hears_from_whop(&self, user: &UserId) {
        self.hear_from_whop.insert(user.clone(), ());
    }

    /// That visitor wrote something: what is read for them next was asked for after this moment.
    pub fn wrote(&self, user: &UserId) {
        self.writes.insert(user.clone(), Instant::now());
    }

    /// Something happened that may have cost that visitor their access: it is asked for anew before they get anything
    /// that is shared.
    pub fn doubt(&self, user: &UserId) {
        self.hub.note_doubt(user);
    }
}

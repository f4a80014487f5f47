use super::hub::Hub;
use super::retelling;
use super::routing::Change;
use crate::clock;
use crate::upstream::Upstream;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use wire::rest::{Message, Page};
use wire::{ChannelId, MessageId, Timestamp};

/// From one channel to the next. Polling takes what openings leave of the key's budget, and no more than this.
const STEP: Duration = Duration::from_secs(2);

/// Reads the newest messages of the channels that somebody listens to, while Whop tells nothing by itself, and tells
/// what is different since. The last resort: it is late by seconds, and hears neither typing nor presence.
pub struct Polling {
    upstream: Arc<Upstream>,
    hub: Arc<Hub>,
    known: HashMap<ChannelId, Known>,
}

/// The newest page of a channel when it was read last.
type Known = BTreeMap<MessageId, Message>;

impl Polling {
    /// Nothing is read yet.
    pub fn new(upstream: Arc<Upstream>, hub: Arc<Hub>) -> Self {
        Self {
            upstream,
            hub,
            known: HashMap::new(),
        }
    }

    /// Reads one channel after the other, for ever. Dropped when the websocket is there again, which tells everybody to
    /// fetch what they missed.
    pub async fn keep(mut self) -> Infallible {
        loop {
            let feeds = self.hub.listened_feeds();
            self.known.retain(|feed, _| feeds.contains(feed));
            for feed in &feeds {
                self.look(feed).await;
                sleep(STEP).await;
            }
            if feeds.is_empty() {
                sleep(STEP).await;
            }
        }
    }

    async fn look(&mut self, feed: &ChannelId) {
        let page = match self.upstream.newest_messages(feed).await {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(%error, "a channel can't be polled");
                if !self.known.contains_key(feed) {
                    // They show that nothing arrives.
                    self.hub.release_interrupted();
                }
                return;
            }
        };
        let now: Known = page
            .data
            .iter()
            .map(|message| (message.id.clone(), message.clone()))
            .collect();
        match self.known.insert(feed.clone(), now) {
            Some(before) => self.tell(feed, &before, &page),
            // From here on they hear of what happens; what happened before they fetch.
            None => self.hub.set_polled(feed),
        }
    }

    fn tell(&self, feed: &ChannelId, before: &Known, page: &Page<Message>) {
        let oldest = page.data.iter().filter_map(moment).min();
        let is_whole = !page.page_info.has_next_page;
        let gone = before.values().filter(|message| {
            let is_within = is_whole || moment(message) >= oldest;
            is_within && !page.data.iter().any(|other| other.id == message.id)
        });
        for message in gone {
            if let Some(frame) = retelling::deletion(feed, message, clock::unix_millis()) {
                self.hub.tell(feed, &frame, &Change::Content(None));
            }
        }
        // Oldest first, as they were posted.
        for message in page.data.iter().rev() {
            let is_news = match before.get(&message.id) {
                Some(known) => known != message,
                None => !self.hub.was_told(&message.id),
            };
            if is_news && let Some(frame) = retelling::post(feed, message) {
                let change = Change::Content(Some(message.id.to_string()));
                self.hub.tell(feed, &frame, &change);
            }
        }
    }
}

fn moment(message: &Message) -> Option<i64> {
    Timestamp::unix_millis(&message.created_at)
}

use super::hub::Hub;
use super::retelling;
use super::routing::Change;
use crate::clock;
use crate::upstream::{Upstream, UpstreamError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use wire::rest::{Message, Page};
use wire::{ChannelId, MessageId, Timestamp};

/// From one channel to the next. Polling takes what openings leave of the key's budget, and no more than this.
const STEP: Duration = Duration::from_secs(2);
/// A message that so many pages in a row lack may be gone: one page may be of a server of Whop's that lags behind.
const LACKING: u32 = 2;
/// Whop is not asked again for one that so many pages lacked.
const GIVEN_UP: u32 = 20;
/// Messages of a channel that are asked for by their ids at a time.
const MOST_ASKED: usize = 4;
/// Messages of a channel that were told to be gone and are told anew should they come back.
const MOST_GONE: usize = 100;

/// Reads the newest messages of the channels that somebody listens to, while Whop tells nothing by itself, and tells
/// what is different since. The last resort: it is late by seconds, and hears neither typing nor presence.
pub struct Polling {
    upstream: Arc<Upstream>,
    hub: Arc<Hub>,
    known: HashMap<ChannelId, Known>,
}

/// What was told of a channel's newest messages.
#[derive(Default)]
pub struct Known {
    messages: BTreeMap<MessageId, Message>,
    /// Those of them that the last pages lack, and how many pages in a row.
    lacking: BTreeMap<MessageId, u32>,
    /// The oldest message of the page, where there are older ones: what is before it is no news.
    since: Option<i64>,
    /// Those that were told to be gone.
    gone: BTreeSet<MessageId>,
}

/// What a page says that is not known.
#[derive(Default)]
pub struct News {
    /// Messages that are new or not as they were, the oldest first.
    pub messages: Vec<Message>,
    /// Messages that may be gone: Whop is asked for each.
    pub doubtful: Vec<MessageId>,
}

impl Known {
    /// Takes a page for what is known. `was_told` says of a message whether it was told of by another way.
    pub fn take(&mut self, page: &Page<Message>, was_told: impl Fn(&MessageId) -> bool) -> News {
        let mut news = News::default();
        let Some(oldest) = page.data.iter().filter_map(moment).min() else {
            // A channel that had messages and has none any more is a fault more often than not.
            return news;
        };
        if page.page_info.has_next_page {
            self.messages
                .retain(|_, message| moment(message) >= Some(oldest));
        }
        // Oldest first, as they were posted.
        for message in page.data.iter().rev() {
            let is_news = match self.messages.get(&message.id) {
                Some(known) => known != message,
                // A page whose messages were deleted is filled up with old ones.
                None if moment(message) < self.since => false,
                None => self.gone.remove(&message.id) || !was_told(&message.id),
            };
            if is_news {
                news.messages.push(message.clone());
            }
            self.messages.insert(message.id.clone(), message.clone());
        }
        self.since = page.page_info.has_next_page.then_some(oldest);
        let shown: BTreeSet<&MessageId> = page.data.iter().map(|message| &message.id).collect();
        let lacking = &self.lacking;
        self.messages
            .retain(|id, _| lacking.get(id).is_none_or(|pages| *pages < GIVEN_UP));
        let messages = &self.messages;
        self.lacking
            .retain(|id, _| messages.contains_key(id) && !shown.contains(id));
        for id in messages.keys().filter(|id| !shown.contains(id)) {
            let pages = self.lacking.entry(id.clone()).or_default();
            *pages += 1;
            if *pages >= LACKING && *pages < GIVEN_UP && news.doubtful.len() < MOST_ASKED {
                news.doubtful.push(id.clone());
            }
        }
        news
    }

    /// Whop says of a message whether it has it. What there was of it, if it is gone.
    fn settle(&mut self, id: &MessageId, is_there: bool) -> Option<Message> {
        self.lacking.remove(id);
        if is_there {
            return None;
        }
        while self.gone.len() >= MOST_GONE {
            self.gone.pop_first();
        }
        self.gone.insert(id.clone());
        self.messages.remove(id)
    }

    /// The same, and those who listen are told what is gone.
    pub fn tell_settled(&mut self, hub: &Hub, feed: &ChannelId, id: &MessageId, is_there: bool) {
        if let Some(message) = self.settle(id, is_there)
            && let Some(frame) = retelling::deletion(feed, &message, clock::unix_millis())
        {
            hub.tell(feed, &frame, &Change::Content(None));
        }
    }
}

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
        let Some(known) = self.known.get_mut(feed) else {
            let mut known = Known::default();
            known.take(&page, |_| true);
            self.known.insert(feed.clone(), known);
            // From here on they hear of what happens; what happened before they fetch.
            self.hub.begin_polled(feed);
            return;
        };
        let news = known.take(&page, |id| self.hub.was_told(id));
        tell(&self.hub, feed, &news.messages);
        for id in &news.doubtful {
            let is_there = match self.upstream.message(id).await {
                Ok(_) => true,
                Err(UpstreamError::NotFound) => false,
                // It is asked for again with the next page.
                Err(_) => continue,
            };
            known.tell_settled(&self.hub, feed, id, is_there);
        }
        // Somebody may have come after all had left.
        self.hub.set_polled(feed);
    }
}

/// Tells those who listen of messages as they are now.
pub fn tell(hub: &Hub, feed: &ChannelId, messages: &[Message]) {
    for message in messages {
        if let Some(frame) = retelling::post(feed, message) {
            let change = Change::Content(Some(message.id.to_string()));
            hub.tell(feed, &frame, &change);
        }
    }
}

fn moment(message: &Message) -> Option<i64> {
    Timestamp::unix_millis(&message.created_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A page of messages with those numbers, the newest first, and whether there are older ones.
    fn page(numbers: &[u32], has_older: bool) -> Page<Message> {
        let messages = numbers.iter().map(|number| {
            json!({
                "id": format!("msg_{number}"), "content": "hi", "is_edited": false, "is_pinned": false,
                "created_at": format!("2026-01-02T03:04:{number:02}.000Z"),
                "updated_at": format!("2026-01-02T03:04:{number:02}.000Z"),
                "mentions": [], "mentions_everyone": false, "message_type": "regular", "poll": null,
                "poll_votes": [], "reaction_counts": [], "replying_to_message_id": null, "view_count": null,
                "user": {"id": "user_bob", "name": null, "username": "bob"}
            })
        });
        let messages: Vec<_> = messages.collect();
        serde_json::from_value(json!({
            "data": messages, "page_info": {"has_next_page": has_older, "has_previous_page": false,
                "start_cursor": null, "end_cursor": null}
        }))
        .unwrap()
    }

    fn told(news: &News) -> Vec<&str> {
        news.messages
            .iter()
            .map(|message| message.id.as_str())
            .collect()
    }

    /// All that is in the page was told of by other ways, too.
    fn take(known: &mut Known, page: &Page<Message>) -> News {
        known.take(page, |_| true)
    }

    #[test]
    fn a_page_that_lags_behind_deletes_nothing() {
        let mut known = Known::default();
        take(&mut known, &page(&[3, 2, 1], false));
        for lagging in [page(&[2, 1], false), page(&[3, 1], false), page(&[], false)] {
            assert!(take(&mut known, &lagging).doubtful.is_empty());
            let whole = take(&mut known, &page(&[3, 2, 1], false));
            assert!(whole.doubtful.is_empty() && whole.messages.is_empty());
        }
        // Nor do ever so many that are empty.
        for _ in 0..5 {
            assert!(take(&mut known, &page(&[], false)).doubtful.is_empty());
        }
    }

    #[test]
    fn what_two_pages_lack_is_asked_for() {
        let mut known = Known::default();
        take(&mut known, &page(&[3, 2, 1], false));
        assert!(take(&mut known, &page(&[3, 1], false)).doubtful.is_empty());
        let doubtful = take(&mut known, &page(&[3, 1], false)).doubtful;
        assert_eq!(doubtful, [MessageId::from("msg_2")]);
        // Whop could not say.
        let doubtful = take(&mut known, &page(&[3, 1], false)).doubtful;
        assert_eq!(doubtful, [MessageId::from("msg_2")]);
        assert!(known.settle(&doubtful[0], false).is_some());
        assert!(take(&mut known, &page(&[3, 1], false)).doubtful.is_empty());
        // It returns: whoever was told that it is gone is told so.
        assert_eq!(told(&take(&mut known, &page(&[3, 2, 1], false))), ["msg_2"]);
        // One that Whop has after all is looked at anew.
        take(&mut known, &page(&[3, 1], false));
        take(&mut known, &page(&[3, 1], false));
        assert!(known.settle(&"msg_2".into(), true).is_none());
        assert!(take(&mut known, &page(&[3, 1], false)).doubtful.is_empty());
    }

    #[test]
    fn what_is_older_than_the_page_is_not_gone() {
        let mut known = Known::default();
        take(&mut known, &page(&[3, 2, 1], true));
        for _ in 0..3 {
            let news = known.take(&page(&[5, 4, 3], true), |_| false);
            assert!(news.doubtful.is_empty());
        }
        assert_eq!(known.messages.len(), 3);
        // The page is filled up from below.
        let news = known.take(&page(&[5, 4, 2], true), |_| false);
        assert_eq!(told(&news), Vec::<&str>::new());
        let news = known.take(&page(&[6, 5, 4], true), |_| false);
        assert_eq!(told(&news), ["msg_6"]);
    }
}

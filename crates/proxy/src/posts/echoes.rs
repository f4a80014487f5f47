use super::IdempotencyKey;
use super::search::Wanted;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wire::{MessageId, UserId};

/// An echo that comes later than that is no news to anybody.
const REMEMBERED: Duration = Duration::from_secs(600);
/// Posts of one visitor that are remembered, and visitors. Of more, the oldest are forgotten.
const MOST_OF_ONE: usize = 32;
const MOST_VISITORS: usize = 20_000;

/// Which messages are posts that were made here, so that their authors' sockets can be told which ones (S2).
#[derive(Default)]
pub struct Echoes {
    by_user: Mutex<HashMap<UserId, Posted>>,
}

#[derive(Default)]
struct Posted {
    posts: VecDeque<Known>,
    touched: Option<Instant>,
}

impl Posted {
    fn add(&mut self, known: Known) {
        if self.posts.len() >= MOST_OF_ONE {
            self.posts.pop_front();
        }
        self.posts.push_back(known);
    }
}

struct Known {
    key: IdempotencyKey,
    /// What it says, while its id is not known.
    under_way: Option<Box<str>>,
    message: Option<MessageId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    #[serde(borrow)]
    feed_entity: Entity<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity<'a> {
    #[serde(borrow)]
    dms_post: Post<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Post<'a> {
    entity_id: MessageId,
    user_id: UserId,
    #[serde(borrow)]
    content: Option<Cow<'a, str>>,
}

impl Echoes {
    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Posted>> {
        self.by_user.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A visitor posts that. Its echo may come at any time from now on.
    pub fn expect(&self, user: &UserId, key: &IdempotencyKey, body: &[u8]) {
        let wanted: Option<Wanted> = serde_json::from_slice(body).ok();
        let content = wanted.and_then(|wanted| wanted.content);
        let content = content.unwrap_or_default();
        let mut by_user = self.lock();
        let posted = touch(&mut by_user, user);
        posted.posts.retain(|known| known.key != *key);
        posted.add(Known {
            key: key.clone(),
            under_way: Some(content.trim().into()),
            message: None,
        });
    }

    /// It landed, as that message, be it that it was expected or not.
    pub fn landed(&self, user: &UserId, key: &IdempotencyKey, message: MessageId) {
        let mut by_user = self.lock();
        let posted = touch(&mut by_user, user);
        posted.posts.retain(|known| known.key != *key);
        posted.add(Known {
            key: key.clone(),
            under_way: None,
            message: Some(message),
        });
    }

    /// It did not land.
    pub fn forget(&self, user: &UserId, key: &IdempotencyKey) {
        if let Some(posted) = self.lock().get_mut(user) {
            posted.posts.retain(|known| known.key != *key);
        }
    }

    /// Whether that message is another post of the same visitor's.
    pub fn is_another(&self, user: &UserId, key: &IdempotencyKey, message: &MessageId) -> bool {
        self.lock().get(user).is_some_and(|posted| {
            let mut others = posted.posts.iter().filter(|known| known.key != *key);
            others.any(|known| known.message.as_ref() == Some(message))
        })
    }

    /// What its author calls the message of a frame; nothing where it is no post from here, or where it could be either of
    /// two that say the same.
    pub fn key_of(&self, frame: &str) -> Option<(UserId, IdempotencyKey)> {
        if self.lock().is_empty() {
            return None;
        }
        let frame: Frame<'_> = serde_json::from_str(frame).ok()?;
        let post = frame.feed_entity.dms_post;
        let mut by_user = self.lock();
        let posted = by_user.get_mut(&post.user_id)?;
        let landed = posted
            .posts
            .iter()
            .find(|known| known.message.as_ref() == Some(&post.entity_id));
        let key = if let Some(known) = landed {
            known.key.clone()
        } else {
            let content = post.content.unwrap_or_default();
            let says_it = |known: &&mut Known| known.under_way.as_deref() == Some(content.trim());
            let mut alike = posted.posts.iter_mut().filter(says_it);
            let (Some(known), None) = (alike.next(), alike.next()) else {
                return None;
            };
            // The echo beats the answer.
            known.message = Some(post.entity_id);
            known.under_way = None;
            known.key.clone()
        };
        Some((post.user_id, key))
    }
}

/// A visitor's posts. Those of who posted nothing for a while are forgotten when there are many.
fn touch<'a>(by_user: &'a mut HashMap<UserId, Posted>, user: &UserId) -> &'a mut Posted {
    if by_user.len() >= MOST_VISITORS && !by_user.contains_key(user) {
        let is_recent =
            |posted: &Posted| posted.touched.is_some_and(|at| at.elapsed() < REMEMBERED);
        by_user.retain(|_, posted| is_recent(posted));
        if by_user.len() >= MOST_VISITORS {
            by_user.clear();
        }
    }
    let posted = by_user.entry(user.clone()).or_default();
    if posted.touched.is_some_and(|at| at.elapsed() >= REMEMBERED) {
        posted.posts.clear();
    }
    posted.touched = Some(Instant::now());
    posted
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderMap, HeaderValue};
    use serde_json::json;

    fn key(text: &'static str) -> IdempotencyKey {
        let headers = HeaderMap::from_iter([(
            "idempotency-key".parse().unwrap(),
            HeaderValue::from_static(text),
        )]);
        IdempotencyKey::of(&headers).unwrap().unwrap()
    }

    fn body(content: &str) -> Vec<u8> {
        json!({"channel_id": "exp_a", "content": content})
            .to_string()
            .into_bytes()
    }

    fn echo(echoes: &Echoes, user: &str, id: &str, content: &str) -> Option<String> {
        let frame = json!({"feedEntity": {"dmsPost": {
            "feedId": "chat_feed_a", "entityId": id, "userId": user, "content": content
        }}});
        let (of, key) = echoes.key_of(&frame.to_string())?;
        assert_eq!(of.as_str(), user);
        Some(key.as_str().to_owned())
    }

    #[test]
    fn an_echo_is_known_before_its_answer_and_after() {
        let echoes = Echoes::default();
        let ada = UserId::from("user_ada");
        assert_eq!(echo(&echoes, "user_ada", "msg_0", "hi"), None);
        echoes.expect(&ada, &key("one"), &body(" hi "));
        assert_eq!(echo(&echoes, "user_bob", "msg_1", "hi"), None);
        assert_eq!(echo(&echoes, "user_ada", "msg_1", "other"), None);
        assert_eq!(
            echo(&echoes, "user_ada", "msg_1", "hi").as_deref(),
            Some("one")
        );
        // Once: the next of the same words is another message.
        assert_eq!(echo(&echoes, "user_ada", "msg_2", "hi"), None);
        echoes.landed(&ada, &key("one"), "msg_1".into());
        assert_eq!(
            echo(&echoes, "user_ada", "msg_1", "edited").as_deref(),
            Some("one")
        );
        assert!(echoes.is_another(&ada, &key("two"), &"msg_1".into()));
        assert!(!echoes.is_another(&ada, &key("one"), &"msg_1".into()));
    }

    #[test]
    fn of_two_that_say_the_same_neither_is_guessed() {
        let echoes = Echoes::default();
        let ada = UserId::from("user_ada");
        for name in ["one", "two"] {
            echoes.expect(&ada, &key(name), &body("same"));
        }
        assert_eq!(echo(&echoes, "user_ada", "msg_1", "same"), None);
        echoes.landed(&ada, &key("one"), "msg_1".into());
        assert_eq!(
            echo(&echoes, "user_ada", "msg_1", "same").as_deref(),
            Some("one")
        );
        assert_eq!(
            echo(&echoes, "user_ada", "msg_2", "same").as_deref(),
            Some("two")
        );
        echoes.expect(&ada, &key("three"), &body("same"));
        echoes.forget(&ada, &key("three"));
        assert_eq!(echo(&echoes, "user_ada", "msg_3", "same"), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let echoes = Echoes::default();
        for number in 0..MOST_VISITORS + 10 {
            let user = UserId::from(format!("user_{number}"));
            echoes.expect(&user, &key("one"), &body("hi"));
        }
        assert!(echoes.lock().len() <= MOST_VISITORS);
        let ada = UserId::from("user_ada");
        for _ in 0..2 * MOST_OF_ONE {
            echoes.expect(&ada, &key("same"), &body("hi"));
        }
        assert_eq!(echoes.lock()[&ada].posts.len(), 1);
    }
}

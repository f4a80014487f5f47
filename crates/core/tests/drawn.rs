//! Whoever draws anew only what is said to have changed sees what whoever draws all of it anew would see, whatever happens.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that lacks what it expects has failed"
)]

mod harness;

use chat_core::{Event, Identity, Timer};
use harness::{CHANNEL, Channel, Harness, START, VIEWER, error, message, post};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const USERS: [&str; 3] = ["user_bob", "user_eve", VIEWER];
const NAMES: &str = include_str!("../src/text/emoji/names.txt");
/// More than a few pages of a search from either end.
const THERE: i64 = 600;

fn id(at: i64) -> String {
    format!("msg_{at:06}")
}

/// Who stays so for some messages.
fn author(at: i64) -> &'static str {
    let run = at / 3 + at / 7;
    USERS[usize::try_from(run).unwrap() % USERS.len()]
}

/// Runs of one author's messages, close together and far apart, some of which answer others.
fn told(at: i64) -> Value {
    let mut message = message(
        &id(at),
        author(at),
        second(at),
        &format!("number {at} :melting_face:"),
    );
    if at % 5 == 4 {
        message["replying_to_message_id"] = json!(id(at / 2));
    }
    if at % 40 == 7 {
        message["is_pinned"] = json!(true);
    }
    if at % 11 == 0 {
        message["poll"] =
            json!({"options": [{"id": "1", "text": "this"}, {"id": "2", "text": "that"}]});
    }
    message
}

/// Sometimes more than what keeps a group together lies between two, once in a while midnight.
fn second(at: i64) -> i64 {
    at * 20 + at / 9 * 400 + at / 47 * 40_000 - 900_000
}

struct World {
    chat: Harness,
    channel: Channel,
    next: i64,
    made: i64,
    /// What the visitor wrote here.
    own: BTreeSet<i64>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            chat: Harness::new(Identity::Whop, false),
            channel: Channel::new((0..THERE).map(told).collect()),
            next: THERE,
            made: 0,
            own: BTreeSet::new(),
        };
        world.chat.drawn = Some(BTreeMap::new());
        world.chat.open_with(&world.channel);
        world
    }

    /// One of the last messages, one of the first, or one that begins a page.
    fn some(&self, pick: u8) -> String {
        let pick = i64::from(pick);
        id(match pick % 8 {
            7 => 50 * (pick / 8 % 6),
            even if even % 2 == 0 => self.next - 1 - pick / 4,
            _ => pick / 2,
        })
    }

    /// A moment later than all before.
    fn moment(&mut self) -> i64 {
        self.made += 1;
        START + self.made
    }

    fn frame(&mut self, frame: &Value) {
        if self.chat.socket.is_some() {
            self.chat.receive(frame);
        }
    }

    fn serve(&mut self, pick: u8) {
        let Some((request, asked)) = self.chat.requests.first().cloned() else {
            return;
        };
        if pick.is_multiple_of(8) {
            self.chat.requests.remove(0);
            let status = if pick.is_multiple_of(16) { 503 } else { 400 };
            return self.chat.answer(request, status, &error("error", "No."));
        }
        if asked.method.as_str() == "GET" && asked.path.starts_with("/api/v1/messages") {
            return self.chat.serve_one(&self.channel);
        }
        self.chat.requests.remove(0);
        if asked.path == "/session" {
            self.chat.requests.insert(0, (request, asked));
            return self.chat.open_again(&self.channel);
        }
        if asked.path.starts_with("/api/v1/messages") && asked.method.as_str() == "POST" {
            let body: Value = serde_json::from_str(asked.body.as_deref().unwrap()).unwrap();
            let at = self.next;
            self.next += 1;
            let content = body["content"].as_str().unwrap();
            self.channel.post(&id(at), VIEWER, second(at), content);
            self.own.insert(at);
            let posted = message(&id(at), VIEWER, second(at), content);
            return self.chat.answer(request, 200, &posted);
        }
        if let Some(id) = asked.path.strip_prefix("/api/v1/messages/") {
            self.channel.delete(id);
        }
        self.chat.answer(
            request,
            200,
            &json!({"id": "reaction_1", "data": [], "page_info": {}}),
        );
    }

    /// The network is quick, most of the time.
    fn serve_some(&mut self, pick: u8) {
        for _ in 0..pick % 8 {
            self.serve(1);
        }
    }

    fn says(&mut self, pick: u8) {
        let at = self.next;
        self.next += 1;
        let mut frame = self
            .channel
            .post(&id(at), author(at), second(at), &format!("number {at}"));
        let post = &mut frame["feedEntity"]["dmsPost"];
        post["isPosterAdmin"] = json!(pick.is_multiple_of(5));
        if pick.is_multiple_of(7) {
            post["user"]["profilePicture"] =
                json!({"originalUrl": format!("https://img.whop.com/{pick}.png")});
        }
        if pick.is_multiple_of(4) {
            post["replyingToPostId"] = json!(self.some(pick));
        }
        self.frame(&frame);
    }

    fn edits(&mut self, pick: u8) {
        let at = self.moment();
        let which = self.some(pick);
        let number: i64 = which.trim_start_matches("msg_").parse().unwrap();
        let own = self.own.contains(&number);
        let user = if own { VIEWER } else { author(number) };
        let mut frame = post(
            &which,
            user,
            second(number),
            &format!("edited {at} :heart:"),
        );
        let post = &mut frame["feedEntity"]["dmsPost"];
        post["updatedAt"] = json!(at);
        post["isEdited"] = json!(true);
        post["isPinned"] = json!(pick.is_multiple_of(3));
        post["links"] = json!([{"url": "https://whop.com", "title": format!("title {at}")}]);
        self.frame(&frame);
    }

    fn counts(&mut self, pick: u8) {
        let at = self.moment();
        let (which, kind) = (
            self.some(pick),
            if pick.is_multiple_of(3) {
                "VOTE"
            } else {
                "EMOJI"
            },
        );
        let value = if pick.is_multiple_of(3) {
            "1"
        } else {
            ":melting_face:"
        };
        let count =
            json!({"reactionType": kind, "value": value, "userCount": pick, "totalScore": pick});
        self.frame(&json!({"createdAt": at, "feedEntity": {
            "postReactionCountUpdate": {"postId": which, "feedId": CHANNEL, "updatedFieldsBitmask": 4,
                "singleReactionCountUpdate": count},
            "reaction": {"entityId": "reaction_2", "postId": which, "feedId": CHANNEL, "userId": VIEWER,
                "reactionType": kind, "value": value, "Deleted": pick.is_multiple_of(2), "updatedAt": at}
        }}));
    }

    /// What is told of people and of the channel.
    fn tells(&mut self, pick: u8) {
        let at = self.moment();
        let user = if pick.is_multiple_of(5) {
            "user_new"
        } else {
            USERS[usize::from(pick) % USERS.len()]
        };
        let frame = match pick % 6 {
            0 => {
                json!({"feedEntity": {"mutedUser": {"userId": VIEWER, "feedId": CHANNEL, "updatedAt": at,
                "mutedUntil": self.chat.now + 5_000, "Deleted": pick.is_multiple_of(4)}}})
            }
            1 => json!({"createdAt": at, "userPresence": {"userId": user,
                "lastSeenAt": pick.is_multiple_of(4).then_some(at)}}),
            2 | 3 => {
                json!({"createdAt": at, "broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL},
                "fromUserId": user, "typingIndicator": {"expireAfter": self.chat.now + 4_000}}})
            }
            4 => {
                json!({"broadcastResponse": {"channel": {"type": "DMS", "id": CHANNEL}, "fromUserId": VIEWER,
                "markAsRead": {"timestamp": START - 1_000_000 + second(self.next - i64::from(pick)) * 1_000}}})
            }
            _ => json!({"feedEntity": {"chatFeed": {"entityId": CHANNEL, "updatedAt": at,
                "whoCanPost": if pick.is_multiple_of(4) { "ADMINS" } else { "EVERYONE" },
                "userPostsCooldownSeconds": pick % 3}}}),
        };
        self.frame(&frame);
    }

    /// What the visitor does with a row.
    fn touches(&mut self, pick: u8) {
        let rows = self.chat.chat.rows();
        let Some(row) = rows.get(usize::from(pick) * 7 % rows.len().max(1)).copied() else {
            return;
        };
        let event = match pick % 9 {
            0 => Event::Seen { up_to: row },
            1 => Event::ToggledReaction {
                row,
                emoji: ":heart:".to_owned(),
            },
            2 => Event::Voted {
                row,
                option: "2".to_owned(),
            },
            3 => Event::AskedWhoReacted(row),
            4 => Event::RetriedSending(row),
            5 => Event::DiscardedFailed(row),
            6 => Event::AskedToDelete(row),
            7 => Event::Kept(row),
            _ => Event::Deleted(row),
        };
        self.chat.feed(event);
    }

    fn act(&mut self, action: u8, pick: u8) {
        match action % 20 {
            0..=4 => self.serve(pick),
            5 | 6 => self.says(pick),
            7 => self.edits(pick),
            8 => {
                let which = self.some(pick);
                let frame = self.channel.delete(&which);
                self.frame(&frame);
            }
            9 => self.counts(pick),
            10 => self.tells(pick),
            11 => self.touches(pick),
            12 => {
                let which = self.some(pick | 1);
                self.chat.feed(Event::JumpedTo(which.as_str().into()));
                self.serve_some(pick);
            }
            13 => {
                self.chat.feed(Event::ReachedNewest);
                self.serve_some(pick);
            }
            14 => self.chat.feed(Event::ReachedOldest),
            15 => self.chat.feed(match pick % 3 {
                0 => Event::ReturnedToLatest,
                1 => Event::EndedJump,
                _ => Event::Used,
            }),
            16 => self.chat.feed(Event::Sent {
                content: format!("mine {pick} :melting_face:"),
                replying_to: pick
                    .is_multiple_of(2)
                    .then(|| self.some(pick).as_str().into()),
            }),
            17 => {
                let timers: Vec<Timer> = self.chat.timers.keys().copied().collect();
                if let Some(timer) = timers.get(usize::from(pick) % timers.len().max(1)) {
                    self.chat.elapse(*timer);
                }
            }
            18 => {
                if self.chat.socket.is_some() && pick.is_multiple_of(2) {
                    self.chat.open_socket();
                } else if self.chat.socket.is_some() && pick.is_multiple_of(5) {
                    self.chat.close_socket(1006);
                }
            }
            _ => self.chat.feed(match pick % 8 {
                0 => Event::WentOffline,
                1 | 2 => Event::Resumed,
                3 if pick > 128 => Event::Wrote {
                    nothing: pick > 192,
                },
                3 => Event::StoppedReading,
                4 => Event::EmojiNames(Some(NAMES.to_owned())),
                5 => Event::RetriedOpening,
                _ => Event::Restored {
                    key: "read".to_owned(),
                    value: Some("1".to_owned()),
                },
            }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_drawn_anew_is_all_that_changed(
        actions in prop::collection::vec(any::<(u8, u8)>(), 1..120)
    ) {
        let mut world = World::new();
        for (action, pick) in actions {
            world.act(action, pick);
        }
    }
}

//! Random walks: a channel on a server, and a visitor whose network, socket and token come and go. Once all is quiet,
//! the visitor sees what the server has, once each and in order, and nothing that they wrote is lost.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a walk that goes where the model has no way has failed"
)]

mod harness;

use chat_core::{
    Delivery, Event, HttpOutcome, HttpRequest, Identity, RequestId, SocketEvent, SocketId, Status,
    Timer,
};
use harness::{CHANNEL, Harness, START, VIEWER, session_with_token};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

const HOUR: i64 = 3_600_000;
const PAGE: usize = 50;

#[derive(Clone)]
struct Stored {
    id: String,
    user: &'static str,
    at: i64,
    updated: i64,
    content: String,
    edited: bool,
}

impl Stored {
    fn rest(&self) -> Value {
        let mut message = harness::message(&self.id, self.user, 0, &self.content);
        message["created_at"] = json!(wire::Timestamp::from_unix_millis(self.at));
        message["updated_at"] = json!(wire::Timestamp::from_unix_millis(self.updated));
        message["is_edited"] = json!(self.edited);
        message
    }

    fn frame(&self, deleted: bool) -> Value {
        let mut frame = harness::post(&self.id, self.user, 0, &self.content);
        let post = &mut frame["feedEntity"]["dmsPost"];
        post["createdAt"] = json!(self.at);
        post["updatedAt"] = json!(self.updated);
        post["isEdited"] = json!(self.edited);
        post["Deleted"] = json!(deleted);
        frame
    }
}

struct World {
    chat: Harness,
    messages: Vec<Stored>,
    made: u64,
    token: u64,
    online: bool,
    /// The open socket, and what is on its way through it.
    open: Option<SocketId>,
    frames: VecDeque<Value>,
    /// Answers on their way.
    answers: Vec<(RequestId, HttpOutcome)>,
    written: u64,
    posted: BTreeMap<String, u64>,
    discarded: Vec<String>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            chat: Harness::new(Identity::Assertion("assertion".to_owned()), false),
            messages: Vec::new(),
            made: 0,
            token: 1,
            online: true,
            open: None,
            frames: VecDeque::new(),
            answers: Vec::new(),
            written: 0,
            posted: BTreeMap::new(),
            discarded: Vec::new(),
        };
        world.bulk(70);
        world.chat.feed(Event::Opened);
        world
    }

    fn bulk(&mut self, many: usize) {
        for _ in 0..many {
            let content = format!("theirs {}", self.made);
            self.store("user_bob", content);
        }
    }

    fn tell(&mut self, frame: Value) {
        if self.open.is_some() {
            self.frames.push_back(frame);
        }
    }

    fn store(&mut self, user: &'static str, content: String) -> Stored {
        self.made += 1;
        // Several messages share a millisecond. Ids sort as they were made. An answer to what was seen is later.
        let later = user == VIEWER || self.made.is_multiple_of(3);
        let at = (START - 5_000_000).max(self.messages.last().map_or(0, |last| last.at))
            + i64::from(later);
        let id = format!("msg_{:06}", self.made);
        let stored = Stored {
            id,
            user,
            at,
            updated: at,
            content,
            edited: false,
        };
        self.messages.push(stored.clone());
        self.messages
            .sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        self.tell(stored.frame(false));
        stored
    }

    fn edit(&mut self, pick: usize) {
        if self.messages.is_empty() {
            return;
        }
        self.made += 1;
        let at = self.messages.len() - 1 - pick % self.messages.len().min(60);
        let stored = &mut self.messages[at];
        stored.updated = START + i64::try_from(self.made).unwrap();
        stored.edited = true;
        if stored.user != VIEWER {
            stored.content = format!("edited {}", self.made);
        }
        let frame = stored.frame(false);
        self.tell(frame);
    }

    fn delete(&mut self, pick: usize) {
        if self.messages.is_empty() {
            return;
        }
        let at = self.messages.len() - 1 - pick % self.messages.len().min(60);
        if self.messages[at].user == VIEWER {
            return;
        }
        let stored = self.messages.remove(at);
        self.tell(stored.frame(true));
    }

    fn page(&self, path: &str) -> Value {
        let after = path
            .split_once("&after=")
            .map(|(_, cursor)| cursor.to_owned());
        let after = after.map(|cursor| {
            let (at, id) = cursor.split_once('.').expect("a cursor of ours");
            (at.parse::<i64>().expect("a cursor's time"), id.to_owned())
        });
        let mut newest_first = self.messages.iter().rev().filter(|stored| {
            after
                .as_ref()
                .is_none_or(|(at, id)| (stored.at, &stored.id) < (*at, id))
        });
        let data: Vec<&Stored> = newest_first.by_ref().take(PAGE).collect();
        let more = newest_first.next().is_some();
        let cursor = data
            .last()
            .map(|stored| format!("{}.{}", stored.at, stored.id));
        let mut page = harness::page(
            &data.iter().map(|stored| stored.rest()).collect::<Vec<_>>(),
            cursor.as_deref(),
        );
        page["page_info"]["has_next_page"] = json!(more);
        page
    }

    fn serve(&mut self, request: &HttpRequest) -> (u16, Value) {
        if request.path == "/session" {
            self.token += 1;
            let name = format!("token-{}", self.token);
            let mut body = session_with_token(&name, &[], None, self.chat.now, HOUR);
            body["messages"] = self.page("");
            return (200, body);
        }
        if request.bearer.as_deref() != Some(&format!("token-{}", self.token)) {
            return (401, harness::error("unauthorized", "The token is over."));
        }
        if request.method.as_str() == "GET" {
            return (200, self.page(&request.path));
        }
        let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["channel_id"], CHANNEL);
        let content = body["content"].as_str().unwrap().to_owned();
        *self.posted.entry(content.clone()).or_default() += 1;
        (200, self.store(VIEWER, content).rest())
    }

    /// The server takes a request up; its answer is on its way then, or lost.
    fn take_up(&mut self, pick: usize, fate: u8) {
        if self.chat.requests.is_empty() {
            return;
        }
        let at = pick % self.chat.requests.len();
        let (id, request) = self.chat.requests.remove(at);
        let outcome = match fate % 8 {
            _ if !self.online => HttpOutcome::Lost,
            0 => HttpOutcome::Lost,
            1 => {
                self.serve(&request);
                HttpOutcome::Lost
            }
            2 if request.path != "/session" => answered(429, &json!({})),
            3 => answered(503, &json!({})),
            _ => {
                let (status, body) = self.serve(&request);
                answered(status, &body)
            }
        };
        self.answers.push((id, outcome));
    }

    fn answer(&mut self, pick: usize) {
        if !self.answers.is_empty() {
            let at = pick % self.answers.len();
            let (id, outcome) = self.answers.swap_remove(at);
            self.chat.feed(Event::Http(id, outcome));
        }
    }

    fn open_socket(&mut self) {
        if let Some(socket) = self.chat.socket.filter(|socket| self.open != Some(*socket)) {
            self.frames.clear();
            self.open = None;
            if self.online {
                self.open = Some(socket);
                self.chat.feed(Event::Socket(socket, SocketEvent::Opened));
            } else {
                self.chat
                    .feed(Event::Socket(socket, SocketEvent::Closed { code: 1006 }));
            }
        }
    }

    fn cut(&mut self, code: u16) {
        self.open = None;
        self.frames.clear();
        if let Some(socket) = self.chat.socket {
            self.chat
                .feed(Event::Socket(socket, SocketEvent::Closed { code }));
        }
    }

    fn hear(&mut self, again: bool) {
        let socket = self.open.filter(|socket| self.chat.socket == Some(*socket));
        let Some(socket) = socket else {
            self.frames.clear();
            return;
        };
        if let Some(frame) = self.frames.pop_front() {
            let text = frame.to_string();
            for _ in 0..=usize::from(again) {
                let received = SocketEvent::Received(text.clone());
                self.chat.feed(Event::Socket(socket, received));
            }
        }
    }

    fn elapse(&mut self, pick: usize, late: bool) {
        let timers: Vec<Timer> = self.chat.timers.keys().copied().collect();
        if let Some(timer) = timers.get(pick % timers.len().max(1)) {
            if late {
                self.chat.now += 60_000;
            }
            self.chat.elapse(*timer);
        }
    }

    fn act(&mut self, action: u8, pick: u8) {
        let pick_at = usize::from(pick);
        match action % 24 {
            0..=3 => self.answer(pick_at),
            4..=6 => self.take_up(pick_at, pick / 16),
            7..=8 => self.hear(pick.is_multiple_of(4)),
            9 => self.open_socket(),
            10 => self.bulk(1),
            11 => self.edit(pick_at),
            12 => self.delete(pick_at),
            13 => self.cut(if pick.is_multiple_of(5) { 4001 } else { 1006 }),
            14 => {
                self.online = false;
                self.open = None;
                self.chat.feed(Event::WentOffline);
            }
            15 => {
                self.online = true;
                self.chat.feed(Event::Resumed);
            }
            16..=17 => {
                self.written += 1;
                let content = format!("mine {}", self.written);
                self.chat.send(&content);
            }
            18..=19 => self.elapse(pick_at, pick.is_multiple_of(7)),
            20 => self.chat.feed(Event::ReachedOldest),
            21 => self.failed(pick_at, pick.is_multiple_of(3)),
            22 if pick.is_multiple_of(6) => self.token += 1,
            23 if pick.is_multiple_of(16) => self.bulk(usize::from(pick) * 3),
            23 if pick % 16 == 1 => self.chat.feed(Event::RetriedOpening),
            _ => {}
        }
        let mut ids = self.chat.chat.rows();
        let many = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), many, "a row's name is its own");
    }

    /// The visitor sends a failed message after all, or gives it up.
    fn failed(&mut self, pick: usize, discard: bool) {
        if self.chat.chat.viewer().is_none() {
            return;
        }
        let failed: Vec<_> = self
            .chat
            .rows()
            .into_iter()
            .filter(|row| matches!(row.delivery, Delivery::Failed(_)))
            .collect();
        let Some(row) = failed.get(pick % failed.len().max(1)) else {
            return;
        };
        if discard {
            self.discarded.push(row.source.to_string());
            self.chat.feed(Event::DiscardedFailed(row.id));
        } else {
            self.chat.feed(Event::RetriedSending(row.id));
        }
    }

    /// All works again, and everything that waits is done.
    fn settle(&mut self) {
        self.online = true;
        self.chat.feed(Event::Resumed);
        if let Status::Refused(_) = self.chat.chat.status() {
            self.chat.feed(Event::RetriedOpening);
        }
        for _ in 0..2_000 {
            if !self.chat.requests.is_empty() {
                self.take_up(0, 7);
            } else if !self.answers.is_empty() {
                self.answer(0);
            } else if self.chat.socket.is_some() && self.open != self.chat.socket {
                self.open_socket();
            } else if !self.frames.is_empty() {
                self.hear(false);
            } else {
                let waits = [
                    Timer::ReopenSession,
                    Timer::Reconnect,
                    Timer::SendNext,
                    Timer::RefillGap,
                ];
                let timers = &self.chat.timers;
                let renews = timers
                    .get(&Timer::RenewToken)
                    .filter(|due| **due < self.chat.now + HOUR / 2);
                let timer = waits.into_iter().find(|timer| timers.contains_key(timer));
                match timer.or(renews.map(|_| Timer::RenewToken)) {
                    Some(timer) => self.chat.elapse(timer),
                    None => return,
                }
            }
        }
        panic!(
            "it never comes to rest: {:?} {:?}",
            self.chat.timers, self.chat.requests
        );
    }
}

fn answered(status: u16, body: &Value) -> HttpOutcome {
    HttpOutcome::Answered {
        status,
        body: body.to_string(),
        retry_after_millis: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn after_a_quiet_reconnect_the_visitor_sees_what_the_server_has(
        actions in prop::collection::vec(any::<(u8, u8)>(), 1..250)
    ) {
        let mut world = World::new();
        // It takes long to look at every row after every event.
        if actions.len().is_multiple_of(4) {
            world.chat.drawn = Some(BTreeMap::new());
        }
        for (action, pick) in actions {
            world.act(action, pick);
        }
        world.settle();
        world.cut(1006);
        world.settle();

        prop_assert_eq!(world.chat.chat.status(), &Status::Ready);
        prop_assert_eq!(world.chat.chat.connection(), chat_core::ConnectionStatus::Live);
        let rows = world.chat.rows();
        let shown: Vec<(String, String)> = rows
            .iter()
            .filter_map(|row| Some((row.message.as_ref()?.to_string(), row.source.to_string())))
            .collect();
        let first = rows.first().and_then(|row| Some((row.created_at, row.message.as_ref()?.to_string())));
        let there: Vec<(String, String)> = world
            .messages
            .iter()
            .skip_while(|stored| first.as_ref().is_some_and(|first| (stored.at, &stored.id) < (first.0, &first.1)))
            .map(|stored| (stored.id.clone(), stored.content.clone()))
            .collect();
        // Of what is older than the newest page, a reconnect hears no edits and no deletions: the API has no "since".
        let newest = |list: &[(String, String)]| list[list.len() - PAGE.min(list.len())..].to_vec();
        prop_assert_eq!(newest(&shown), newest(&there));
        let ids = |list: &[(String, String)]| -> Vec<String> {
            let there = |id: &String| world.messages.iter().any(|stored| stored.id == *id);
            list.iter().map(|(id, _)| id.clone()).filter(there).collect()
        };
        let (left, right) = (ids(&shown), ids(&there));
        let differ = left.iter().zip(&right).position(|(one, other)| one != other);
        prop_assert!(left == right, "a hole, a double or a wrong order: {} and {} rows, from {:?}", left.len(), right.len(), differ);
prop_assert!(!shown.is_empty() || world.messages.is_empty());
        prop_assert!(rows.iter().all(|row| row.delivery != Delivery::Pending), "nothing waits for ever");
        for number in 1..=world.written {
            let text = format!("mine {number}");
            let offered = rows.iter().any(|row| *row.source == *text);
            let known = world.posted.contains_key(&text) || world.discarded.contains(&text);
            prop_assert!(offered || known, "{} is lost", text);
        }
        // What was stored is offered no more, unless so much was written since that nobody looks that far back.
        let flooded = world.messages.len() > 400;
        for row in rows.iter().filter(|row| row.message.is_none() && !flooded) {
            prop_assert!(!world.posted.contains_key(&*row.source), "{} is there and offered again", row.source);
        }
    }
}

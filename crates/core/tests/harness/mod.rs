//! A scripted platform for the core: time that moves when told, and a record of what the core asked for.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(
    clippy::expect_used,
    reason = "a test that lacks what it expects has failed"
)]

use chat_core::{
    Changes, Chat, Effect, Event, HttpOutcome, HttpRequest, Identity, Moment, Options, OrderChange,
    RequestId, Rest, Row, RowId, SocketEvent, SocketId, Timer,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const CHANNEL: &str = "chat_feed_general";
pub const VIEWER: &str = "user_ada";
/// The server's clock when a test begins.
pub const START: i64 = 1_790_000_000_000;

pub struct Harness {
    pub chat: Chat,
    pub now: i64,
    pub random: u32,
    pub effects: Vec<Effect>,
    pub changes: Changes,
    pub timers: BTreeMap<Timer, i64>,
    pub requests: Vec<(RequestId, HttpRequest)>,
    pub socket: Option<SocketId>,
    pub sent_frames: Vec<Value>,
    /// The rows as somebody knows them who only hears what changed.
    pub mirror: Vec<RowId>,
    /// What they look like to somebody who draws anew only what is said to have changed, where one looks.
    pub drawn: Option<BTreeMap<RowId, Option<Row>>>,
    slices: Slices,
}

/// What is told beside the rows.
#[derive(Clone, Debug, Default, PartialEq)]
struct Slices(BTreeMap<&'static str, String>);

/// As a browser does it.
fn fold(text: &str) -> String {
    let apart = icu_normalizer::DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    apart.to_uppercase()
}

impl Harness {
    pub fn new(identity: Identity, page_can_assert: bool) -> Self {
        Self::with(Chat::new, identity, page_can_assert)
    }

    /// What is not needed to write comes when told ([`Harness::complete`]).
    pub fn without_rest() -> Self {
        Self::with(Chat::without_rest, Identity::Whop, false)
    }

    /// The rest comes.
    pub fn complete(&mut self) {
        self.chat.complete(Rest::WHOLE);
        self.feed(Event::Completed);
    }

    fn with(make: fn(Options) -> Chat, identity: Identity, page_can_assert: bool) -> Self {
        let options = Options {
            channel: CHANNEL.into(),
            identity,
            page_can_assert,
            utc_offset_minutes: 0,
            fold,
        };
        Self {
            chat: make(options),
            now: START,
            random: u32::MAX / 2,
            effects: Vec::new(),
            changes: Changes::default(),
            timers: BTreeMap::new(),
            requests: Vec::new(),
            socket: None,
            sent_frames: Vec::new(),
            mirror: Vec::new(),
            drawn: None,
            slices: Slices::default(),
        }
    }

    /// Mounted, session answered with these messages (newest first), socket open, first gap filled.
    pub fn live(messages: &[Value]) -> Self {
        let mut harness = Self::new(Identity::Whop, false);
        harness.open(messages, false);
        harness.open_socket();
        harness.answer_get("/messages", 200, &page(messages, None));
        harness
    }

    pub fn open(&mut self, messages: &[Value], more: bool) {
        self.feed(Event::Opened);
        let body = session(messages, more.then_some("cursor-1"), self.now, 3_600_000);
        self.answer_post("/session", 200, &body);
    }

    /// Mounted, and the session answered with the newest page of that channel.
    pub fn open_with(&mut self, channel: &Channel) {
        self.feed(Event::Opened);
        self.open_again(channel);
    }

    /// The session is answered with the newest page of that channel.
    pub fn open_again(&mut self, channel: &Channel) {
        let mut body = session(&[], None, self.now, 3_600_000);
        body["messages"] = channel.page("direction=desc&first=50");
        self.answer_post("/session", 200, &body);
    }

    /// Answers the oldest request as that channel's server would.
    pub fn serve_one(&mut self, channel: &Channel) {
        let (id, request) = self.requests.remove(0);
        assert_eq!(request.method.as_str(), "GET", "only reads are served");
        let (status, body) = channel.serve(&request.path);
        self.answer(id, status, &body);
    }

    /// Answers all requests, and those that follow from the answers.
    pub fn serve_all(&mut self, channel: &Channel) {
        while !self.requests.is_empty() {
            self.serve_one(channel);
        }
    }

    pub fn open_socket(&mut self) {
        let socket = self.socket.expect("a socket was asked for");
        self.feed(Event::Socket(socket, SocketEvent::Opened));
    }

    pub fn close_socket(&mut self, code: u16) {
        let socket = self.socket.expect("a socket is there");
        self.feed(Event::Socket(socket, SocketEvent::Closed { code }));
    }

    /// Lets an event happen, and notes what the core asks for.
    pub fn feed(&mut self, event: Event) {
        let moment = Moment {
            unix_millis: self.now,
            random: self.random,
        };
        let (effects, changes) = self.chat.update(event, moment);
        for effect in &effects {
            match effect {
                Effect::Http(id, request) => self.requests.push((*id, request.clone())),
                Effect::OpenSocket { socket, .. } => {
                    assert!(self.socket.is_none(), "T4: the old socket closes first");
                    self.socket = Some(*socket);
                }
                Effect::CloseSocket(socket) => {
                    assert_eq!(self.socket, Some(*socket));
                    self.socket = None;
                }
                Effect::SetTimer(timer, after) => {
                    self.timers.insert(*timer, self.now + i64::from(*after));
                }
                Effect::CancelTimer(timer) => {
                    self.timers.remove(timer);
                }
                Effect::SendFrame(socket, text) => {
                    assert_eq!(
                        self.socket,
                        Some(*socket),
                        "frames go to the current socket"
                    );
                    self.sent_frames
                        .push(serde_json::from_str(text).expect("a JSON frame"));
                }
                _ => {}
            }
        }
        self.effects.extend(effects);
        self.follow(&changes.order);
        if let Some(drawn) = self.drawn.take() {
            self.drawn = Some(self.draw_changed(drawn, &changes));
            self.look_at_slices(&changes);
        }
        self.changes = changes;
    }

    /// Draws anew what changed, and checks that nothing else did.
    fn draw_changed(
        &self,
        mut drawn: BTreeMap<RowId, Option<Row>>,
        changes: &Changes,
    ) -> BTreeMap<RowId, Option<Row>> {
        drawn.retain(|id, _| self.mirror.contains(id));
        for id in &self.mirror {
            let row = self.chat.row(*id);
            if changes.all_rows || changes.rows.contains(id) {
                drawn.insert(*id, row);
            } else {
                let known = drawn.entry(*id).or_insert_with(|| row.clone());
                assert_eq!(*known, row, "the row is another, and nobody was told");
            }
        }
        drawn
    }

    /// The same of what is told beside the rows.
    fn look_at_slices(&mut self, changes: &Changes) {
        let chat = &self.chat;
        let mut seen = BTreeMap::new();
        for (name, told, looks) in [
            ("status", changes.status, format!("{:?}", chat.status())),
            (
                "connection",
                changes.connection,
                format!("{:?}", chat.connection()),
            ),
            (
                "channel",
                changes.channel,
                format!("{:?}", (chat.channel(), chat.permissions(), chat.viewer())),
            ),
            ("older", changes.older, format!("{:?}", chat.older())),
            (
                "newer",
                changes.newer,
                format!("{:?}", (chat.newer(), chat.missed())),
            ),
            ("pinned", changes.pinned, format!("{:?}", chat.pinned())),
            ("jump", changes.jump, format!("{:?}", chat.jump())),
            ("typing", changes.typing, format!("{:?}", chat.typing())),
            (
                "present",
                changes.present,
                format!("{:?}", chat.present().count()),
            ),
            (
                "reading",
                changes.reading,
                format!("{:?}", (chat.unread(), chat.divider())),
            ),
            ("posting", changes.posting, format!("{:?}", chat.posting())),
            (
                "who reacted",
                changes.who_reacted,
                format!("{:?}", chat.who_reacted()),
            ),
            (
                "find",
                changes.find,
                format!("{:?}", (chat.find(), self.found_rows())),
            ),
        ] {
            if let Some(known) = self.slices.0.get(name).filter(|_| !told) {
                assert_eq!(*known, looks, "{name} is another, and nobody was told");
            }
            seen.insert(name, looks);
        }
        self.slices = Slices(seen);
    }

    /// Applies what is said of the order, and checks it against what is there.
    fn follow(&mut self, order: &OrderChange) {
        match order {
            OrderChange::Unchanged => {}
            OrderChange::Replaced => self.mirror = self.chat.rows(),
            OrderChange::Spliced(splices) => {
                for splice in splices {
                    let end = splice.at + splice.removed.len();
                    let inserted = splice.inserted.iter().copied();
                    let removed: Vec<RowId> =
                        self.mirror.splice(splice.at..end, inserted).collect();
                    assert_eq!(removed, splice.removed);
                }
            }
        }
        assert_eq!(self.mirror, self.chat.rows(), "the splices tell the order");
    }

    /// Lets the time pass until a timer runs out, and runs it.
    pub fn elapse(&mut self, timer: Timer) {
        let due = self
            .timers
            .remove(&timer)
            .unwrap_or_else(|| panic!("{timer:?} is not set"));
        self.now = self.now.max(due);
        self.feed(Event::Elapsed(timer));
    }

    /// What the rows say that have the words which are looked for, oldest first.
    pub fn found(&self) -> Vec<String> {
        let rows = self.chat.rows().into_iter();
        let found = rows.filter(|row| self.chat.is_found(*row).is_some());
        let row = |id| self.chat.row(id).expect("a row in order");
        found.map(|id| row(id).source.to_string()).collect()
    }

    /// The rows that are found, and which of them one was sent to.
    fn found_rows(&self) -> Vec<(RowId, bool)> {
        let rows = self.chat.rows().into_iter();
        rows.filter_map(|row| Some((row, self.chat.is_found(row)?)))
            .collect()
    }

    /// The oldest unanswered request of that kind.
    pub fn take(&mut self, method: &str, path: &str) -> (RequestId, HttpRequest) {
        let at = self
            .requests
            .iter()
            .position(|(_, request)| {
                request.method.as_str() == method && request.path.contains(path)
            })
            .unwrap_or_else(|| panic!("no {method} {path} among {:?}", self.requests));
        self.requests.remove(at)
    }

    pub fn waiting(&self, method: &str, path: &str) -> usize {
        let of_kind = |request: &HttpRequest| {
            request.method.as_str() == method && request.path.contains(path)
        };
        self.requests
            .iter()
            .filter(|(_, request)| of_kind(request))
            .count()
    }

    pub fn answer(&mut self, id: RequestId, status: u16, body: &Value) {
        let body = body.to_string();
        self.feed(Event::Http(
            id,
            HttpOutcome::Answered {
                status,
                body,
                retry_after_millis: None,
            },
        ));
    }

    pub fn answer_post(&mut self, path: &str, status: u16, body: &Value) -> HttpRequest {
        let (id, request) = self.take("POST", path);
        self.answer(id, status, body);
        request
    }

    pub fn answer_get(&mut self, path: &str, status: u16, body: &Value) -> HttpRequest {
        let (id, request) = self.take("GET", path);
        self.answer(id, status, body);
        request
    }

    pub fn lose(&mut self, method: &str, path: &str) {
        let (id, _) = self.take(method, path);
        self.feed(Event::Http(id, HttpOutcome::Lost));
    }

    pub fn send(&mut self, content: &str) {
        self.feed(Event::Sent {
            content: content.to_owned(),
            replying_to: None,
        });
    }

    pub fn receive(&mut self, frame: &Value) {
        let socket = self.socket.expect("a socket is there");
        self.feed(Event::Socket(
            socket,
            SocketEvent::Received(frame.to_string()),
        ));
    }

    pub fn rows(&self) -> Vec<Row> {
        self.chat
            .rows()
            .into_iter()
            .map(|id| self.chat.row(id).expect("a row in order"))
            .collect()
    }

    pub fn texts(&self) -> Vec<String> {
        self.rows()
            .iter()
            .map(|row| row.source.to_string())
            .collect()
    }

    pub fn row(&self, text: &str) -> Row {
        self.rows()
            .into_iter()
            .find(|row| &*row.source == text)
            .unwrap_or_else(|| panic!("no row {text:?} in {:?}", self.texts()))
    }

    pub fn bearer_of(&self, at: usize) -> Option<&str> {
        self.requests[at].1.bearer.as_deref()
    }
}

/// A message as REST tells it, posted so many seconds after the start.
pub fn message(id: &str, user: &str, second: i64, content: &str) -> Value {
    let at = wire::Timestamp::from_unix_millis(START - 1_000_000 + second * 1_000);
    json!({
        "id": id, "content": content, "created_at": at, "updated_at": at, "is_edited": false,
        "is_pinned": false, "mentions": [], "mentions_everyone": false, "message_type": "regular",
        "poll": null, "poll_votes": [], "reaction_counts": [], "replying_to_message_id": null,
        "user": {"id": user, "name": null, "username": user.trim_start_matches("user_")},
        "view_count": null,
    })
}

/// The same message as a frame tells it.
pub fn post(id: &str, user: &str, second: i64, content: &str) -> Value {
    let at = START - 1_000_000 + second * 1_000;
    json!({"feedEntity": {"dmsPost": {
        "entityId": id, "createdAt": at, "updatedAt": at.to_string(), "Deleted": false, "feedId": CHANNEL,
        "feedType": "chat_feed", "userId": user, "isEdited": false, "content": content,
        "messageType": "REGULAR", "postReactionCounts": [],
        "user": {"id": user, "username": user.trim_start_matches("user_")},
    }}, "createdAt": at.to_string()})
}

/// A channel as its server keeps it.
pub struct Channel {
    /// As REST tells them, oldest first.
    messages: Vec<Value>,
}

impl Channel {
    pub fn new(messages: Vec<Value>) -> Self {
        Self { messages }
    }

    /// A message is posted; its frame.
    pub fn post(&mut self, id: &str, user: &str, second: i64, content: &str) -> Value {
        self.messages.push(message(id, user, second, content));
        post(id, user, second, content)
    }

    /// A message is deleted; its frame.
    pub fn delete(&mut self, id: &str) -> Value {
        self.messages.retain(|message| message["id"] != id);
        json!({"feedEntity": {"dmsPost": {"entityId": id, "feedId": CHANNEL, "Deleted": true}}})
    }

    fn serve(&self, path: &str) -> (u16, Value) {
        if path.starts_with("/api/v1/messages?") {
            return (200, self.page(path));
        }
        let id = path.trim_start_matches("/api/v1/messages/");
        match self.messages.iter().find(|message| message["id"] == id) {
            Some(message) => (200, message.clone()),
            None => (404, error("not_found", "There is no such message.")),
        }
    }

    /// The page that a query asks for. A cursor is the id of the message before the page.
    pub fn page(&self, query: &str) -> Value {
        let parameter = |name: &str| {
            let mut pairs = query
                .split(['?', '&'])
                .filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let mut ordered: Vec<&Value> = self.messages.iter().collect();
        if parameter("direction") == Some("desc") {
            ordered.reverse();
        }
        let size = parameter("first").map_or(20, |size| size.parse().expect("a number"));
        // The message that a cursor names may be deleted since. Ids go up with the time.
        let descends = parameter("direction") == Some("desc");
        let is_after = |message: &&Value, cursor: &str| {
            let id = message["id"].as_str().expect("an id");
            if descends { id < cursor } else { id > cursor }
        };
        let start = parameter("after").map_or(0, |cursor| {
            let first = ordered.iter().position(|message| is_after(message, cursor));
            first.unwrap_or(ordered.len())
        });
        let data: Vec<Value> = ordered[start..]
            .iter()
            .copied()
            .take(size)
            .cloned()
            .collect();
        let more = start + data.len() < ordered.len();
        let cursor = data.last().and_then(|message| message["id"].as_str());
        let mut page = page(&data, cursor);
        page["page_info"]["has_next_page"] = json!(more);
        page
    }
}

/// A page, newest first.
pub fn page(messages: &[Value], cursor: Option<&str>) -> Value {
    json!({"data": messages, "page_info": {
        "end_cursor": cursor, "start_cursor": null, "has_next_page": cursor.is_some(), "has_previous_page": false,
    }})
}

pub fn session(messages: &[Value], cursor: Option<&str>, now: i64, lifetime: i64) -> Value {
    session_with_token("token-1", messages, cursor, now, lifetime)
}

pub fn session_with_token(
    token: &str,
    messages: &[Value],
    cursor: Option<&str>,
    now: i64,
    lifetime: i64,
) -> Value {
    json!({
        "token": {"token": token, "expires_at": wire::Timestamp::from_unix_millis(now + lifetime)},
        "renewal": format!("renewal-of-{token}"),
        "user": {"id": VIEWER, "name": "Ada", "username": "ada"},
        "channel": {"id": CHANNEL, "ban_media": false, "ban_urls": false, "banned_words": [],
            "user_posts_cooldown_seconds": null, "who_can_post": "everyone", "who_can_react": "everyone",
            "experience": {"id": "exp_general", "name": "General"}},
        "permissions": {"access_level": "customer", "can_post": true, "can_react": true, "can_moderate": false},
        "messages": page(messages, cursor),
        "socket": {"path": "/_whop/ws/v1/websockets/connect?join_experience=exp_general", "protocols": []},
        "server_time": now,
    })
}

pub fn error(kind: &str, sentence: &str) -> Value {
    json!({"error": {"type": kind, "message": sentence}})
}

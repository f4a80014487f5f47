//! The widget as it is painted before it is there: complete, for the one visitor, and clean before the sanitiser.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use chat_core::{
    Chat, Effect, Event, HttpOutcome, Identity, Moment, Options, SocketEvent, SocketId,
};
use markup::html::{HtmlElement, HtmlPen};
use markup::row::{May, Parts, Shown};
use markup::{Dates, Pen, painting, sanitiser};
use serde_json::{Value, json};
use std::rc::Rc;
use strings::Strings;

const NOON: i64 = 1_701_432_000_000;
const NOW: Moment = Moment {
    unix_millis: NOON,
    random: 0,
};

fn english() -> &'static Strings {
    strings::catalogs::of("en").unwrap()
}

struct Iso;

impl Dates for Iso {
    fn time(&self, _: i64) -> String {
        String::new()
    }
    fn machine(&self, unix_millis: i64) -> String {
        wire::Timestamp::from_unix_millis(unix_millis)
            .as_str()
            .to_owned()
    }
}

fn message(number: i64, content: &str) -> Value {
    let at = wire::Timestamp::from_unix_millis(NOON - number * 60_000);
    json!({
        "id": format!("post_{number:04}"), "content": content, "created_at": at, "updated_at": at, "is_edited": false,
        "is_pinned": false, "mentions": [], "mentions_everyone": false, "message_type": "regular", "poll": null,
        "poll_votes": [], "reaction_counts": [], "replying_to_message_id": null,
        "user": {"id": "user_bob", "username": "bob", "name": "<b>Bob</b> \"B\""},
    })
}

/// An open conversation with these messages, newest first.
fn chat(messages: &[Value], can_post: bool, offset: i32) -> Chat {
    open(messages, can_post, offset).0
}

/// The same with what came live.
fn chat_with_everything() -> Chat {
    let (mut chat, socket) = open(&everything(), true, 0);
    for event in [
        SocketEvent::Opened,
        SocketEvent::Received(live().to_string()),
    ] {
        chat.update(Event::Socket(socket, event), NOW);
    }
    chat
}

fn open(messages: &[Value], can_post: bool, offset: i32) -> (Chat, SocketId) {
    let session = json!({
        "token": {"token": "t", "expires_at": wire::Timestamp::from_unix_millis(NOON + 3_600_000)},
        "renewal": "r",
        "user": {"id": "user_ada", "name": "Ada", "username": "ada"},
        "channel": {"id": "chat_feed_a", "who_can_post": "admins", "who_can_react": "everyone",
            "experience": {"id": "exp_a", "name": "<i>General</i>"}},
        "permissions": {"access_level": "customer", "can_post": can_post, "can_react": true, "can_moderate": false},
        "messages": {"data": messages, "page_info": {"end_cursor": null, "start_cursor": null,
            "has_next_page": false, "has_previous_page": false}},
        "socket": {"path": "/", "protocols": []},
        "picture_hosts": ["a.com"],
        "server_time": NOON,
    });
    let mut chat = Chat::new(Options {
        channel: "exp_a".into(),
        identity: Identity::Whop,
        page_can_assert: false,
        utc_offset_minutes: offset,
        fold: str::to_uppercase,
    });
    let (effects, _) = chat.update(Event::Opened, NOW);
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Http(id, _) => Some(*id),
        _ => None,
    });
    let outcome = HttpOutcome::Answered {
        status: 200,
        body: session.to_string(),
        retry_after_millis: None,
    };
    let (effects, _) = chat.update(Event::Http(request.unwrap(), outcome), NOW);
    let socket = effects.iter().find_map(|effect| match effect {
        Effect::OpenSocket { socket, .. } => Some(*socket),
        _ => None,
    });
    (chat, socket.unwrap())
}

/// What only frames tell: roles, cards, placeholders, posters, library pictures.
fn live() -> Value {
    let evil = "\"><img src=x onerror=alert(1)>";
    json!({"feedEntity": {"dmsPost": {
        "entityId": "post_9999", "createdAt": NOON - 1, "updatedAt": NOON - 1, "Deleted": false,
        "feedId": "chat_feed_a", "feedType": "chat_feed", "userId": "user_bob", "isEdited": true, "isPinned": true,
        "isPosterAdmin": true, "content": "https://example.com", "messageType": "REGULAR", "postReactionCounts": [],
        "user": {"id": "user_bob", "username": "bob", "profilePicture": {"originalUrl": "https://a.com/bob.png"}},
        "links": [
            {"url": "https://example.com/?\"><b>", "title": evil, "description": evil,
                "image": "https://a.com/\"onload=\"x.png", "favicon": "https://a.com/i.png"},
            {"url": "https://example.com/later", "processing": true},
            {"url": "https://example.com/c", "title": "c", "image": "javascript:x()", "favicon": "//evil.example/i"},
        ],
        "gifs": [{"slug": "wave", "title": evil, "originalUrl": "https://a.com/wave.gif", "width": 32, "height": 24}],
        "attachments": [],
        "files": [
            {"id": "i", "originalUrl": "https://a.com/i.png", "fileName": "i.png", "contentType": "image/png",
                "byteSize": 9, "image": {"width": 640, "height": 480, "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}},
            {"id": "v", "originalUrl": "https://a.com/v.mp4", "fileName": "v.mp4", "contentType": "video/mp4",
                "byteSize": 9, "video": {"width": 640, "height": 480, "thumbnailUrl": "https://a.com/poster.png"}},
            {"id": "p", "originalUrl": "https://a.com/p.pdf", "fileName": "p.pdf", "contentType": "application/pdf",
                "byteSize": 1_234_567},
        ],
    }}, "createdAt": NOON})
}

/// The pins and the rows as they are drawn, before any sanitiser.
fn drawn(chat: &Chat) -> String {
    let pen = HtmlPen::new(english());
    let root = HtmlElement::new("div");
    let bar = pen.element(&root, "div", "pins").unwrap();
    markup::pinned::draw(&pen, &bar, &chat.pinned(), false);
    for id in chat.rows() {
        let row = Rc::new(chat.row(id).unwrap());
        let shown = Shown {
            day: row.starts_day.then(String::new),
            starts_unread: false,
            time: String::new(),
            row,
            may: May {
                react: true,
                post: true,
                moderate: true,
            },
        };
        let item = pen.element(&root, "div", "item").unwrap();
        Parts::new(&pen, item, id)
            .unwrap()
            .draw(&pen, &Iso, None, &shown);
    }
    root.to_html()
}

/// Everything that a message can carry, and what people put into messages to do harm.
fn everything() -> Vec<Value> {
    let evil = "\"><img src=x onerror=alert(1)><script>alert(1)</script>";
    let texts = [
        "# h\n\n> q *e* **s** ~~d~~ `c<\"&nbsp;` ||spoiler||\n\n3. a\n   - b\n\n- [x] c\n- [ ] d\n\n---",
        "```a\"b<c\n\n d\n```\n\n|a|b|c|\n|:-|:-:|-:|\n|1|2|3|\n\n[x](https://y.com \"a \\\" < >\") @ada @everyone",
        "<b>x</b><script>alert(1)</script> ![a](https://b.com/?c=\"d\") https://例え.jp/é <a@b.com> &nbsp;\u{a0}",
        "[y](mailto:a@b.com?subject=\"><script>) [z](javascript:alert(1)) \u{202e}abc a\u{300}\u{301}\u{302}\u{303}",
        "🎉🎉",
        ":tada: 10:30",
        evil,
        "",
    ];
    let mut messages: Vec<Value> = (1..).zip(texts).map(|(n, text)| message(n, text)).collect();
    messages.push(message(20, &"long words ".repeat(1_000)));
    let mut full = message(30, "all at once");
    full["is_pinned"] = json!(true);
    full["is_edited"] = json!(true);
    full["replying_to_message_id"] = json!("post_0001");
    full["reaction_counts"] =
        json!([{"emoji": ":heart:", "count": 2}, {"emoji": evil, "count": 1}]);
    full["poll"] = json!({"options": [{"id": "1", "text": evil}, {"id": "2", "text": "two"}]});
    full["poll_votes"] = json!([{"option_id": "1", "count": 2}]);
    full["user"]["profile_picture"] = json!({"url": "https://a.com/\"onerror=\"x.png"});
    let file = |kind: &str, name: &str| {
        json!({"id": name, "url": format!("https://a.com/{kind}?\"><b>&x=1"), "content_type": kind, "filename": name,
            "width": 30, "height": 0})
    };
    full["attachments"] = json!([
        file("image/png", evil), file("image/png", "1"), file("image/png", "2"), file("image/png", "3"),
        file("image/png", "4"), file("video/mp4", evil), file("audio/mp3", evil), file("application/pdf", "a.pdf"),
        {"id": "r", "url": "/_files/own.png", "content_type": "image/png", "width": 640, "height": 480},
        {"id": "j", "url": "javascript:alert(1)", "content_type": "image/png"},
        {"id": "p", "url": "//evil.example/x", "content_type": "image/png"},
    ]);
    messages.push(full);
    let mut app = message(40, "joined");
    app["message_type"] = json!("system");
    messages.push(app);
    let mut bot = message(50, "beep");
    bot["message_type"] = json!("automated");
    bot["replying_to_message_id"] = json!("post_gone");
    messages.push(bot);
    let mut own = message(2_000, "mine");
    own["user"] = json!({"id": "user_ada", "username": "ada", "name": "Ada"});
    messages.push(own);
    messages
}

#[test]
fn what_is_drawn_is_clean_already() {
    let html = drawn(&chat_with_everything());
    for part in [
        "badge",
        "card-title waits",
        "card-summary",
        "card-icon",
        "card-picture",
        "data-property-blur-1",
        "edited",
        "file-size",
        "https://a.com/wave.gif",
        "picture-kind",
        "pins-all",
        "pin-excerpt",
        "poster=",
        "data-act=\"vote\"",
        "<video",
        "<time",
        "picture-more",
        "spoiler",
        "data-icon",
    ] {
        assert!(html.contains(part), "the samples show no {part}");
    }
    let cleaned = sanitiser::clean(&html);
    if html != cleaned {
        let at = html.bytes().zip(cleaned.bytes()).position(|(a, b)| a != b);
        let at = at
            .unwrap_or(html.len().min(cleaned.len()))
            .saturating_sub(60);
        let near = |text: &str| {
            text.chars()
                .skip(text[..at].chars().count())
                .take(160)
                .collect::<String>()
        };
        panic!(
            "the sanitiser takes something away. If it is new and harmless, list it in crates/markup/src/sanitiser.rs.\n\
             drawn   …{}\ncleaned …{}",
            near(&html),
            near(&cleaned)
        );
    }
}

#[test]
fn the_sanitiser_cuts_what_it_is_fed() {
    for (fed, left) in [
        (
            "<div class=\"item evil\" onclick=\"x()\">a</div>",
            "<div class=\"item\">a</div>",
        ),
        ("<script>x()</script><style>*{}</style>b", "b"),
        (
            "<a href=\"javascript:x()\" class=\"file\">c</a>",
            "<a class=\"file\" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\">c</a>",
        ),
        (
            "<img src=\"//evil.example/x\" alt=\"\" srcset=\"y\">",
            "<img alt=\"\">",
        ),
        ("<img src=\"data:image/svg+xml,x\">", "<img>"),
        (
            "<div style=\"position:fixed\" id=\"x\" slot=\"y\">d</div>",
            "<div>d</div>",
        ),
        (
            "<a class=\"picture\" data-property-width=\"url(//x)\" data-property-ratio=\"3 / 4\" data-other=\"1\">e</a>",
            "<a class=\"picture\" data-property-ratio=\"3 / 4\" target=\"_blank\" rel=\"noopener noreferrer nofollow ugc\">e</a>",
        ),
        (
            "<iframe src=\"https://a.com\"></iframe><svg><script>x</script></svg><math></math><object></object>",
            "",
        ),
        (
            "<form action=\"https://evil.example\" class=\"composer\"></form>",
            "<form class=\"composer\"></form>",
        ),
    ] {
        let cleaned = sanitiser::clean(fed);
        let sorted = |html: &str| {
            let mut words: Vec<String> = html.split([' ', '>']).map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&cleaned), sorted(left), "{cleaned}");
    }
}

#[test]
fn a_painting_has_the_frame_and_the_newest_rows() {
    let messages: Vec<Value> = (0..40)
        .map(|n| message(n, &format!("number {n}.")))
        .collect();
    let html = painting::paint(&chat(&messages, true, 0), english()).unwrap();
    assert!(html.starts_with(
        "<div class=\"chat\" part=\"chat\" lang=\"en\"><header class=\"header\" part=\"header\">\
         <bdi class=\"header-name\" part=\"title\">&lt;i&gt;General"
    ));
    assert_eq!(html.matches("role=\"article\"").count(), painting::ROWS);
    assert!(
        html.contains("number 0.") && html.contains("number 29.") && !html.contains("number 30.")
    );
    assert!(
        html.find("number 1.") < html.find("number 0."),
        "the newest is last"
    );
    assert!(
        !html.contains("This is the beginning"),
        "there is more than is painted"
    );
    assert!(html.contains("<textarea") && html.contains("<button class=\"send\" part=\"send\""));
    assert!(!html.contains("secret") && !html.contains("\"renewal\""));
}

#[test]
fn who_may_not_post_sees_why() {
    let html = painting::paint(&chat(&[message(1, "a")], false, 0), english()).unwrap();
    assert!(html.contains("Only admins can post here.") && !html.contains("<textarea"));
    assert!(html.contains("This is the beginning of"));
}

#[test]
fn a_painting_speaks_the_visitors_language() {
    let polish = strings::catalogs::of("pl-PL").unwrap();
    let html = painting::paint(&chat(&[message(1, "a")], true, 0), polish).unwrap();
    assert!(html.starts_with("<div class=\"chat\" part=\"chat\" lang=\"pl\">"));
    assert!(html.contains("To jest początek: <bdi") && html.contains("aria-label=\"Odpowiedz\""));
    assert!(!html.contains("beginning") && !html.contains("Reply"));
}

#[test]
fn days_begin_by_the_visitors_clock() {
    let messages = [message(0, "late"), message(60, "early")];
    let days = |offset| {
        let html = painting::paint(&chat(&messages, true, offset), english()).unwrap();
        html.matches("starts-day").count()
    };
    assert_eq!(days(0), 1);
    assert_eq!(days(12 * 60), 2, "noon is midnight there");
}

#[test]
fn nothing_is_painted_of_nothing() {
    assert_eq!(painting::paint(&chat(&[], true, 0), english()), None);
}

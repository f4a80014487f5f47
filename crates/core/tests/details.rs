//! What only frames tell: roles, cards of links, library pictures; and what is pinned.

mod harness;

use chat_core::Row;
use harness::{Harness, VIEWER, message, post, session};
use serde_json::{Value, json};

fn told(second: i64, change: &Value) -> Value {
    let mut frame = post("msg_1", "user_bob", second, "look https://example.com");
    frame["feedEntity"]["dmsPost"]["createdAt"] = json!(harness::START - 1_000_000);
    for (name, value) in change.as_object().into_iter().flatten() {
        frame["feedEntity"]["dmsPost"][name] = value.clone();
    }
    frame
}

fn link(title: &str, processing: bool) -> Value {
    json!({"links": [{"url": "https://example.com", "title": title, "processing": processing}]})
}

fn shown(chat: &Harness) -> Row {
    chat.rows().remove(0)
}

#[test]
fn an_admin_is_one_in_all_their_rows() {
    let mut chat = Harness::live(&[
        message("msg_2", "user_eve", 2, "other"),
        message("msg_1", "user_bob", 1, "old"),
    ]);
    assert!(!chat.row("old").author.is_admin);
    let mut frame = post("msg_3", "user_bob", 3, "new");
    frame["feedEntity"]["dmsPost"]["isPosterAdmin"] = json!(true);
    frame["feedEntity"]["dmsPost"]["user"]["profilePicture"] =
        json!({"originalUrl": "https://assets.whop.com/bob.png"});
    chat.receive(&frame);
    assert!(chat.changes.all_rows);
    assert!(chat.row("old").author.is_admin && chat.row("new").author.is_admin);
    let picture = Some("https://assets.whop.com/bob.png");
    assert_eq!(chat.row("old").author.picture.as_deref(), picture);
    assert!(!chat.row("other").author.is_admin);
    // T8: what an older frame says of the role is no news.
    chat.receive(&post("msg_0", "user_bob", 0, "late"));
    assert!(chat.row("old").author.is_admin);
    chat.receive(&post("msg_4", "user_bob", 4, "demoted"));
    assert!(!chat.row("old").author.is_admin);
}

#[test]
fn the_visitors_own_role_is_the_sessions() {
    let mut chat = Harness::new(chat_core::Identity::Whop, false);
    let mut body = session(
        &[message("msg_1", VIEWER, 1, "mine")],
        None,
        chat.now,
        3_600_000,
    );
    body["permissions"]["access_level"] = json!("admin");
    chat.feed(chat_core::Event::Opened);
    chat.answer_post("/session", 200, &body);
    assert!(chat.row("mine").author.is_admin);
}

#[test]
fn t8_cards_end_the_same_in_every_order() {
    let frames = [
        told(1, &link("", true)),
        told(1, &link("Example", false)),
        told(2, &link("Example Domain", false)),
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut chat = Harness::live(&[]);
        for at in order {
            chat.receive(&frames[at]);
            chat.receive(&frames[at]);
        }
        let cards = shown(&chat).cards;
        assert_eq!(cards.len(), 1, "{order:?}");
        assert_eq!(cards[0].title, "Example Domain", "{order:?}");
        assert!(!cards[0].loading);
    }
    let mut chat = Harness::live(&[]);
    for at in [1, 0] {
        chat.receive(&frames[at]);
    }
    assert_eq!(shown(&chat).cards[0].title, "Example");
    // A page of the history doesn't know of cards, and takes none away.
    chat.close_socket(1006);
    chat.elapse(chat_core::Timer::Reconnect);
    chat.open_socket();
    let mut same = message("msg_1", "user_bob", 5, "look https://example.com");
    same["created_at"] = json!(wire::Timestamp::from_unix_millis(
        harness::START - 1_000_000
    ));
    chat.answer_get("/messages", 200, &harness::page(&[same], None));
    assert_eq!(shown(&chat).cards[0].title, "Example");
}

#[test]
fn a_card_leads_to_the_web_and_says_something() {
    let links = json!({"links": [
        {"url": "javascript:alert(1)", "title": "bad"},
        {"url": "mailto:a@example.com", "title": "mail"},
        {"url": "https://example.com/empty"},
        {"url": "https://example.com/", "title": " Good ", "image": "https://example.com/i.png"},
        {"url": "https://example.com/later", "processing": true},
    ]});
    let mut chat = Harness::live(&[]);
    chat.receive(&told(1, &links));
    let cards = shown(&chat).cards;
    let urls: Vec<&str> = cards.iter().map(|card| card.url.as_str()).collect();
    assert_eq!(urls, ["https://example.com/", "https://example.com/later"]);
    assert_eq!(cards[0].title, "Good");
    assert!(cards[1].loading);
}

#[test]
fn a_library_picture_is_a_file() {
    let gifs = json!({"gifs": [{"slug": "wave", "title": "Waving", "originalUrl": "https://media.giphy.com/wave.gif",
        "width": 320, "height": 240}]});
    let mut chat = Harness::live(&[]);
    chat.receive(&told(1, &gifs));
    let files = shown(&chat).attachments;
    assert_eq!(files[0].content_type.as_deref(), Some("image/gif"));
    assert_eq!(
        files[0].url.as_deref(),
        Some("https://media.giphy.com/wave.gif")
    );
}

fn pinned(chat: &Harness) -> Vec<String> {
    let pinned = chat.chat.pinned().into_iter();
    pinned.map(|pinned| pinned.excerpt).collect()
}

#[test]
fn what_is_pinned_is_known_newest_first_and_follows_every_change() {
    let mut old = message("msg_1", "user_bob", 1, "**rules**");
    old["is_pinned"] = json!(true);
    let mut chat = Harness::live(&[message("msg_2", "user_eve", 2, "hello"), old]);
    assert_eq!(pinned(&chat), ["rules"]);
    let pin = |id: &str, second: i64, text: &str, is_pinned: bool, updated: i64| {
        let mut frame = post(id, "user_eve", second, text);
        frame["feedEntity"]["dmsPost"]["isPinned"] = json!(is_pinned);
        frame["feedEntity"]["dmsPost"]["updatedAt"] = json!(harness::START + updated);
        frame
    };
    chat.receive(&pin("msg_2", 2, "hello", true, 1));
    assert!(chat.changes.pinned);
    assert_eq!(pinned(&chat), ["hello", "rules"]);
    chat.receive(&pin("msg_2", 2, "hello there", true, 2));
    assert!(chat.changes.pinned);
    assert_eq!(pinned(&chat), ["hello there", "rules"]);
    chat.receive(&pin("msg_2", 2, "hello there", true, 2));
    assert!(!chat.changes.pinned, "nothing new is shown");
    chat.receive(&pin("msg_2", 2, "hello there", false, 3));
    assert_eq!(pinned(&chat), ["rules"]);
    // T8: the pin that comes late is older than the unpinning.
    chat.receive(&pin("msg_2", 2, "hello there", true, 2));
    assert_eq!(pinned(&chat), ["rules"]);
    chat.receive(&post("msg_3", "user_eve", 3, "no pin"));
    assert!(!chat.changes.pinned);
    // D2: a deletion reaches the pins.
    let mut gone = post("msg_1", "user_bob", 1, "");
    gone["feedEntity"]["dmsPost"]["Deleted"] = json!(true);
    chat.receive(&gone);
    assert!(chat.changes.pinned);
    assert_eq!(pinned(&chat), Vec::<String>::new());
}

/// What a message of theirs makes a browser request: of files, their author, and the page that it links to.
fn requested(chat: &mut Harness, url: &str) -> [bool; 5] {
    let mut frame = told(
        1,
        &json!({"links": [{"url": "https://example.com/", "title": "t", "image": url, "favicon": url}]}),
    );
    frame["feedEntity"]["dmsPost"]["user"]["profilePicture"] = json!({"originalUrl": url});
    chat.receive(&frame);
    let row = shown(chat);
    let mut other_message = message("msg_2", "user_eve", 2, "film");
    other_message["attachments"] =
        json!([{"id": "f", "url": url, "content_type": "image/png", "thumbnail_url": url}]);
    let mut other = Harness::new(chat_core::Identity::Whop, false);
    let mut body = session(&[other_message], None, other.now, 3_600_000);
    body["picture_hosts"] = json!(["pictures.example"]);
    other.feed(chat_core::Event::Opened);
    other.answer_post("/session", 200, &body);
    let file = other.row("film").attachments.swap_remove(0);
    assert_eq!(file.url.as_deref(), Some(url), "it can be followed");
    [
        row.author.picture.is_some(),
        row.cards[0].image.is_some(),
        row.cards[0].icon.is_some(),
        file.content_type.is_some(),
        file.thumbnail_url.is_some(),
    ]
}

#[test]
fn x5_pictures_come_from_whop_or_from_where_the_operator_says() {
    let live = |hosts: Value| {
        let mut chat = Harness::new(chat_core::Identity::Whop, false);
        let mut body = session(&[], None, chat.now, 3_600_000);
        body["picture_hosts"] = hosts;
        chat.feed(chat_core::Event::Opened);
        chat.answer_post("/session", 200, &body);
        chat.open_socket();
        chat
    };
    for url in [
        "https://whop.com/a.png",
        "https://assets-2-prod.whop.com/a.png",
        "HTTPS://IMG-V2-PROD.WHOP.COM:443/a.png",
        "https://media3.giphy.com/a.gif",
        "https://pictures.example/a.png",
    ] {
        let mut chat = live(json!(["pictures.example"]));
        assert_eq!(requested(&mut chat, url), [true; 5], "{url}");
    }
    for url in [
        "https://tracker.example/a.png",
        "https://evil.apps.whop.com/a.png",
        "https://whop.com.evil.example/a.png",
        "https://evilwhop.com/a.png",
        "https://whop.com@evil.example/a.png",
        "https://evil.example\\.whop.com/a.png",
        "https://evil.example#.whop.com",
        "https://sub.pictures.example/a.png",
        "https://pictures.example.evil.example/a.png",
        "//tracker.example/a.png",
        "mailto:a@whop.com",
    ] {
        let mut chat = live(json!(["pictures.example"]));
        let was = requested(&mut chat, url);
        // The drawing has its own rule for what looks like a path.
        let expected = url.starts_with("//");
        assert_eq!(was, [expected, false, false, expected, expected], "{url}");
    }
    let mut chat = live(json!([]));
    assert!(!requested(&mut chat, "https://pictures.example/a.png")[0]);
}

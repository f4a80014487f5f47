//! What becomes of a message: its text, its reactions, its poll, its files.

use super::fixture::{VIEWER, message, post};
use super::harness::{Widget, click, frame, until};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit, MutationRecord};

async fn with(content: &str, change: impl FnOnce(&mut Value)) -> Widget {
    let mut one = message("msg_1", "user_bob", 5, content);
    change(&mut one);
    Widget::live(&[one], None).await
}

#[wasm_bindgen_test]
async fn x1_html_is_shown_as_the_text_it_is() {
    let payload =
        "<img src=x onerror=\"window.hurt=1\"> **bold** <b>no</b> <script>window.hurt=1</script>";
    let widget = with(payload, |_| {}).await;
    let text = widget.find(".text");
    let shown = text.text_content().unwrap();
    assert!(
        shown.contains("<img src=x onerror=\"window.hurt=1\">"),
        "{shown}"
    );
    assert!(shown.contains("<script>"), "{shown}");
    assert_eq!(
        text.query_selector_all("img, b, script").unwrap().length(),
        0
    );
    assert_eq!(
        text.query_selector("strong")
            .unwrap()
            .unwrap()
            .text_content()
            .unwrap(),
        "bold"
    );
    frame().await;
    let hurt = js_sys::Reflect::get(&js_sys::global(), &"hurt".into()).unwrap();
    assert!(hurt.is_undefined());
}

#[wasm_bindgen_test]
async fn x2_links_go_to_the_web_only_and_give_nothing_away() {
    let widget = with(
        "[good](https://example.com/a) [bad](javascript:alert(1)) ![i](https://example.com/i.png)",
        |_| {},
    )
    .await;
    let text = widget.find(".text");
    let links = text.query_selector_all("a").unwrap();
    assert_eq!(links.length(), 2);
    for index in 0..links.length() {
        let link: Element = links.item(index).unwrap().unchecked_into();
        assert!(
            link.get_attribute("href")
                .unwrap()
                .starts_with("https://example.com/")
        );
        assert_eq!(
            link.get_attribute("rel").unwrap(),
            "noopener noreferrer nofollow ugc"
        );
        assert_eq!(link.get_attribute("target").unwrap(), "_blank");
    }
    // X5: a picture of the author's is a link, not a request.
    assert!(text.query_selector("img").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn every_kind_of_block_is_drawn() {
    let source = "# head\n\n> quote\n\n3. three\n4. four\n\n- [x] done\n- [ ] open\n\n```rust\nfn main() {}\n```\n\n| a | b |\n|:--|--:|\n| 1 |\n\n---\n\n||hidden|| :heart: ~~gone~~ *em* `code`";
    let widget = with(source, |_| {}).await;
    let text = widget.find(".text");
    let get = |selector: &str| {
        text.query_selector(selector)
            .unwrap()
            .unwrap_or_else(|| panic!("no {selector}"))
    };
    assert_eq!(
        get(".heading-text[data-level='1']").text_content().unwrap(),
        "head"
    );
    assert_eq!(get("blockquote p").text_content().unwrap(), "quote");
    assert_eq!(get("ol").get_attribute("start").unwrap(), "3");
    assert_eq!(
        get("li .box.done").get_attribute("aria-label").unwrap(),
        "Done"
    );
    assert_eq!(get("pre").get_attribute("dir").unwrap(), "ltr");
    assert_eq!(get("pre").text_content().unwrap(), "fn main() {}");
    assert_eq!(get(".code-language").text_content().unwrap(), "rust");
    assert_eq!(get("th.right").text_content().unwrap(), "b");
    assert_eq!(get("td.right").text_content().unwrap(), "");
    get("hr");
    get("s");
    get("em");
    let spoiler = get(".spoiler");
    assert_eq!(spoiler.get_attribute("role").unwrap(), "button");
    click(&spoiler);
    assert_eq!(spoiler.class_name(), "spoiler shown");
    assert!(spoiler.get_attribute("role").is_none());
}

#[wasm_bindgen_test]
async fn names_are_isolated_and_mentions_of_the_visitor_stand_out() {
    let widget = with("hi @ada and @chen", |one| one["mentions"] = json!([VIEWER])).await;
    let name = widget.find(".name");
    assert_eq!(name.tag_name(), "BDI");
    assert_eq!(name.text_content().unwrap(), "bob");
    assert_eq!(
        widget.find(".mention.of-viewer").text_content().unwrap(),
        "@ada"
    );
    assert_eq!(widget.find(".text").get_attribute("dir").unwrap(), "auto");
}

#[wasm_bindgen_test]
async fn a_long_message_is_folded() {
    let widget = with(&"many words in one message. ".repeat(400), |_| {}).await;
    let fold: HtmlElement = widget.find(".fold").unchecked_into();
    assert!(fold.client_height() <= 320);
    let button = widget.find(".unfold");
    assert_eq!(button.get_attribute("aria-expanded").unwrap(), "false");
    click(&button);
    assert_eq!(button.get_attribute("aria-expanded").unwrap(), "true");
    assert!(fold.client_height() > 320);
}

#[wasm_bindgen_test]
async fn a4_a_reaction_says_what_it_is_and_a_click_toggles_it() {
    let widget = with("hello", |one| {
        one["reaction_counts"] = json!([{"emoji": ":+1:", "count": 2}]);
    })
    .await;
    let pill = widget.find(".pill");
    assert_eq!(pill.get_attribute("aria-label").unwrap(), "👍 2");
    assert_eq!(pill.get_attribute("aria-pressed").unwrap(), "false");
    pill.unchecked_ref::<HtmlElement>().focus().unwrap();
    click(&pill);
    until("the pill is pressed", || {
        pill.get_attribute("aria-pressed").as_deref() == Some("true")
    })
    .await;
    assert_eq!(
        pill.get_attribute("aria-label").unwrap(),
        "👍 3, you reacted"
    );
    // The same element, so that the focus stays.
    assert!(widget.focused() == Some(pill));
    let request = widget.answer("POST", "/reactions", 200, &json!({"id": "reaction_1"}));
    assert!(request.body.unwrap().contains("msg_1"));
}

#[wasm_bindgen_test]
async fn a_reaction_that_is_refused_is_taken_back_and_the_reason_said() {
    let widget = with("hello", |one| {
        one["reaction_counts"] = json!([{"emoji": ":+1:", "count": 2}]);
    })
    .await;
    click(&widget.find(".pill"));
    let error = json!({"error": {"type": "forbidden", "message": "You are muted."}});
    widget.answer("POST", "/reactions", 403, &error);
    until("the note", || {
        widget
            .try_find(".note")
            .is_some_and(|note| note.text_content().unwrap() == "You are muted.")
    })
    .await;
    assert_eq!(
        widget.find(".pill").get_attribute("aria-pressed").unwrap(),
        "false"
    );
}

/// Notes which rows of the list are touched, however little.
struct Touched {
    rows: Rc<RefCell<BTreeSet<Option<String>>>>,
    observer: MutationObserver,
    _closure: Closure<dyn FnMut(js_sys::Array)>,
}

impl Touched {
    fn watch(widget: &Widget) -> Self {
        let rows = Rc::new(RefCell::new(BTreeSet::new()));
        let record = Rc::clone(&rows);
        let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |records: js_sys::Array| {
            for entry in records.iter() {
                let target = entry.unchecked_into::<MutationRecord>().target().unwrap();
                let element = target
                    .dyn_ref::<Element>()
                    .cloned()
                    .or_else(|| target.parent_element());
                let row = element.and_then(|element| element.closest("[data-row]").unwrap());
                record.borrow_mut().insert(row.as_ref().map(number_of));
            }
        });
        let observer = MutationObserver::new(closure.as_ref().unchecked_ref()).unwrap();
        let init = MutationObserverInit::new();
        init.set_subtree(true);
        init.set_child_list(true);
        init.set_attributes(true);
        init.set_character_data(true);
        observer
            .observe_with_options(&widget.find(".rows"), &init)
            .unwrap();
        Self {
            rows,
            observer,
            _closure: closure,
        }
    }

    /// The rows that were touched since this was last asked.
    async fn take(&self) -> BTreeSet<Option<String>> {
        frame().await;
        frame().await;
        self.rows.take()
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn number_of(row: &Element) -> String {
    row.get_attribute("data-row").unwrap()
}

#[wasm_bindgen_test]
async fn one_changed_message_draws_one_row_anew() {
    let mut messages: Vec<Value> = super::fixture::messages(288, 13, 1);
    messages[3]["reaction_counts"] = json!([{"emoji": "🔥", "count": 1}]);
    let widget = Widget::live(&messages, None).await;
    until("all are drawn", || widget.count(".item") == 13).await;
    frame().await;
    let touched = Touched::watch(&widget);
    let pill = widget.find(".pill");
    let row = pill.closest("[data-row]").unwrap().unwrap();
    let only = BTreeSet::from([Some(number_of(&row))]);
    // The visitor reacts.
    click(&pill);
    until("the pill is pressed", || {
        pill.get_attribute("aria-pressed").as_deref() == Some("true")
    })
    .await;
    assert_eq!(touched.take().await, only);
    // Somebody else does, with an emoji that wasn't there.
    widget.receive(&json!({"createdAt": js_sys::Date::now(), "feedEntity": {
        "postReactionCountUpdate": {"postId": "msg_00297", "feedId": super::fixture::CHANNEL,
            "updatedFieldsBitmask": 4, "singleReactionCountUpdate": {"reactionType": "EMOJI",
                "value": "🎉", "userCount": 4, "totalScore": 4}}}}));
    until("it is counted", || {
        row.text_content().unwrap().contains("🎉")
    })
    .await;
    assert_eq!(touched.take().await, only);
    // The text is changed, and with it the height.
    let mut frame = post(
        "msg_00297",
        "user_chen",
        "changed\n\nand longer\n\nthan before",
    );
    let at = js_sys::Date::new(&messages[3]["created_at"].as_str().unwrap().into()).get_time();
    frame["feedEntity"]["dmsPost"]["createdAt"] = json!(at);
    frame["feedEntity"]["dmsPost"]["isEdited"] = json!(true);
    widget.receive(&frame);
    until("it is changed", || {
        row.text_content().unwrap().contains("than before")
    })
    .await;
    assert_eq!(touched.take().await, only);
}

#[wasm_bindgen_test]
async fn a_vote_counts_at_once() {
    let widget = with("which?", |one| {
        one["poll"] = json!({"options": [{"id": "1", "text": "red"}, {"id": "2", "text": "blue"}]});
        one["poll_votes"] = json!([{"option_id": "1", "count": 3}]);
    })
    .await;
    let blue = widget.find(".answer[data-value='2']");
    assert_eq!(
        blue.get_attribute("aria-label").unwrap(),
        "blue, 0%, 0 votes"
    );
    click(&blue);
    until("the vote shows", || {
        blue.get_attribute("aria-pressed").as_deref() == Some("true")
    })
    .await;
    assert_eq!(
        blue.get_attribute("aria-label").unwrap(),
        "blue, 25%, 1 vote, your vote"
    );
    assert_eq!(
        widget.find(".poll-total").text_content().unwrap(),
        "4 votes"
    );
    let bar: HtmlElement = blue
        .query_selector(".answer-bar")
        .unwrap()
        .unwrap()
        .unchecked_into();
    assert_eq!(bar.style().get_property_value("--share").unwrap(), "25%");
    assert_eq!(widget.requests("POST", "/reactions").len(), 1);
}

#[wasm_bindgen_test]
async fn files_keep_their_room_and_only_safe_ones_are_asked_for() {
    let file = |id: &str, url: &str, kind: &str| json!({"id": id, "url": url, "filename": "a.png", "content_type": kind, "width": 400, "height": 200});
    let widget = with("", |one| {
        one["attachments"] = json!([
            file("file_1", "/files/missing.png", "image/png"),
            file("file_2", "javascript:alert(1)", "image/png"),
            file("file_3", "//evil.example/x.png", "image/png"),
            file("file_4", "https://example.invalid/a.pdf", "application/pdf"),
        ]);
    })
    .await;
    assert_eq!(widget.count(".picture img"), 1);
    let picture: HtmlElement = widget.find(".picture").unchecked_into();
    // The room is there although the picture never comes.
    assert!(
        picture.client_height() >= 100,
        "{}",
        picture.client_height()
    );
    assert_eq!(widget.count("a.file"), 1);
    assert_eq!(widget.find(".file-type").text_content().unwrap(), "png");
}

#[wasm_bindgen_test]
async fn a_deleted_message_vanishes_and_its_quote_says_so() {
    let one = message("msg_1", "user_bob", 5, "the first");
    let mut two = message("msg_2", "user_chen", 4, "the second");
    two["replying_to_message_id"] = json!("msg_1");
    let widget = Widget::live(&[two, one], None).await;
    let quote = || widget.find(".quote:not([hidden])").text_content().unwrap();
    assert!(
        quote().contains("bob") && quote().contains("the first"),
        "{}",
        quote()
    );
    let mut frame = post("msg_1", "user_bob", "the first");
    frame["feedEntity"]["dmsPost"]["Deleted"] = json!(true);
    widget.receive(&frame);
    until("it is gone", || widget.count(".item") == 1).await;
    until("the quote knows", || {
        quote().contains("This message was deleted")
    })
    .await;
}

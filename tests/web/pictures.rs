//! The pictures of a message: in their room before they are there, and as large as the window.

use super::fixture::{message, messages, post};
use super::harness::{Widget, click, frame, press, until};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement, PointerEvent, PointerEventInit};

/// One pixel, so that nothing is requested.
const PIXEL: &str =
    "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

fn picture(name: &str) -> Value {
    let url = format!("/pictures/{name}");
    json!({"id": name, "url": url, "filename": name, "content_type": "image/png", "width": 400, "height": 300})
}

async fn with_pictures(count: usize) -> Widget {
    let mut one = message("msg_90001", "user_bob", 1, "look");
    let names = ["one.png", "two.png", "three.png", "four.png", "five.png"];
    one["attachments"] = names.iter().take(count).map(|name| picture(name)).collect();
    let mut all = vec![one];
    all.extend(messages(1, 5, 2));
    Widget::live(&all, None).await
}

fn shown(widget: &Widget) -> String {
    let image = widget.find(".lightbox-image");
    image.get_attribute("alt").unwrap()
}

fn is_open(widget: &Widget) -> bool {
    widget.try_find("dialog[open]").is_some()
}

async fn opened(widget: &Widget, index: u32) -> Element {
    let pressed: Element = widget
        .root
        .query_selector_all(".picture")
        .unwrap()
        .item(index)
        .unwrap()
        .unchecked_into();
    pressed.unchecked_ref::<HtmlElement>().focus().unwrap();
    click(&pressed);
    until("it is open", || {
        is_open(widget) && widget.try_find(".lightbox-image").is_some()
    })
    .await;
    pressed
}

fn point(stage: &Element, kind: &str, id: i32, x: i32, y: i32) {
    let init = PointerEventInit::new();
    init.set_pointer_id(id);
    init.set_pointer_type("touch");
    init.set_client_x(x);
    init.set_client_y(y);
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    let event = PointerEvent::new_with_event_init_dict(kind, &init).unwrap();
    stage.dispatch_event(&event).unwrap();
}

fn scale(widget: &Widget) -> f64 {
    let image: HtmlElement = widget.find(".lightbox-image").unchecked_into();
    let percent = image.style().get_property_value("--percent").unwrap();
    if percent.is_empty() {
        100.0
    } else {
        percent.parse().unwrap()
    }
}

#[wasm_bindgen_test]
async fn a3_keys_lead_through_the_pictures_and_escape_gives_the_focus_back() {
    let widget = with_pictures(3).await;
    assert!(widget.try_find(".lightbox").is_none(), "nobody pays before");
    let pressed = opened(&widget, 1).await;
    assert_eq!(shown(&widget), "two.png");
    let dialog = widget.find(".lightbox");
    assert!(widget.focused() == Some(dialog.clone()));
    assert_eq!(dialog.tag_name(), "DIALOG");
    let title = || widget.find(".lightbox-title").text_content().unwrap();
    assert_eq!(title(), "2 of 3two.png");
    for (key, name) in [
        ("ArrowRight", "three.png"),
        ("ArrowRight", "three.png"),
        ("ArrowLeft", "two.png"),
        ("ArrowLeft", "one.png"),
        ("ArrowLeft", "one.png"),
    ] {
        assert!(press(&dialog, key, |_| {}), "{key} is the dialog's");
        until(name, || shown(&widget) == name).await;
        frame().await;
        assert_eq!(shown(&widget), name);
    }
    press(&dialog, "+", |_| {});
    assert!(scale(&widget) > 100.0);
    press(&dialog, "0", |_| {});
    assert!((scale(&widget) - 100.0).abs() < 0.5);
    // Escape is the dialog's own, which no script can press: what it does is to close.
    dialog.unchecked_ref::<web_sys::HtmlDialogElement>().close();
    until("it is gone", || widget.try_find(".lightbox").is_none()).await;
    assert!(widget.focused() == Some(pressed));
    assert!(!press(&widget.scroller(), "ArrowRight", |_| {}));
}

#[wasm_bindgen_test]
async fn all_pictures_can_be_seen_also_those_that_are_a_number() {
    let widget = with_pictures(5).await;
    assert_eq!(widget.count(".picture"), 4);
    assert_eq!(widget.find(".picture-more").text_content().unwrap(), "+1");
    opened(&widget, 3).await;
    click(&widget.find(".lightbox [data-act='next']"));
    until("the fifth", || shown(&widget) == "five.png").await;
    assert!(widget.find(".lightbox .next").has_attribute("disabled"));
    assert!(!widget.find(".lightbox .previous").has_attribute("disabled"));
    let file = widget.find(".lightbox-file");
    assert_eq!(file.get_attribute("href").unwrap(), "/pictures/five.png");
    assert!(file.get_attribute("rel").unwrap().contains("noopener"));
    click(&widget.find(".lightbox [data-act='close']"));
    until("it is gone", || widget.try_find(".lightbox").is_none()).await;
}

#[wasm_bindgen_test]
async fn two_fingers_zoom_and_one_goes_on_or_away() {
    let widget = with_pictures(2).await;
    opened(&widget, 0).await;
    let stage = widget.find(".lightbox-stage");
    point(&stage, "pointerdown", 1, 300, 300);
    point(&stage, "pointerdown", 2, 400, 300);
    point(&stage, "pointermove", 2, 500, 300);
    assert!((scale(&widget) - 200.0).abs() < 3.0, "{}", scale(&widget));
    point(&stage, "pointermove", 2, 320, 300);
    assert!(
        (scale(&widget) - 100.0).abs() < 3.0,
        "no smaller than it is"
    );
    point(&stage, "pointerup", 1, 300, 300);
    point(&stage, "pointerup", 2, 320, 300);
    click(&stage);
    frame().await;
    assert!(is_open(&widget), "the end of a pinch is no click");

    point(&stage, "pointerdown", 3, 400, 300);
    point(&stage, "pointermove", 3, 300, 310);
    point(&stage, "pointerup", 3, 300, 310);
    until("the next", || shown(&widget) == "two.png").await;
    point(&stage, "pointerdown", 4, 300, 300);
    point(&stage, "pointermove", 4, 400, 310);
    point(&stage, "pointerup", 4, 400, 310);
    until("the one before", || shown(&widget) == "one.png").await;
    point(&stage, "pointerdown", 5, 300, 200);
    point(&stage, "pointermove", 5, 310, 400);
    point(&stage, "pointerup", 5, 310, 400);
    until("it is gone", || widget.try_find(".lightbox").is_none()).await;
}

#[wasm_bindgen_test]
async fn unmounting_takes_open_pictures_along() {
    let mut widget = with_pictures(2).await;
    opened(&widget, 0).await;
    let container = widget.find(".root");
    let dialog = widget.find(".lightbox");
    widget.unmount();
    assert_eq!(container.inner_html(), "");
    assert!(!dialog.is_connected());
    frame().await;
    // What was listened to is over.
    point(&dialog, "pointerdown", 1, 10, 10);
    click(&dialog);
    assert_eq!(container.child_nodes().length(), 0);
}

#[wasm_bindgen_test]
async fn d2_a_deleted_message_takes_its_open_pictures_along() {
    let widget = with_pictures(2).await;
    opened(&widget, 0).await;
    let mut gone = post("msg_90001", "user_bob", "look");
    gone["feedEntity"]["dmsPost"]["Deleted"] = json!(true);
    widget.receive(&gone);
    until("it is gone", || widget.try_find(".lightbox").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_picture_is_blurred_until_it_is_there() {
    let mut one = message("msg_1", "user_bob", 1, "look");
    let mut file = picture("one.png");
    file["blurhash"] = json!("LEHV6nWB2yk8pyo0adR*.7kCMdnj");
    file["url"] = json!("/never/there.png");
    one["attachments"] = json!([file]);
    let widget = Widget::live(&[one], None).await;
    let link: HtmlElement = widget.find(".picture").unchecked_into();
    let colour = |name: &str| link.style().get_property_value(name).unwrap();
    let upper = colour("--blur-1");
    assert!(upper.starts_with("rgb("), "{upper}");
    assert_ne!(upper, colour("--blur-4"));
    let before = || {
        let style = web_sys::window().unwrap();
        let style = style.get_computed_style_with_pseudo_elt(&link, "::before");
        let style = style.unwrap().unwrap();
        (
            style.get_property_value("display").unwrap(),
            style.get_property_value("background-image").unwrap(),
        )
    };
    assert!(before().1.contains("linear-gradient"), "{:?}", before());
    // It comes.
    let height = link.client_height();
    widget
        .find(".picture img")
        .set_attribute("src", PIXEL)
        .unwrap();
    until("it is there", || {
        widget.try_find("img[data-loaded]").is_some()
    })
    .await;
    assert_eq!(before().0, "none");
    assert_eq!(link.client_height(), height, "nothing moves when it comes");
}

#[wasm_bindgen_test]
async fn a_file_says_how_long_it_is_and_a_film_keeps_its_room() {
    let mut one = message("msg_1", "user_bob", 1, "");
    one["attachments"] = json!([
        {"id": "a", "url": "/a.pdf", "filename": "notes.pdf", "content_type": "application/pdf", "byte_size": 1_234_567},
        {"id": "b", "url": "/b.mp4", "filename": "film.mp4", "content_type": "video/mp4", "width": 300, "height": 200},
        {"id": "c", "url": "/c.mp3", "filename": "song.mp3", "content_type": "audio/mpeg"},
    ]);
    let widget = Widget::live(&[one], None).await;
    assert_eq!(widget.find(".file-size").text_content().unwrap(), "1.2 MB");
    assert_eq!(widget.find(".file-type").text_content().unwrap(), "pdf");
    assert_eq!(
        widget.find(".file").get_attribute("target").unwrap(),
        "_blank"
    );
    let film: HtmlElement = widget.find("video").unchecked_into();
    let ratio = f64::from(film.client_width()) / f64::from(film.client_height());
    assert!((ratio - 1.5).abs() < 0.02, "{ratio}");
    for player in ["video", "audio"] {
        let player = widget.find(player);
        assert!(player.has_attribute("controls") && !player.has_attribute("autoplay"));
        assert!(player.get_attribute("aria-label").unwrap().contains('.'));
    }
}

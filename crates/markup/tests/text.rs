//! The text of a message as HTML, as the proxy paints it.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]
#![cfg(feature = "html")]

use chat_core::text::{Context, parse};
use markup::html::{HtmlElement, HtmlPen};
use markup::text::draw;

fn drawn(source: &str) -> String {
    let element = HtmlElement::new("div");
    let pen = HtmlPen::new(strings::catalogs::of("en").unwrap());
    draw(&pen, &element, &parse(source, &Context::default()));
    element.to_html()
}

#[test]
fn x10_a_message_of_100_kb_is_collapsed() {
    for source in [
        "many words in one message. ".repeat(4_000),
        "line\n".repeat(20_000),
        "- item\n".repeat(14_000),
        "```\ncode\n".to_owned() + &"line\n".repeat(20_000),
        "|a|b|\n|-|-|\n".to_owned() + &"|1|2|\n".repeat(16_000),
        "a".repeat(300_000),
    ] {
        let html = drawn(&source);
        assert!(html.contains("<div class=\"fold\">"), "{}", &source[..40]);
        assert!(
            html.contains("aria-expanded=\"false\""),
            "{}",
            &source[..40]
        );
        // Nothing is dropped.
        assert!(html.len() > source.len() / 2, "{}", &source[..40]);
    }
    assert!(!drawn("a short one").contains("fold"));
}

#[test]
fn x8_the_tooltip_of_a_label_shows_the_host_as_punycode() {
    let html = drawn("[my bank](https://\u{430}pple.com)");
    assert!(
        html.contains("title=\"https://xn--pple-43d.com\""),
        "{html}"
    );
    assert!(html.contains("href=\"https://\u{430}pple.com\""), "{html}");
}

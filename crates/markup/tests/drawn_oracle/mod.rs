//! A sanitiser as the oracle: what is drawn of a text must pass through `ammonia` unchanged. Shared with the fuzz target.

#![allow(clippy::unwrap_used, reason = "a test's helpers")]

use crate::text_oracle;
use chat_core::text::{Context, parse};
use markup::html::{HtmlElement, HtmlPen};
use markup::sanitiser;
use markup::text::draw;

/// A text as the proxy paints it, but for what the sanitiser would take away.
pub fn drawn(source: &str, context: &Context<'_>) -> String {
    let element = HtmlElement::new("div");
    draw(
        &HtmlPen::new(strings::catalogs::of("en").unwrap()),
        &element,
        &parse(source, context),
    );
    element.to_html()
}

/// Compares what is drawn of a source with what the sanitiser leaves of it.
pub fn check(source: &str, context: &Context<'_>) -> Result<(), String> {
    let rendered = drawn(source, context);
    text_oracle::compare(source, &rendered, &sanitiser::clean(&rendered))
}

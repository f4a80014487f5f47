//! The last word on HTML that goes into a page: what is not listed here is not in it. Whoever draws something new adds
//! it here; the tests say so.

use crate::address::is_safe;
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// An element's name, the attributes that not all elements have, and its classes.
type Listed = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ELEMENTS: &[Listed] = &[
    (
        "a",
        &["href", "target", "rel"],
        &["card", "file", "image-link", "picture"],
    ),
    ("audio", &["src", "controls", "preload"], &["audio"]),
    (
        "bdi",
        &[],
        &[
            "answer-text",
            "card-summary",
            "card-title",
            "code-language",
            "file-name",
            "header-name",
            "mention",
            "name",
            "of-viewer",
            "pill-symbol",
            "pin-author",
            "pin-excerpt",
            "place",
            "quote-author",
            "quote-text",
            "strong",
            "waits",
        ],
    ),
    ("blockquote", &[], &[]),
    ("br", &[], &[]),
    (
        "button",
        &["type", "disabled", "aria-pressed", "aria-expanded"],
        &[
            "add",
            "answer",
            "code-copy",
            "pill",
            "pin",
            "pins-all",
            "quote",
            "round",
            "send",
            "unfold",
        ],
    ),
    ("code", &[], &[]),
    (
        "div",
        &["data-row", "data-painted", "data-count", "data-tint"],
        &[
            "asked",
            "attachments",
            "before",
            "body",
            "bubble",
            "cards",
            "chat",
            "code",
            "code-head",
            "composer-line",
            "connection",
            "content",
            "date",
            "day",
            "delivery",
            "failed",
            "field",
            "find",
            "first",
            "fold",
            "foot",
            "foot-line",
            "has-poll",
            "heading",
            "hidden",
            "history",
            "is-jumbo",
            "item",
            "jumbo",
            "last",
            "marks",
            "message",
            "notes",
            "own",
            "pause",
            "pending",
            "picker",
            "pictures",
            "pins",
            "pins-line",
            "poll",
            "poll-total",
            "preview",
            "reactions",
            "read-only",
            "rows",
            "scroller",
            "stage",
            "starts-day",
            "system",
            "table",
            "text",
            "textless",
            "tools",
            "typing",
            "way-back",
        ],
    ),
    ("em", &[], &[]),
    ("form", &[], &["composer"]),
    ("header", &[], &["header"]),
    ("hr", &[], &[]),
    (
        "img",
        &["src", "alt", "loading", "decoding", "referrerpolicy"],
        &["card-icon", "card-picture"],
    ),
    ("li", &[], &["task"]),
    ("ol", &["start"], &["tight"]),
    ("p", &["data-level"], &["heading-text"]),
    ("pre", &[], &[]),
    ("s", &[], &[]),
    (
        "span",
        &["data-icon", "data-tint", "inert"],
        &[
            "answer-bar",
            "answer-share",
            "answer-tick",
            "avatar",
            "badge",
            "box",
            "card-site",
            "card-text",
            "done",
            "edited",
            "emoji",
            "file-icon",
            "file-line",
            "file-size",
            "file-text",
            "file-type",
            "hidden",
            "icon",
            "picture-kind",
            "picture-more",
            "pill-count",
            "pin-text",
            "pinned",
            "spoiler",
        ],
    ),
    ("strong", &[], &[]),
    ("table", &[], &[]),
    ("tbody", &[], &[]),
    ("td", &[], &["center", "left", "right"]),
    (
        "textarea",
        &["rows", "enterkeyhint", "autocomplete", "placeholder"],
        &[],
    ),
    ("th", &[], &["center", "left", "right"]),
    ("thead", &[], &[]),
    ("time", &["datetime"], &["time"]),
    ("tr", &[], &[]),
    ("ul", &[], &["tight"]),
    (
        "video",
        &[
            "src",
            "poster",
            "controls",
            "preload",
            "playsinline",
            "width",
            "height",
        ],
        &["video"],
    ),
];

/// Attributes that any element may have.
const COMMON: &[&str] = &[
    "aria-atomic",
    "aria-disabled",
    "aria-hidden",
    "aria-label",
    "aria-live",
    "data-act",
    "data-property-blur-1",
    "data-property-blur-2",
    "data-property-blur-3",
    "data-property-blur-4",
    "data-property-ratio",
    "data-property-share",
    "data-property-width",
    "data-value",
    "dir",
    "hidden",
    "lang",
    "part",
    "role",
    "tabindex",
    "title",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let by_name = |pick: fn(&Listed) -> &'static [&'static str]| {
        let pairs = ELEMENTS
            .iter()
            .map(|element| (element.0, pick(element).iter().copied().collect()));
        pairs.collect::<HashMap<_, HashSet<_>>>()
    };
    let fixed = HashMap::from([
        ("rel", "noopener noreferrer nofollow ugc"),
        ("target", "_blank"),
    ]);
    let mut sanitiser = Builder::empty();
    sanitiser
        .tags(ELEMENTS.iter().map(|(name, _, _)| *name).collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(COMMON.iter().copied().collect())
        .tag_attributes(by_name(|element| element.1))
        .allowed_classes(by_name(|element| element.2))
        .set_tag_attribute_values(HashMap::from([("a", fixed)]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Custom(Box::new(own_path)))
        .attribute_filter(property)
        .link_rel(None);
    sanitiser
});

/// The HTML without anything that a painted widget does not consist of.
pub fn clean(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// A path on the server's own origin, but no address that only lacks its scheme.
fn own_path(url: &str) -> Option<Cow<'_, str>> {
    is_safe(url).then_some(Cow::Borrowed(url))
}

/// The painter makes custom properties of these: lengths, ratios and colours only.
fn property<'value>(_: &str, name: &str, value: &'value str) -> Option<Cow<'value, str>> {
    let is_property = name.starts_with("data-property-");
    let colour = value
        .strip_prefix("rgb(")
        .and_then(|value| value.strip_suffix(')'));
    let is_harmless = colour
        .unwrap_or(value)
        .chars()
        .all(|character| "0123456789. ,/%px".contains(character));
    (!is_property || is_harmless).then_some(Cow::Borrowed(value))
}

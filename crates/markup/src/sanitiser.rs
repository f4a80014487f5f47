//! The last word on HTML that goes into a page: what is not listed here is not in it. Whoever draws something new adds
//! it here; the tests say so.

use crate::address::is_safe;
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Elements, each with the attributes that no other has, and with its classes.
const ELEMENTS: &[(&str, &[&str], &[&str])] = &[
    (
        "a",
        &["href", "target", "rel"],
        &["file", "image-link", "picture"],
    ),
    ("audio", &["src", "controls", "preload"], &["audio"]),
    (
        "bdi",
        &[],
        &[
            "code-language",
            "answer-text",
            "file-name",
            "header-name",
            "mention",
            "name",
            "of-viewer",
            "pill-symbol",
            "quote-author",
            "quote-text",
            "strong",
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
            "quote",
            "send",
            "unfold",
        ],
    ),
    ("code", &[], &[]),
    (
        "div",
        &["data-row", "data-painted", "data-count", "data-tint"],
        &[
            "attachments",
            "before",
            "body",
            "bubble",
            "chat",
            "code",
            "code-head",
            "composer-line",
            "connection",
            "content",
            "day",
            "delivery",
            "failed",
            "field",
            "first",
            "fold",
            "foot",
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
            "pending",
            "picker",
            "pictures",
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
        &[],
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
            "done",
            "edited",
            "emoji",
            "file-icon",
            "file-text",
            "file-type",
            "hidden",
            "icon",
            "picture-more",
            "pill-count",
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
    "aria-hidden",
    "aria-label",
    "aria-live",
    "data-act",
    "data-property-ratio",
    "data-property-share",
    "data-property-width",
    "data-value",
    "dir",
    "hidden",
    "role",
    "tabindex",
    "title",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let by_name = |pick: fn(
        &(
            &'static str,
            &'static [&'static str],
            &'static [&'static str],
        ),
    ) -> &'static [&'static str]| {
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

/// The painter makes custom properties of these: lengths and ratios only.
fn property<'value>(_: &str, name: &str, value: &'value str) -> Option<Cow<'value, str>> {
    let is_property = name.starts_with("data-property-");
    let is_length = value
        .chars()
        .all(|character| "0123456789. /%px".contains(character));
    (!is_property || is_length).then_some(Cow::Borrowed(value))
}

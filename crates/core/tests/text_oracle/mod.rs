//! A sanitiser as the oracle: the HTML of a message must pass through `ammonia` unchanged.
//! Shared with the fuzz target and with `crates/markup`.

use std::collections::{HashMap, HashSet};

use chat_core::text::{Context, html, parse};

type Names = HashMap<&'static str, HashSet<&'static str>>;

fn names(list: &[(&'static str, &[&'static str])]) -> Names {
    list.iter()
        .map(|(tag, names)| (*tag, names.iter().copied().collect()))
        .collect()
}

/// The allow-list: exactly what `text::html` says that it writes.
pub fn sanitiser() -> ammonia::Builder<'static> {
    let tags = [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "hr",
        "em",
        "strong",
        "del",
        "a",
        "bdi",
        "span",
        "br",
    ];
    let attributes: [(&str, &[&str]); 4] = [
        ("a", &["href", "title", "target"]),
        ("ol", &["start"]),
        ("bdi", &["data-user", "data-experience"]),
        ("code", &["data-language"]),
    ];
    let classes: [(&str, &[&str]); 6] = [
        ("a", &["image-link"]),
        ("bdi", &["mention", "me", "place"]),
        ("li", &["task", "done"]),
        ("span", &["spoiler"]),
        ("th", &["left", "center", "right"]),
        ("td", &["left", "center", "right"]),
    ];
    let left_to_right = HashMap::from([("dir", HashSet::from(["ltr"]))]);
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(names(&attributes))
        .tag_attribute_values(HashMap::from([
            ("code", left_to_right.clone()),
            ("pre", left_to_right),
        ]))
        .allowed_classes(names(&classes))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some(html::LINK_REL));
    builder
}

/// Compares what we make of a source with what the sanitiser leaves of it.
pub fn check(source: &str, context: &Context<'_>) -> Result<(), String> {
    let rendered = html::render(&parse(source, context));
    let cleaned = sanitiser().clean(&rendered).to_string();
    compare(source, &rendered, &cleaned)
}

/// The sanitiser found nothing to remove.
pub fn compare(source: &str, rendered: &str, cleaned: &str) -> Result<(), String> {
    if cleaned == rendered || has_impossible_host(rendered) {
        return Ok(());
    }
    Err(format!(
        "source   {source:?}\nrendered {rendered:?}\ncleaned  {cleaned:?}"
    ))
}

/// Whether some address is safe but leads nowhere, because its host breaks the rules of
/// international names (`http://xn--a/`), which take 200 kB of tables to check. Browsers don't
/// follow it and `ammonia` removes it.
fn has_impossible_host(rendered: &str) -> bool {
    rendered.split("href=\"").skip(1).any(|rest| {
        let address = rest
            .split('"')
            .next()
            .unwrap_or_default()
            .replace("&amp;", "&");
        url::Url::parse(&address) == Err(url::ParseError::IdnaError)
    })
}

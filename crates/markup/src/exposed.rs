//! Which elements the embedding page can style, by `::part()` and by the `classes` of its `appearance`. The names are a
//! promise (docs/theming.md); the classes that they stand for are nobody's business.

/// An element's class, all of it, and the name of its part.
pub const EXPOSED: &[(&str, &str)] = &[
    ("answer", "answer"),
    ("attachments", "attachments"),
    ("avatar", "avatar"),
    ("badge", "badge"),
    ("bubble", "bubble"),
    ("card", "card"),
    ("chat", "chat"),
    ("composer", "composer"),
    ("composer-line", "field"),
    ("connection", "status"),
    ("day", "day"),
    ("find-bar", "search"),
    ("header", "header"),
    ("header-name", "title"),
    ("jump", "jump"),
    ("message", "message"),
    ("name", "author"),
    ("notice", "notice"),
    ("pill", "reaction"),
    ("pins", "pins"),
    ("poll", "poll"),
    ("quote", "quote"),
    ("reactions", "reactions"),
    ("scroller", "list"),
    ("send", "send"),
    ("text", "text"),
    ("time", "time"),
    ("tools", "tools"),
    ("typing", "typing"),
    ("unread", "unread"),
];

/// The part of elements of that class, where they are one.
pub fn part_of(class: &str) -> Option<&'static str> {
    let (_, part) = EXPOSED.iter().find(|(exposed, _)| *exposed == class)?;
    Some(part)
}

//! Builds the parts of a line. Text is collected until something else comes, because the parser
//! splits it at every bracket and colon, and is then searched for addresses, mentions, emoji and
//! spoiler marks.

use std::borrow::Cow;

use super::autolink;
use super::document::{Inline, LinkKind, Mention};
use super::emoji;
use super::mention::{self, Context};
use super::prepare::restore;
use super::unicode::{self, Cleaner};

/// What the search needs to know about its surroundings.
pub(super) struct Scope<'c> {
    pub(super) context: &'c Context<'c>,
    /// Links and mentions do not nest in links.
    pub(super) in_link: bool,
}

/// The parts between two ends of a block or of an inline element.
#[derive(Debug, Default)]
pub(super) struct Run {
    parts: Vec<Inline>,
    pending: String,
    /// Where the parts of an open spoiler begin.
    spoiler: Option<usize>,
}

impl Run {
    /// Adds text that the author wrote, as decoded by the parser.
    pub(super) fn push_text(&mut self, text: &str) {
        self.pending.push_str(&restore(text));
    }

    /// Adds text in which nothing is searched.
    pub(super) fn push_verbatim(&mut self, text: &str, scope: &Scope<'_>, cleaner: &mut Cleaner) {
        self.flush(scope, cleaner);
        for (index, line) in restore(text).split('\n').enumerate() {
            if index > 0 {
                self.parts.push(Inline::SoftBreak);
            }
            self.push_plain(line, cleaner);
        }
    }

    /// Turns the collected text into parts. To be called before something is cleaned that follows
    /// it, because the cleaner counts marks in reading order.
    pub(super) fn settle(&mut self, scope: &Scope<'_>, cleaner: &mut Cleaner) {
        self.flush(scope, cleaner);
    }

    /// Adds any other part.
    pub(super) fn push(&mut self, part: Inline, scope: &Scope<'_>, cleaner: &mut Cleaner) {
        self.flush(scope, cleaner);
        self.parts.push(part);
    }

    /// Adds the parts of an element that leaves no trace of itself.
    pub(super) fn append(&mut self, parts: Vec<Inline>, scope: &Scope<'_>, cleaner: &mut Cleaner) {
        self.flush(scope, cleaner);
        for part in parts {
            self.push_merged(part);
        }
    }

    /// The finished parts.
    pub(super) fn finish(mut self, scope: &Scope<'_>, cleaner: &mut Cleaner) -> Vec<Inline> {
        self.flush(scope, cleaner);
        let Some(start) = self.spoiler.take() else {
            return self.parts;
        };
        // A spoiler that nobody closed is two bars.
        let inner = self.parts.split_off(start);
        self.push_merged(Inline::Text("||".to_owned()));
        for part in inner {
            self.push_merged(part);
        }
        self.parts
    }

    fn flush(&mut self, scope: &Scope<'_>, cleaner: &mut Cleaner) {
        let text = std::mem::take(&mut self.pending);
        let bytes = text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while at < bytes.len() {
            let found = match bytes[at] {
                b'h' | b'H' | b'w' | b'W' if !scope.in_link => {
                    autolink::url_at(&text, at).map(|(end, url)| {
                        (
                            at,
                            end,
                            url.map(|url| bare_link(&text[at..end], url, cleaner)),
                        )
                    })
                }
                b'@' if !scope.in_link => mention_or_email(&text, from, at, scope.context, cleaner)
                    .map(|(start, end, part)| (start, end, Some(part))),
                b'#' if !scope.in_link => mention(&text, at, scope.context, cleaner)
                    .map(|(end, part)| (at, end, Some(part))),
                b':' => emoji::shortcode_at(&text, from, at, scope.context.emoji).map(
                    |(end, shortcode, character)| {
                        let part = Inline::Emoji {
                            character: character.to_owned(),
                            shortcode: shortcode.to_owned(),
                        };
                        (at, end, Some(part))
                    },
                ),
                b'|' if bytes[at..].starts_with(b"||") => {
                    if self.spoiler_bars(&text, from, at, cleaner) {
                        from = at + 2;
                        at = from;
                        continue;
                    }
                    Some((at, at + 2, None))
                }
                _ => None,
            };
            match found {
                Some((start, end, Some(part))) => {
                    self.push_plain(&text[from..start], cleaner);
                    self.push_merged(part);
                    from = end;
                    at = end;
                }
                Some((_, end, None)) => at = end,
                None => at += 1,
            }
        }
        self.push_plain(&text[from..], cleaner);
    }

    /// Opens or closes a spoiler at `||`. As with emphasis, the bars touch what they enclose.
    fn spoiler_bars(&mut self, text: &str, from: usize, at: usize, cleaner: &mut Cleaner) -> bool {
        let after = text[at + 2..].chars().next();
        let before = text[..at].chars().next_back();
        match self.spoiler {
            None if after.is_none_or(|after| after != '|' && !unicode::is_space(after)) => {
                self.push_plain(&text[from..at], cleaner);
                self.spoiler = Some(self.parts.len());
                true
            }
            Some(start) if before.is_none_or(|before| !unicode::is_space(before)) => {
                self.push_plain(&text[from..at], cleaner);
                if self.parts.len() == start {
                    self.spoiler = None;
                    self.push_merged(Inline::Text("||||".to_owned()));
                    return true;
                }
                let inner = self.parts.split_off(start);
                self.spoiler = None;
                self.parts.push(Inline::Spoiler(inner));
                true
            }
            _ => false,
        }
    }

    fn push_plain(&mut self, text: &str, cleaner: &mut Cleaner) {
        if !text.is_empty() {
            self.push_merged(Inline::Text(cleaner.line(text)));
        }
    }

    fn push_merged(&mut self, part: Inline) {
        // The parts of an open spoiler do not merge with what is before it.
        let floor = self.spoiler.unwrap_or(0);
        match (self.parts.len() > floor, self.parts.last_mut(), part) {
            (_, _, Inline::Text(more)) if more.is_empty() => {}
            (true, Some(Inline::Text(text)), Inline::Text(more)) => text.push_str(&more),
            (_, _, part) => self.parts.push(part),
        }
    }
}

fn bare_link(written: &str, url: super::url::SafeUrl, cleaner: &mut Cleaner) -> Inline {
    let label = match url.shown() {
        Cow::Owned(shown) => cleaner.line(&shown),
        Cow::Borrowed(_) => cleaner.line(written),
    };
    let label = vec![Inline::Text(label)];
    Inline::Link {
        url,
        title: None,
        label,
        kind: LinkKind::Bare,
    }
}

fn mention_or_email(
    text: &str,
    from: usize,
    at: usize,
    context: &Context<'_>,
    cleaner: &mut Cleaner,
) -> Option<(usize, usize, Inline)> {
    if let Some((end, part)) = mention(text, at, context, cleaner) {
        return Some((at, end, part));
    }
    let (range, url) = autolink::email_at(text, from, at)?;
    let link = bare_link(&text[range.clone()], url, cleaner);
    Some((range.start, range.end, link))
}

fn mention(
    text: &str,
    at: usize,
    context: &Context<'_>,
    cleaner: &mut Cleaner,
) -> Option<(usize, Inline)> {
    let found = mention::find(text, at, context)?;
    let mention = Mention {
        target: found.target,
        text: cleaner.line(&text[at..found.end]),
        of_viewer: found.of_viewer,
    };
    Some((found.end, Inline::Mention(mention)))
}

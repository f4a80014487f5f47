//! Folds the markdown parser's events into a [`Document`].

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::document::{Alignment, Block, Document, Inline, LinkKind};
use super::frame::{Container, Element, Frame, Stack};
use super::limits::{self, MAX_BLOCK_DEPTH, MAX_INLINE_DEPTH};
use super::mention::Context;
use super::prepare::{prepare, restore};
use super::url::SafeUrl;

/// Parses a message. Never fails, never drops what a reader could see, and costs time and memory
/// in proportion to the source (X3, X4).
pub fn parse(source: &str, context: &Context<'_>) -> Document {
    parse_through(SafeUrl::parse, source, context)
}

/// The same with another door for the addresses of links, for tests of the structure alone.
pub(super) fn parse_through(
    door: fn(&str) -> Option<SafeUrl>,
    source: &str,
    context: &Context<'_>,
) -> Document {
    let (head, rest) = limits::cut(source);
    let prepared = prepare(head, context);
    let survey = limits::survey(&prepared);
    let mut fold = Fold {
        source: &prepared,
        stack: Stack::new(context),
        door,
        skipping: 0,
    };
    if survey.too_deep {
        fold.stack.plain(&prepared);
    } else {
        let mut options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        options.set(Options::ENABLE_TABLES, !survey.tables_too_big);
        for (event, range) in Parser::new_ext(&prepared, options).into_offset_iter() {
            fold.event(event, range);
        }
        // Link definitions leave nothing behind. A message must.
        if fold.stack.is_empty() {
            fold.stack.plain(&prepared);
        }
    }
    if !rest.is_empty() {
        fold.stack.plain(&prepare(rest, &Context::default()));
    }
    Document {
        blocks: fold.stack.finish(),
        truncated: !rest.is_empty(),
    }
}

struct Fold<'s, 'c> {
    source: &'s str,
    stack: Stack<'c>,
    door: fn(&str) -> Option<SafeUrl>,
    /// Open elements of a part that was already shown as its source.
    skipping: usize,
}

impl Fold<'_, '_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.skipping > 0 {
            match event {
                Event::Start(_) => self.skipping += 1,
                Event::End(_) => self.skipping -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.stack.text(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.stack.code(&restore(&text));
            }
            Event::Html(text) | Event::InlineHtml(text) => self.stack.verbatim(&text),
            Event::FootnoteReference(_) => self.stack.verbatim(&self.source[range]),
            Event::SoftBreak => self.stack.inline(Inline::SoftBreak),
            Event::HardBreak => self.stack.inline(Inline::LineBreak),
            Event::Rule => self.stack.block(Block::Rule),
            Event::TaskListMarker(done) => self.stack.task(done),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let frame = match tag {
            Tag::BlockQuote(_) | Tag::List(_) if self.stack.block_depth() >= MAX_BLOCK_DEPTH => {
                self.stack.close_implicit_paragraph();
                self.stack.plain(self.source[range].trim_end_matches('\n'));
                self.skipping = 1;
                return;
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Link { .. }
            | Tag::Image { .. }
                if self.stack.inline_depth() >= MAX_INLINE_DEPTH =>
            {
                return self.show_source(range);
            }
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                return self.link(link_type, &dest_url, &title, LinkKind::Written, range);
            }
            Tag::Image {
                link_type,
                dest_url,
                title,
                ..
            } => {
                return self.link(link_type, &dest_url, &title, LinkKind::Image, range);
            }
            Tag::Emphasis => Frame::inline(Element::Emphasis),
            Tag::Strong => Frame::inline(Element::Strong),
            Tag::Strikethrough => Frame::inline(Element::Strikethrough),
            Tag::Paragraph => Frame::inline(Element::Paragraph),
            Tag::HtmlBlock => Frame::inline(Element::Html),
            Tag::Heading { level, .. } => Frame::inline(Element::Heading(level as u8)),
            Tag::TableCell => Frame::inline(Element::Cell),
            Tag::BlockQuote(_) => Frame::container(Container::Quote),
            Tag::Item => Frame::container(Container::Item { task: None }),
            Tag::List(start) => Frame::List {
                start,
                tight: true,
                items: Vec::new(),
            },
            Tag::CodeBlock(kind) => Frame::Code {
                language: self.language(kind),
                text: String::new(),
            },
            Tag::Table(alignments) => Frame::Table {
                alignments: alignments.into_iter().map(alignment).collect(),
                rows: Vec::new(),
            },
            Tag::TableHead | Tag::TableRow => Frame::Row(Vec::new()),
            // Not enabled: their content is shown, they themselves are not.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => Frame::container(Container::Plain),
            Tag::Superscript | Tag::Subscript => Frame::inline(Element::Transparent),
        };
        self.stack.open(frame);
    }

    fn end(&mut self, tag: TagEnd) {
        let inline = matches!(
            tag,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image
                | TagEnd::Superscript
                | TagEnd::Subscript
        );
        if !inline {
            self.stack.close_implicit_paragraph();
        }
        self.stack.close();
    }

    fn link(
        &mut self,
        link_type: LinkType,
        destination: &str,
        title: &str,
        kind: LinkKind,
        range: Range<usize>,
    ) {
        let destination = restore(destination);
        let bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
        let url = if link_type == LinkType::Email {
            let mut address = String::from("mailto:");
            address.push_str(&destination);
            (self.door)(&address)
        } else {
            (self.door)(&destination)
        };
        let Some(url) = url else {
            return self.show_source(range);
        };
        let title = (!title.is_empty()).then(|| self.stack.clean(&restore(title)));
        let kind = if bare { LinkKind::Bare } else { kind };
        self.stack.open(Frame::inline(if self.stack.in_link() {
            Element::InnerLink { url }
        } else {
            Element::Link { url, title, kind }
        }));
    }

    /// Shows an element that is refused as what the author typed.
    fn show_source(&mut self, range: Range<usize>) {
        self.stack.verbatim(&self.source[range]);
        self.skipping = 1;
    }

    fn language(&mut self, kind: CodeBlockKind<'_>) -> Option<String> {
        let CodeBlockKind::Fenced(info) = kind else {
            return None;
        };
        let info = info.trim();
        (!info.is_empty()).then(|| self.stack.clean(&restore(info)))
    }
}

fn alignment(alignment: pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None => Alignment::Natural,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}

#[cfg(test)]
mod tests;

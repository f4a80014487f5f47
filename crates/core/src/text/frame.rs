//! The stack of open elements. No recursion, and its depth is the caller's to limit.

use std::borrow::Cow;

use super::document::{Alignment, Block, Inline, LinkKind, ListItem, TableRow};
use super::inline::{Run, Scope};
use super::mention::Context;
use super::unicode::{self, Cleaner};
use super::url::SafeUrl;

/// An open element and what it contains so far.
#[derive(Debug)]
pub(super) enum Frame {
    Container {
        kind: Container,
        blocks: Vec<Block>,
    },
    List {
        start: Option<u64>,
        tight: bool,
        items: Vec<ListItem>,
    },
    Code {
        language: Option<String>,
        text: String,
    },
    Table {
        alignments: Vec<Alignment>,
        rows: Vec<TableRow>,
    },
    Row(TableRow),
    Inline {
        element: Element,
        run: Run,
    },
}

/// An element that contains blocks.
#[derive(Debug)]
pub(super) enum Container {
    /// The document, or something that leaves no trace of itself.
    Plain,
    Quote,
    Item {
        task: Option<bool>,
    },
}

/// An element that contains parts of a line.
#[derive(Debug)]
pub(super) enum Element {
    Paragraph,
    /// The text of a tight list item, which the parser does not wrap.
    ImplicitParagraph,
    /// An HTML block: a paragraph of its source.
    Html,
    Heading(u8),
    Cell,
    Emphasis,
    Strong,
    Strikethrough,
    Link {
        url: SafeUrl,
        title: Option<String>,
        kind: LinkKind,
    },
    /// A link or image within a link: only its label is shown, or its address if it has none.
    InnerLink {
        url: SafeUrl,
    },
    Transparent,
}

impl Element {
    fn is_block(&self) -> bool {
        matches!(
            self,
            Self::Paragraph | Self::ImplicitParagraph | Self::Html | Self::Heading(_) | Self::Cell
        )
    }
}

impl Frame {
    pub(super) fn container(kind: Container) -> Self {
        Self::Container {
            kind,
            blocks: Vec::new(),
        }
    }

    pub(super) fn inline(element: Element) -> Self {
        Self::Inline {
            element,
            run: Run::default(),
        }
    }
}

/// The open elements, innermost last. The document itself is not on it.
pub(super) struct Stack<'c> {
    document: Vec<Block>,
    frames: Vec<Frame>,
    context: &'c Context<'c>,
    cleaner: Cleaner,
    block_depth: usize,
    inline_depth: usize,
    links: usize,
}

impl<'c> Stack<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        Self {
            document: Vec::new(),
            frames: Vec::new(),
            context,
            cleaner: Cleaner::default(),
            block_depth: 0,
            inline_depth: 0,
            links: 0,
        }
    }

    /// Open quotes and lists.
    pub(super) fn block_depth(&self) -> usize {
        self.block_depth
    }

    /// Open emphasis, links and the like.
    pub(super) fn inline_depth(&self) -> usize {
        self.inline_depth
    }

    pub(super) fn in_link(&self) -> bool {
        self.links > 0
    }

    /// Whether nothing has been produced yet.
    pub(super) fn is_empty(&self) -> bool {
        self.document.is_empty() && self.frames.is_empty()
    }

    /// Closes everything.
    pub(super) fn finish(mut self) -> Vec<Block> {
        while !self.frames.is_empty() {
            self.close();
        }
        self.document
    }

    pub(super) fn clean(&mut self, text: &str) -> String {
        self.cleaner.line(text)
    }

    pub(super) fn open(&mut self, frame: Frame) {
        match &frame {
            Frame::Inline { element, .. } if !element.is_block() => {
                self.ensure_line();
                self.inline_depth += 1;
                self.links += usize::from(matches!(
                    element,
                    Element::Link { .. } | Element::InnerLink { .. }
                ));
            }
            Frame::Inline {
                element: Element::Paragraph,
                ..
            } => self.loosen(),
            Frame::Container {
                kind: Container::Quote,
                ..
            }
            | Frame::List { .. } => {
                self.close_implicit_paragraph();
                self.block_depth += 1;
            }
            _ => self.close_implicit_paragraph(),
        }
        self.frames.push(frame);
    }

    /// Closes the innermost element and gives it to the one around it.
    pub(super) fn close(&mut self) {
        match self.frames.pop() {
            None => {}
            Some(Frame::Container { kind, blocks }) => match kind {
                Container::Plain => blocks.into_iter().for_each(|block| self.block(block)),
                Container::Quote => {
                    self.block_depth -= 1;
                    self.block(Block::BlockQuote(blocks));
                }
                Container::Item { task } => match self.frames.last_mut() {
                    Some(Frame::List { items, .. }) => items.push(ListItem { task, blocks }),
                    _ => blocks.into_iter().for_each(|block| self.block(block)),
                },
            },
            Some(Frame::List {
                start,
                tight,
                items,
            }) => {
                self.block_depth -= 1;
                self.block(Block::List {
                    start,
                    tight,
                    items,
                });
            }
            Some(Frame::Code { language, text }) => {
                let text = self.cleaner.lines(text.strip_suffix('\n').unwrap_or(&text));
                self.block(Block::CodeBlock { language, text });
            }
            Some(Frame::Table {
                alignments,
                mut rows,
            }) => {
                let head = if rows.is_empty() {
                    Vec::new()
                } else {
                    rows.remove(0)
                };
                self.block(Block::Table {
                    alignments,
                    head,
                    rows,
                });
            }
            Some(Frame::Row(mut cells)) => {
                while cells.last().is_some_and(Vec::is_empty) {
                    cells.pop();
                }
                if let Some(Frame::Table { rows, .. }) = self.frames.last_mut() {
                    rows.push(cells);
                }
            }
            Some(Frame::Inline { element, run }) => self.close_inline(element, run),
        }
    }

    fn close_inline(&mut self, element: Element, run: Run) {
        let scope = Scope {
            context: self.context,
            in_link: self.links > 0,
        };
        let mut parts = run.finish(&scope, &mut self.cleaner);
        if !element.is_block() {
            self.inline_depth -= 1;
        }
        match element {
            Element::Paragraph | Element::ImplicitParagraph => self.block(Block::Paragraph(parts)),
            Element::Html => {
                while parts.last() == Some(&Inline::SoftBreak) {
                    parts.pop();
                }
                self.block(Block::Paragraph(parts));
            }
            Element::Heading(level) => self.block(Block::Heading {
                level,
                content: parts,
            }),
            Element::Cell => {
                if let Some(Frame::Row(cells)) = self.frames.last_mut() {
                    cells.push(parts);
                }
            }
            Element::Emphasis => self.inline(Inline::Emphasis(parts)),
            Element::Strong => self.inline(Inline::Strong(parts)),
            Element::Strikethrough => self.inline(Inline::Strikethrough(parts)),
            Element::Link { url, title, kind } => {
                self.links -= 1;
                // `<https://…>` says where it goes, so it must say so truly (X8).
                let parts = match (kind, url.shown()) {
                    (LinkKind::Bare, Cow::Owned(_)) => Vec::new(),
                    _ => parts,
                };
                let label = self.visible_label(parts, &url);
                self.inline(Inline::Link {
                    url,
                    title,
                    label,
                    kind,
                });
            }
            Element::InnerLink { url } => {
                self.links -= 1;
                let label = self.visible_label(parts, &url);
                self.append(label);
            }
            Element::Transparent => self.append(parts),
        }
    }

    /// The label, or the address if nobody would see the label.
    fn visible_label(&mut self, label: Vec<Inline>, url: &SafeUrl) -> Vec<Inline> {
        if label.iter().any(is_visible) {
            return label;
        }
        vec![Inline::Text(self.cleaner.line(&url.shown()))]
    }

    /// Adds a finished block to the innermost container.
    pub(super) fn block(&mut self, block: Block) {
        self.close_implicit_paragraph();
        let container = self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Container { blocks, .. } => Some(blocks),
            _ => None,
        });
        container.unwrap_or(&mut self.document).push(block);
    }

    /// Adds a finished part of a line.
    pub(super) fn inline(&mut self, part: Inline) {
        self.with_run(|run, scope, cleaner| run.push(part, scope, cleaner));
    }

    fn append(&mut self, parts: Vec<Inline>) {
        self.with_run(|run, scope, cleaner| run.append(parts, scope, cleaner));
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(Frame::Code { text: code, .. }) = self.frames.last_mut() {
            code.push_str(&super::prepare::restore(text));
        } else {
            self.with_run(|run, _, _| run.push_text(text));
        }
    }

    pub(super) fn code(&mut self, text: &str) {
        self.with_run(|run, scope, cleaner| {
            run.settle(scope, cleaner);
            let code = Inline::Code(cleaner.line(text));
            run.push(code, scope, cleaner);
        });
    }

    /// Adds text as it is, in which nothing is searched.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.with_run(|run, scope, cleaner| run.push_verbatim(text, scope, cleaner));
    }

    /// Adds source as paragraphs, with addresses and mentions but without any markup.
    pub(super) fn plain(&mut self, source: &str) {
        let mut in_paragraph = false;
        for line in source.split('\n') {
            if !unicode::is_visible(line) {
                if in_paragraph {
                    self.close();
                }
                in_paragraph = false;
                continue;
            }
            if in_paragraph {
                self.inline(Inline::SoftBreak);
            } else {
                self.open(Frame::inline(Element::Paragraph));
            }
            in_paragraph = true;
            self.text(line);
        }
        if in_paragraph {
            self.close();
        }
    }

    /// Makes the innermost list item a task.
    pub(super) fn task(&mut self, done: bool) {
        for frame in self.frames.iter_mut().rev() {
            if let Frame::Container {
                kind: Container::Item { task },
                ..
            } = frame
            {
                *task = Some(done);
                return;
            }
        }
    }

    /// Ends the text of a tight list item before a block begins or the item ends.
    pub(super) fn close_implicit_paragraph(&mut self) {
        if let Some(Frame::Inline {
            element: Element::ImplicitParagraph,
            ..
        }) = self.frames.last()
        {
            self.close();
        }
    }

    fn ensure_line(&mut self) {
        if !matches!(self.frames.last(), Some(Frame::Inline { .. })) {
            self.frames.push(Frame::inline(Element::ImplicitParagraph));
        }
    }

    fn with_run(&mut self, action: impl FnOnce(&mut Run, &Scope<'_>, &mut Cleaner)) {
        self.ensure_line();
        let scope = Scope {
            context: self.context,
            in_link: self.links > 0,
        };
        if let Some(Frame::Inline { run, .. }) = self.frames.last_mut() {
            action(run, &scope, &mut self.cleaner);
        }
    }

    /// A paragraph directly within an item makes its list loose.
    fn loosen(&mut self) {
        self.close_implicit_paragraph();
        if let [
            ..,
            Frame::List { tight, .. },
            Frame::Container {
                kind: Container::Item { .. },
                ..
            },
        ] = self.frames.as_mut_slice()
        {
            *tight = false;
        }
    }
}

fn is_visible(part: &Inline) -> bool {
    match part {
        Inline::Text(text) | Inline::Code(text) => unicode::is_visible(text),
        Inline::Emphasis(inner)
        | Inline::Strong(inner)
        | Inline::Strikethrough(inner)
        | Inline::Spoiler(inner) => inner.iter().any(is_visible),
        Inline::Link { label, .. } => label.iter().any(is_visible),
        Inline::Mention(_) | Inline::Emoji { .. } => true,
        Inline::LineBreak | Inline::SoftBreak => false,
    }
}

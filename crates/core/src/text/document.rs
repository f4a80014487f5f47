//! The closed set of parts that a message can consist of.

use super::emoji;
use super::url::SafeUrl;

/// A parsed message. Every string in it is plain text: nothing in it is markup for anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The top-level blocks in reading order.
    pub blocks: Vec<Block>,
    /// The source was longer than [`MAX_PARSED_BYTES`](super::MAX_PARSED_BYTES): what lies behind
    /// that point is in `blocks` too, but as plain text.
    pub truncated: bool,
}

/// One block. Nested at most [`MAX_BLOCK_DEPTH`](super::MAX_BLOCK_DEPTH) deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The heading's text.
        content: Vec<Inline>,
    },
    /// Quoted blocks.
    BlockQuote(Vec<Block>),
    /// A bulleted or numbered list.
    List {
        /// Number of the first item; `None` for bullets.
        start: Option<u64>,
        /// No blank lines between the items.
        tight: bool,
        /// The items in order.
        items: Vec<ListItem>,
    },
    /// Preformatted text.
    CodeBlock {
        /// What stands behind the opening fence, to be shown as a label; its first word names
        /// the language.
        language: Option<String>,
        /// The text, lines separated by `\n`, without the last line's end.
        text: String,
    },
    /// A table. Rows may be shorter than the head: the missing cells are empty.
    Table {
        /// One per column.
        alignments: Vec<Alignment>,
        /// The cells of the head.
        head: TableRow,
        /// The body.
        rows: Vec<TableRow>,
    },
    /// A thematic break.
    Rule,
}

/// The cells of one row.
pub type TableRow = Vec<Vec<Inline>>;

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// Whether it is done, when it is a task.
    pub task: Option<bool>,
    /// What it contains.
    pub blocks: Vec<Block>,
}

/// Alignment of a table's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// As the language reads.
    Natural,
    /// Left.
    Left,
    /// Centred.
    Center,
    /// Right.
    Right,
}

/// A part of a line. Nested at most twice [`MAX_INLINE_DEPTH`](super::MAX_INLINE_DEPTH) deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text. Bidi controls in it are balanced (X6) and contain no control characters.
    Text(String),
    /// Stressed.
    Emphasis(Vec<Inline>),
    /// Strongly stressed.
    Strong(Vec<Inline>),
    /// Struck through.
    Strikethrough(Vec<Inline>),
    /// Hidden until the reader asks for it.
    Spoiler(Vec<Inline>),
    /// Code within a line; to be isolated left-to-right (I1).
    Code(String),
    /// A link. There are no links within a label.
    Link {
        /// Where it goes.
        url: SafeUrl,
        /// Tooltip that the author wrote.
        title: Option<String>,
        /// What is shown. Never invisible.
        label: Vec<Inline>,
        /// How it was written.
        kind: LinkKind,
    },
    /// Somebody is addressed, or a place is named.
    Mention(Mention),
    /// A known `:shortcode:`.
    Emoji {
        /// The Unicode sequence to show.
        character: String,
        /// Its name without colons.
        shortcode: String,
    },
    /// A line break that the author asked for.
    LineBreak,
    /// A plain line end in the source; chats show it as a line break.
    SoftBreak,
}

/// How a link was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// `[label](url)` or a reference.
    Written,
    /// The address itself: `https://…`, `www.…`, `a@b.c`, `<https://…>`.
    Bare,
    /// `![alt](url)`: a remote image, shown as a link so that nothing is requested (X5).
    Image,
}

/// Somebody is addressed, or a place is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Who or what.
    pub target: MentionTarget,
    /// As the author wrote it, with the `@` or `#`. To be isolated like a name (X6).
    pub text: String,
    /// Whether the person who looks at it is meant.
    pub of_viewer: bool,
}

/// Who is addressed, or what is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MentionTarget {
    /// The user with this id.
    User(String),
    /// Everybody in the channel.
    Everyone,
    /// The experience with this id; `None` where no experience is known by that name.
    Experience(Option<String>),
}

impl Document {
    /// The text without its form, for quotes, previews and announcements. Lines are separated by
    /// `\n`; a spoiler is an ellipsis, because a preview must not give it away.
    pub fn plain_text(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            block.write_plain(&mut out);
        }
        out
    }

    /// Whether it consists of 1 to 27 emoji and white space only, so that they can be shown big.
    pub fn is_emoji_only(&self) -> bool {
        const MAX_JUMBO: usize = 27;
        let mut count = 0;
        for block in &self.blocks {
            let Block::Paragraph(content) = block else {
                return false;
            };
            for inline in content {
                count += match inline {
                    Inline::Emoji { .. } => 1,
                    Inline::LineBreak | Inline::SoftBreak => 0,
                    Inline::Text(text) => match emoji::count_if_only(text) {
                        Some(found) => found,
                        None => return false,
                    },
                    _ => return false,
                };
                if count > MAX_JUMBO {
                    return false;
                }
            }
        }
        count > 0
    }
}

impl Block {
    // Recursion is bounded by the caps of `limits`.
    fn write_plain(&self, out: &mut String) {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        match self {
            Self::Paragraph(content) | Self::Heading { content, .. } => write_line(content, out),
            Self::BlockQuote(blocks) => {
                for block in blocks {
                    block.write_plain(out);
                }
            }
            Self::List { start, items, .. } => write_list(*start, items, out),
            Self::CodeBlock { text, .. } => out.push_str(text),
            Self::Table { head, rows, .. } => {
                for (index, row) in std::iter::once(head).chain(rows).enumerate() {
                    if index > 0 {
                        out.push('\n');
                    }
                    for (index, cell) in row.iter().enumerate() {
                        if index > 0 {
                            out.push_str(" | ");
                        }
                        write_line(cell, out);
                    }
                }
            }
            Self::Rule => out.push('—'),
        }
    }
}

fn write_list(start: Option<u64>, items: &[ListItem], out: &mut String) {
    let mut number = start;
    for item in items {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        match (item.task, number) {
            (Some(true), _) => out.push_str("☑ "),
            (Some(false), _) => out.push_str("☐ "),
            (None, Some(number)) => {
                out.push_str(&number.to_string());
                out.push_str(". ");
            }
            (None, None) => out.push_str("• "),
        }
        number = number.map(|number| number.saturating_add(1));
        let mut content = String::new();
        for block in &item.blocks {
            block.write_plain(&mut content);
        }
        out.push_str(&content);
    }
}

fn write_line(content: &[Inline], out: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                write_line(inner, out);
            }
            Inline::Link { label, .. } => write_line(label, out),
            Inline::Spoiler(_) => out.push('…'),
            Inline::Mention(mention) => out.push_str(&mention.text),
            Inline::Emoji { character, .. } => out.push_str(character),
            Inline::LineBreak | Inline::SoftBreak => out.push('\n'),
        }
    }
}

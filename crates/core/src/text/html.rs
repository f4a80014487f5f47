//! A [`Document`] as HTML, for servers that paint before the widget does and for the tests whose
//! oracle is a sanitiser. Escapes as the HTML serialisation algorithm does, so that a sanitiser
//! that changes nothing gives the same bytes.
//!
//! Elements: `p h1…h6 blockquote ul ol li pre code table thead tbody tr th td hr em strong del a
//! bdi span br`; attributes: `class` (the constants' values below), `dir="ltr"` on code, `start`
//! on `ol`, `href title target rel` on `a`, `data-user` or `data-experience` on mentions, `data-language` on code.

use super::document::{
    Alignment, Block, Document, Inline, LinkKind, Mention, MentionTarget, TableRow,
};

/// `rel` of every link (X2).
pub const LINK_REL: &str = "noopener noreferrer nofollow ugc";

/// Renders a document.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    blocks(&document.blocks, &mut out);
    out
}

// Recursion is bounded by the caps of `limits`.
fn blocks(list: &[Block], out: &mut String) {
    for block in list {
        match block {
            Block::Paragraph(content) => element("p", content, out),
            Block::Heading { level, content } => {
                let name = ["h1", "h2", "h3", "h4", "h5", "h6"];
                element(
                    name[usize::from(level.saturating_sub(1)).min(5)],
                    content,
                    out,
                );
            }
            Block::BlockQuote(inner) => {
                out.push_str("<blockquote>");
                blocks(inner, out);
                out.push_str("</blockquote>");
            }
            Block::List {
                start,
                tight,
                items,
            } => {
                match start {
                    None => out.push_str("<ul>"),
                    Some(1) => out.push_str("<ol>"),
                    Some(start) => {
                        out.push_str("<ol start=\"");
                        out.push_str(&start.to_string());
                        out.push_str("\">");
                    }
                }
                for item in items {
                    list_item(item.task, &item.blocks, *tight, out);
                }
                out.push_str(if start.is_some() { "</ol>" } else { "</ul>" });
            }
            Block::CodeBlock { language, text } => {
                out.push_str("<pre dir=\"ltr\"><code");
                if let Some(language) = language {
                    attribute("data-language", language, out);
                }
                out.push('>');
                escape(text, out);
                out.push_str("</code></pre>");
            }
            Block::Table {
                alignments,
                head,
                rows,
            } => table(alignments, head, rows, out),
            Block::Rule => out.push_str("<hr>"),
        }
    }
}

fn list_item(task: Option<bool>, content: &[Block], tight: bool, out: &mut String) {
    match task {
        None => out.push_str("<li>"),
        Some(true) => out.push_str("<li class=\"task done\">☑ "),
        Some(false) => out.push_str("<li class=\"task\">☐ "),
    }
    for block in content {
        match block {
            Block::Paragraph(content) if tight => inlines(content, out),
            other => blocks(std::slice::from_ref(other), out),
        }
    }
    out.push_str("</li>");
}

fn table(alignments: &[Alignment], head: &TableRow, rows: &[TableRow], out: &mut String) {
    const EMPTY: &[Inline] = &[];
    let row = |cells: &TableRow, name: &str, out: &mut String| {
        out.push_str("<tr>");
        for (index, alignment) in alignments.iter().enumerate() {
            out.push('<');
            out.push_str(name);
            match alignment {
                Alignment::Natural => {}
                Alignment::Left => attribute("class", "left", out),
                Alignment::Center => attribute("class", "center", out),
                Alignment::Right => attribute("class", "right", out),
            }
            out.push('>');
            inlines(cells.get(index).map_or(EMPTY, Vec::as_slice), out);
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
        out.push_str("</tr>");
    };
    out.push_str("<table><thead>");
    row(head, "th", out);
    out.push_str("</thead>");
    if !rows.is_empty() {
        out.push_str("<tbody>");
        for cells in rows {
            row(cells, "td", out);
        }
        out.push_str("</tbody>");
    }
    out.push_str("</table>");
}

fn inlines(parts: &[Inline], out: &mut String) {
    for part in parts {
        match part {
            Inline::Text(text) => escape(text, out),
            Inline::Emphasis(inner) => element("em", inner, out),
            Inline::Strong(inner) => element("strong", inner, out),
            Inline::Strikethrough(inner) => element("del", inner, out),
            Inline::Spoiler(inner) => {
                out.push_str("<span class=\"spoiler\">");
                inlines(inner, out);
                out.push_str("</span>");
            }
            Inline::Code(text) => {
                out.push_str("<code dir=\"ltr\">");
                escape(text, out);
                out.push_str("</code>");
            }
            Inline::Link {
                url,
                title,
                label,
                kind,
            } => {
                out.push_str("<a");
                if *kind == LinkKind::Image {
                    attribute("class", "image-link", out);
                }
                attribute("href", url.as_str(), out);
                if let Some(title) = title {
                    attribute("title", title, out);
                }
                attribute("target", "_blank", out);
                attribute("rel", LINK_REL, out);
                out.push('>');
                inlines(label, out);
                out.push_str("</a>");
            }
            Inline::Mention(found) => mention(found, out),
            Inline::Emoji { character, .. } => escape(character, out),
            Inline::LineBreak | Inline::SoftBreak => out.push_str("<br>"),
        }
    }
}

fn mention(mention: &Mention, out: &mut String) {
    out.push_str("<bdi");
    attribute(
        "class",
        match &mention.target {
            MentionTarget::Experience(_) => "mention place",
            _ if mention.of_viewer => "mention me",
            _ => "mention",
        },
        out,
    );
    match &mention.target {
        MentionTarget::User(id) => attribute("data-user", id, out),
        MentionTarget::Experience(Some(id)) => attribute("data-experience", id, out),
        MentionTarget::Experience(None) | MentionTarget::Everyone => {}
    }
    out.push('>');
    escape(&mention.text, out);
    out.push_str("</bdi>");
}

fn element(name: &str, content: &[Inline], out: &mut String) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    inlines(content, out);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for character in value.chars() {
        match character {
            '"' => out.push_str("&quot;"),
            other => push_escaped(other, out),
        }
    }
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        push_escaped(character, out);
    }
}

fn push_escaped(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{A0}' => out.push_str("&nbsp;"),
        other => out.push(other),
    }
}

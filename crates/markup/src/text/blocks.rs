use super::inlines::inlines;
use crate::pen::Pen;
use chat_core::text::{Alignment, Block, ListItem, TableRow};

// The depth of the recursion is capped where the text is parsed.
pub(super) fn blocks<P: Pen>(pen: &P, parent: &P::Element, blocks: &[Block]) {
    for part in blocks {
        block(pen, parent, part);
    }
}

fn block<P: Pen>(pen: &P, parent: &P::Element, block: &Block) {
    match block {
        Block::Paragraph(content) => {
            if let Some(paragraph) = pen.element(parent, "p", "") {
                inlines(pen, &paragraph, content);
            }
        }
        Block::Heading { level, content } => {
            // Not h1…h6: a message must not disturb the outline of the page around it.
            if let Some(heading) = pen.element(parent, "p", "heading-text") {
                let level = ["1", "2", "3", "4", "5", "6"].get(usize::from(*level) - 1);
                pen.set(&heading, "data-level", level.unwrap_or(&"6"));
                inlines(pen, &heading, content);
            }
        }
        Block::BlockQuote(quoted) => {
            if let Some(quote) = pen.element(parent, "blockquote", "") {
                blocks(pen, &quote, quoted);
            }
        }
        Block::List {
            start,
            tight,
            items,
        } => list(pen, parent, *start, *tight, items),
        Block::CodeBlock { language, text } => code(pen, parent, language.as_deref(), text),
        Block::Table {
            alignments,
            head,
            rows,
        } => table(pen, parent, alignments, head, rows),
        Block::Rule => {
            pen.element(parent, "hr", "");
        }
    }
}

fn list<P: Pen>(pen: &P, parent: &P::Element, start: Option<u64>, tight: bool, items: &[ListItem]) {
    let name = if start.is_some() { "ol" } else { "ul" };
    let class = if tight { "tight" } else { "" };
    let Some(list) = pen.element(parent, name, class) else {
        return;
    };
    if let Some(start) = start
        && start != 1
    {
        pen.set(&list, "start", &start.to_string());
    }
    for item in items {
        let class = if item.task.is_some() { "task" } else { "" };
        let Some(entry) = pen.element(&list, "li", class) else {
            continue;
        };
        if let Some(done) = item.task {
            let (class, name) = if done {
                ("box done", pen.strings().checked())
            } else {
                ("box", pen.strings().unchecked())
            };
            if let Some(mark) = pen.element(&entry, "span", class) {
                pen.set(&mark, "role", "img");
                pen.set(&mark, "aria-label", name);
            }
        }
        blocks(pen, &entry, &item.blocks);
    }
}

fn code<P: Pen>(pen: &P, parent: &P::Element, language: Option<&str>, text: &str) {
    let Some(frame) = pen.element(parent, "div", "code") else {
        return;
    };
    if let Some(head) = pen.element(&frame, "div", "code-head") {
        let language = language.and_then(|language| language.split_whitespace().next());
        pen.label(&head, "bdi", "code-language", language.unwrap_or_default());
        if let Some(button) = pen.button(&head, "copy", "code-copy") {
            pen.text(&button, pen.strings().copy());
        }
    }
    if let Some(body) = pen.element(&frame, "pre", "") {
        // Code reads from left to right in every language (I1), and scrolls by keyboard too.
        pen.set(&body, "dir", "ltr");
        pen.set(&body, "tabindex", "0");
        pen.label(&body, "code", "", text);
    }
}

fn table<P: Pen>(
    pen: &P,
    parent: &P::Element,
    alignments: &[Alignment],
    head: &TableRow,
    rows: &[TableRow],
) {
    let Some(frame) = pen.element(parent, "div", "table") else {
        return;
    };
    pen.set(&frame, "tabindex", "0");
    let Some(table) = pen.element(&frame, "table", "") else {
        return;
    };
    if let Some(section) = pen.element(&table, "thead", "") {
        table_row(pen, &section, "th", alignments, head);
    }
    let Some(section) = pen.element(&table, "tbody", "") else {
        return;
    };
    for row in rows {
        table_row(pen, &section, "td", alignments, row);
    }
}

fn table_row<P: Pen>(
    pen: &P,
    section: &P::Element,
    name: &str,
    alignments: &[Alignment],
    cells: &TableRow,
) {
    let Some(row) = pen.element(section, "tr", "") else {
        return;
    };
    for (column, alignment) in alignments.iter().enumerate() {
        let class = match alignment {
            Alignment::Natural => "",
            Alignment::Left => "left",
            Alignment::Center => "center",
            Alignment::Right => "right",
        };
        let Some(cell) = pen.element(&row, name, class) else {
            continue;
        };
        if let Some(content) = cells.get(column) {
            inlines(pen, &cell, content);
        }
    }
}

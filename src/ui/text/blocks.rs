use crate::ui::pen::{Pen, set};
use chat_core::text::{Alignment, Block, ListItem, TableRow};
use web_sys::Element;

impl Pen {
    // The depth of the recursion is capped where the text is parsed.
    pub fn blocks(&self, parent: &Element, blocks: &[Block]) {
        for block in blocks {
            self.block(parent, block);
        }
    }

    fn block(&self, parent: &Element, block: &Block) {
        match block {
            Block::Paragraph(content) => {
                if let Some(paragraph) = self.element(parent, "p", "") {
                    self.inlines(&paragraph, content);
                }
            }
            Block::Heading { level, content } => {
                // Not h1…h6: a message must not disturb the outline of the page around it.
                if let Some(heading) = self.element(parent, "p", "heading-text") {
                    let level = ["1", "2", "3", "4", "5", "6"].get(usize::from(*level) - 1);
                    set(&heading, "data-level", level.unwrap_or(&"6"));
                    self.inlines(&heading, content);
                }
            }
            Block::BlockQuote(blocks) => {
                if let Some(quote) = self.element(parent, "blockquote", "") {
                    self.blocks(&quote, blocks);
                }
            }
            Block::List {
                start,
                tight,
                items,
            } => self.list(parent, *start, *tight, items),
            Block::CodeBlock { language, text } => self.code(parent, language.as_deref(), text),
            Block::Table {
                alignments,
                head,
                rows,
            } => self.table(parent, alignments, head, rows),
            Block::Rule => {
                self.element(parent, "hr", "");
            }
        }
    }

    fn list(&self, parent: &Element, start: Option<u64>, tight: bool, items: &[ListItem]) {
        let name = if start.is_some() { "ol" } else { "ul" };
        let class = if tight { "tight" } else { "" };
        let Some(list) = self.element(parent, name, class) else {
            return;
        };
        if let Some(start) = start
            && start != 1
        {
            set(&list, "start", &start.to_string());
        }
        for item in items {
            let class = if item.task.is_some() { "task" } else { "" };
            let Some(entry) = self.element(&list, "li", class) else {
                continue;
            };
            if let Some(done) = item.task {
                let (class, name) = if done {
                    ("box done", self.strings.checked)
                } else {
                    ("box", self.strings.unchecked)
                };
                if let Some(mark) = self.element(&entry, "span", class) {
                    set(&mark, "role", "img");
                    set(&mark, "aria-label", name);
                }
            }
            self.blocks(&entry, &item.blocks);
        }
    }

    fn code(&self, parent: &Element, language: Option<&str>, text: &str) {
        let Some(frame) = self.element(parent, "div", "code") else {
            return;
        };
        if let Some(head) = self.element(&frame, "div", "code-head") {
            let language = language.and_then(|language| language.split_whitespace().next());
            self.label(&head, "bdi", "code-language", language.unwrap_or_default());
            if let Some(button) = self.button(&head, "copy", "code-copy") {
                self.text(&button, self.strings.copy);
            }
        }
        if let Some(body) = self.element(&frame, "pre", "") {
            // Code reads from left to right in every language (I1), and scrolls by keyboard too.
            set(&body, "dir", "ltr");
            set(&body, "tabindex", "0");
            self.label(&body, "code", "", text);
        }
    }

    fn table(
        &self,
        parent: &Element,
        alignments: &[Alignment],
        head: &TableRow,
        rows: &[TableRow],
    ) {
        let Some(frame) = self.element(parent, "div", "table") else {
            return;
        };
        set(&frame, "tabindex", "0");
        let Some(table) = self.element(&frame, "table", "") else {
            return;
        };
        if let Some(section) = self.element(&table, "thead", "") {
            self.table_row(&section, "th", alignments, head);
        }
        let Some(section) = self.element(&table, "tbody", "") else {
            return;
        };
        for row in rows {
            self.table_row(&section, "td", alignments, row);
        }
    }

    fn table_row(&self, section: &Element, name: &str, alignments: &[Alignment], cells: &TableRow) {
        let Some(row) = self.element(section, "tr", "") else {
            return;
        };
        for (column, alignment) in alignments.iter().enumerate() {
            let class = match alignment {
                Alignment::Natural => "",
                Alignment::Left => "left",
                Alignment::Center => "center",
                Alignment::Right => "right",
            };
            let Some(cell) = self.element(&row, name, class) else {
                continue;
            };
            if let Some(content) = cells.get(column) {
                self.inlines(&cell, content);
            }
        }
    }
}

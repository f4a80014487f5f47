//! The rules that bring the specification's tree and ours to one form; `mod.rs` numbers them.

use std::fmt::Write;
use std::ops::Range;

use super::super::autolink;
use super::tree::Tree;

impl Tree {
    /// A source as a paragraph (rule 6).
    pub fn of_source(source: &str) -> Self {
        let mut root = Self::element("root", Vec::new());
        for paragraph in source.split("\n\n") {
            let mut element = Self::element("p", Vec::new());
            element.push_text(paragraph);
            element.break_lines();
            root.children_mut().push(element);
        }
        root
    }

    /// The form of what the specification expects.
    pub fn theirs(mut self) -> Self {
        self.wrap_raw_blocks(false);
        self.images_to_links(false);
        self.break_lines();
        self.link_addresses();
        self.end_code();
        self.settle_attributes();
        self
    }

    /// The form of what we render.
    pub fn ours(mut self) -> Self {
        self.flatten_image_labels();
        self.settle_attributes();
        self
    }

    /// Rule 1: text between blocks is a paragraph, but in the items of a tight list. Drops the line ends between blocks.
    fn wrap_raw_blocks(&mut self, tight: bool) {
        let name = self.name().to_owned();
        if name == "pre" {
            return;
        }
        let loose = |item: &Self| matches!(item, Self::Element { children, .. } if children.iter().any(|child| child.name() == "p"));
        let list = matches!(&*name, "ul" | "ol");
        let tight_items = list && !self.children_mut().iter().any(loose);
        if matches!(&*name, "root" | "blockquote" | "li") {
            let mut wrapped: Vec<Self> = Vec::new();
            let mut run: Vec<Self> = Vec::new();
            let end_run = |run: &mut Vec<Self>, wrapped: &mut Vec<Self>| {
                let children = trimmed(std::mem::take(run));
                if children.is_empty() {
                } else if tight {
                    wrapped.extend(children);
                } else {
                    wrapped.push(Self::Element {
                        name: "p".into(),
                        attributes: Vec::new(),
                        children,
                    });
                }
            };
            for child in std::mem::take(self.children_mut()) {
                if child.is_block() {
                    end_run(&mut run, &mut wrapped);
                    wrapped.push(child);
                } else {
                    run.push(child);
                }
            }
            end_run(&mut run, &mut wrapped);
            *self.children_mut() = wrapped;
        } else if list {
            self.children_mut().retain(Self::is_block);
        }
        for child in self.children_mut() {
            if child.is_block() {
                child.wrap_raw_blocks(tight_items);
            }
        }
    }

    /// Rule 3.
    fn images_to_links(&mut self, in_link: bool) {
        let Self::Element { name, children, .. } = self else {
            return;
        };
        let in_link = in_link || name == "a";
        for child in children.iter_mut() {
            child.images_to_links(in_link);
        }
        if name != "img" {
            return;
        }
        let label = Self::Text(self.attribute("alt").unwrap_or_default().to_owned());
        if in_link {
            *self = label;
            return;
        }
        let mut attributes = vec![(
            "href".to_owned(),
            self.attribute("src").unwrap_or_default().to_owned(),
        )];
        attributes.extend(
            self.attribute("title")
                .map(|title| ("title".to_owned(), title.to_owned())),
        );
        *self = Self::Element {
            name: "a".into(),
            attributes,
            children: vec![label],
        };
    }

    /// Rule 3: alternative text has no elements.
    fn flatten_image_labels(&mut self) {
        let text = self.text();
        let image = self.attribute("class") == Some("image-link");
        let Self::Element { children, .. } = self else {
            return;
        };
        if image {
            *children = vec![Self::Text(text)];
        }
        for child in children {
            child.flatten_image_labels();
        }
    }

    /// Rule 2.
    fn break_lines(&mut self) {
        let preformatted = self.name() == "pre";
        let Self::Element { children, .. } = self else {
            return;
        };
        if preformatted {
            return;
        }
        let mut broken: Vec<Self> = Vec::new();
        for mut child in std::mem::take(children) {
            let after_break = broken.last().is_some_and(|last| last.name() == "br");
            if let Self::Text(text) = &child {
                let text = if after_break {
                    text.strip_prefix('\n').unwrap_or(text)
                } else {
                    text
                };
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        broken.push(Self::element("br", Vec::new()));
                    }
                    if !line.is_empty() {
                        broken.push(Self::Text(line.to_owned()));
                    }
                }
            } else {
                child.break_lines();
                broken.push(child);
            }
        }
        *children = broken;
    }

    /// Rule 4.
    fn link_addresses(&mut self) {
        if matches!(self.name(), "a" | "code" | "pre") {
            return;
        }
        let Self::Element { children, .. } = self else {
            return;
        };
        let mut linked = Vec::new();
        for mut child in std::mem::take(children) {
            let Self::Text(text) = &child else {
                child.link_addresses();
                linked.push(child);
                continue;
            };
            let mut from = 0;
            while let Some((range, address)) = address_in(text, from) {
                linked.push(Self::Text(text[from..range.start].to_owned()));
                linked.push(Self::Element {
                    name: "a".into(),
                    attributes: vec![("href".into(), address)],
                    children: vec![Self::Text(text[range.clone()].to_owned())],
                });
                from = range.end;
            }
            linked.push(Self::Text(text[from..].to_owned()));
        }
        linked.retain(|child| !matches!(child, Self::Text(text) if text.is_empty()));
        *children = linked;
    }

    /// Rule 8.
    fn end_code(&mut self) {
        let preformatted = self.name() == "pre";
        let Self::Element { children, .. } = self else {
            return;
        };
        for child in children.iter_mut() {
            child.end_code();
        }
        if preformatted
            && let Some(Self::Element { children, .. }) = children.first_mut()
            && let Some(Self::Text(text)) = children.last_mut()
            && text.ends_with('\n')
        {
            text.pop();
            if text.is_empty() {
                children.pop();
            }
        }
    }

    /// Rules 5 and 7.
    fn settle_attributes(&mut self) {
        let Self::Element {
            name,
            attributes,
            children,
        } = self
        else {
            return;
        };
        for child in children.iter_mut() {
            child.settle_attributes();
        }
        let get = |wanted: &str| {
            attributes
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
        };
        let mut settled = Vec::new();
        match &**name {
            "a" => {
                let href = escaped(&get("href").unwrap_or_default());
                let label: String = children.iter().map(Self::text).collect();
                if label.is_empty() || escaped(&label) == href {
                    *children = vec![Self::Text(href.clone())];
                }
                settled.push(("href", href));
                settled.extend(get("title").map(|title| ("title", title.replace('\n', " "))));
            }
            "ol" => settled.extend(get("start").map(|start| ("start", start))),
            "code" => {
                let language = get("data-language").or_else(|| {
                    get("class")
                        .and_then(|class| class.strip_prefix("language-").map(str::to_owned))
                });
                let word = language
                    .and_then(|language| language.split_whitespace().next().map(str::to_owned));
                settled.extend(word.map(|word| ("language", word)));
            }
            _ => {}
        }
        *attributes = settled
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
    }
}

/// Without line ends at both ends.
fn trimmed(mut run: Vec<Tree>) -> Vec<Tree> {
    if let Some(Tree::Text(text)) = run.first_mut() {
        *text = text.trim_start_matches('\n').to_owned();
    }
    if let Some(Tree::Text(text)) = run.last_mut() {
        *text = text.trim_end_matches('\n').to_owned();
    }
    run.retain(|child| !matches!(child, Tree::Text(text) if text.is_empty()));
    run
}

/// The first address in a text at or after a place, and where it leads.
fn address_in(text: &str, from: usize) -> Option<(Range<usize>, String)> {
    (from..text.len()).find_map(|at| match text.as_bytes()[at] {
        b'h' | b'w' => {
            let (end, address) = autolink::url_at(text, at)?;
            Some((at..end, address?.as_str().to_owned()))
        }
        b'@' => {
            let (range, address) = autolink::email_at(text, from, at)?;
            Some((range, address.as_str().to_owned()))
        }
        _ => None,
    })
}

/// As the specification's renderer escapes addresses.
fn escaped(address: &str) -> String {
    let mut out = String::new();
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,#%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

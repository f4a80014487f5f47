//! HTML as a tree.

use std::fmt::Write;

/// The elements that the specification's renderer or ours makes; anything else is text.
const ELEMENTS: &[&str] = &[
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
    "em",
    "strong",
    "a",
    "img",
    "br",
    "hr",
];
const BLOCKS: &[&str] = &[
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
    "hr",
];

#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Text(String),
    Element {
        name: String,
        attributes: Vec<(String, String)>,
        children: Vec<Self>,
    },
}

impl Tree {
    /// Reads HTML. A tag that stands literally in the source is text (rule 1).
    pub fn read(markup: &str, source: &str) -> Self {
        let mut open = vec![Self::element("root", Vec::new())];
        let mut rest = markup;
        while !rest.is_empty() {
            let end = match rest.strip_prefix('<').and_then(|after| after.find('>')) {
                Some(length) => length + 2,
                None => 0,
            };
            let tag = &rest[..end];
            match Tag::read(tag).filter(|_| !source.contains(tag)) {
                Some(Tag::Open(name, attributes)) => {
                    let empty = matches!(name, "br" | "hr" | "img");
                    open.push(Self::element(name, attributes));
                    if empty {
                        close(&mut open);
                    }
                    rest = &rest[end..];
                }
                Some(Tag::Close(name)) => {
                    assert_eq!(open.last().unwrap().name(), name, "{markup}");
                    close(&mut open);
                    rest = &rest[end..];
                }
                None => {
                    let next = rest.bytes().skip(1).position(|byte| byte == b'<');
                    let next = next.map_or(rest.len(), |at| at + 1);
                    open.last_mut().unwrap().push_text(&decode(&rest[..next]));
                    rest = &rest[next..];
                }
            }
        }
        assert_eq!(open.len(), 1, "{markup}");
        open.remove(0)
    }

    pub fn element(name: &str, attributes: Vec<(String, String)>) -> Self {
        Self::Element {
            name: name.to_owned(),
            attributes,
            children: Vec::new(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Text(_) => "",
            Self::Element { name, .. } => name,
        }
    }

    pub fn is_block(&self) -> bool {
        BLOCKS.contains(&self.name())
    }

    pub fn children_mut(&mut self) -> &mut Vec<Self> {
        match self {
            Self::Element { children, .. } => children,
            Self::Text(_) => panic!("a text has no children"),
        }
    }

    pub fn push_text(&mut self, more: &str) {
        match self.children_mut().last_mut() {
            Some(Self::Text(text)) => text.push_str(more),
            _ => self.children_mut().push(Self::Text(more.to_owned())),
        }
    }

    pub fn attribute(&self, wanted: &str) -> Option<&str> {
        let Self::Element { attributes, .. } = self else {
            return None;
        };
        attributes
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Element { children, .. } => children.iter().map(Self::text).collect(),
        }
    }

    /// One line that two equal trees share.
    pub fn canonical(&self) -> String {
        let encode = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        };
        match self {
            Self::Text(text) => encode(text),
            Self::Element {
                name,
                attributes,
                children,
            } => {
                let inner: String = children.iter().map(Self::canonical).collect();
                if name == "root" {
                    return inner;
                }
                let mut tag = name.clone();
                for (name, value) in attributes {
                    let _ = write!(tag, " {name}={:?}", encode(value));
                }
                if matches!(&**name, "br" | "hr") {
                    return format!("<{name}>");
                }
                format!("<{tag}>{inner}</{name}>")
            }
        }
    }
}

fn close(open: &mut Vec<Tree>) {
    let element = open.pop().unwrap();
    open.last_mut().unwrap().children_mut().push(element);
}

fn decode(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{A0}")
        .replace("&amp;", "&")
}

enum Tag<'t> {
    Open(&'t str, Vec<(String, String)>),
    Close(&'t str),
}

impl<'t> Tag<'t> {
    fn read(tag: &'t str) -> Option<Self> {
        let inner = tag.strip_prefix('<')?.strip_suffix('>')?;
        if let Some(name) = inner.strip_prefix('/') {
            return ELEMENTS.contains(&name).then_some(Self::Close(name));
        }
        let inner = inner.strip_suffix(" /").unwrap_or(inner);
        let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
        if !ELEMENTS.contains(&name) {
            return None;
        }
        let mut attributes = Vec::new();
        while let Some((name, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"')?;
            attributes.push((name.trim().to_owned(), decode(value)));
            rest = after;
        }
        rest.is_empty().then_some(Self::Open(name, attributes))
    }
}

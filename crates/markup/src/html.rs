//! Elements as a string of HTML: for the server that paints before the widget does, and for tests.

use crate::exposed::part_of;
use crate::pen::Pen;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use strings::Strings;

/// Elements that have neither content nor an end tag (HTML, section 13.1.2).
const VOID: [&str; 3] = ["br", "hr", "img"];

/// An element of a tree that becomes HTML. A handle: a clone is the same element.
#[derive(Clone, Debug)]
pub struct HtmlElement(Rc<RefCell<Content>>);

#[derive(Debug)]
struct Content {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
    parent: Weak<RefCell<Content>>,
}

#[derive(Clone, Debug)]
enum Child {
    Element(HtmlElement),
    Text(String),
}

impl HtmlElement {
    /// An element without a parent.
    pub fn new(name: &str) -> Self {
        Self(Rc::new(RefCell::new(Content {
            name: name.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
            parent: Weak::new(),
        })))
    }

    /// The element with all that it contains, escaped as the HTML serialisation algorithm does (HTML, section 13.3).
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        self.write(&mut html);
        html
    }

    fn write(&self, html: &mut String) {
        let content = self.0.borrow();
        html.push('<');
        html.push_str(&content.name);
        for (name, value) in &content.attributes {
            html.push(' ');
            html.push_str(name);
            html.push_str("=\"");
            escape(value, true, html);
            html.push('"');
        }
        html.push('>');
        if VOID.contains(&content.name.as_str()) {
            return;
        }
        for child in &content.children {
            match child {
                Child::Element(element) => element.write(html),
                Child::Text(text) => escape(text, false, html),
            }
        }
        html.push_str("</");
        html.push_str(&content.name);
        html.push('>');
    }

    fn append(&self, child: Child) {
        if let Child::Element(element) = &child {
            element.0.borrow_mut().parent = Rc::downgrade(&self.0);
        }
        self.0.borrow_mut().children.push(child);
    }

    fn set(&self, name: &str, value: &str) {
        let attributes = &mut self.0.borrow_mut().attributes;
        match attributes.iter_mut().find(|(other, _)| other == name) {
            Some(attribute) => value.clone_into(&mut attribute.1),
            None => attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    fn elements(&self) -> Vec<Self> {
        let content = self.0.borrow();
        let elements = content.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element.clone()),
            Child::Text(_) => None,
        });
        elements.collect()
    }

    fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    fn is_child(&self, child: &Child) -> bool {
        matches!(child, Child::Element(element) if element.is(self))
    }

    /// The parent's elements, and which of them this one is.
    fn siblings(&self) -> Option<(Vec<Self>, usize)> {
        let parent = Self(self.0.borrow().parent.upgrade()?);
        let elements = parent.elements();
        let at = elements.iter().position(|element| element.is(self))?;
        Some((elements, at))
    }
}

fn escape(text: &str, in_attribute: bool, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' if in_attribute => html.push_str("&quot;"),
            _ => html.push(character),
        }
    }
}

/// Makes [`HtmlElement`]s.
pub struct HtmlPen {
    strings: &'static Strings,
}

impl HtmlPen {
    /// Draws in that language.
    pub fn new(strings: &'static Strings) -> Self {
        Self { strings }
    }
}

impl Pen for HtmlPen {
    type Element = HtmlElement;

    fn strings(&self) -> &'static Strings {
        self.strings
    }

    fn element(&self, parent: &HtmlElement, name: &str, class: &str) -> Option<HtmlElement> {
        let element = HtmlElement::new(name);
        if !class.is_empty() {
            element.set("class", class);
        }
        if let Some(part) = part_of(class) {
            element.set("part", part);
        }
        parent.append(Child::Element(element.clone()));
        Some(element)
    }

    fn text(&self, parent: &HtmlElement, text: &str) {
        parent.append(Child::Text(text.to_owned()));
    }

    /// A place for it only: the browser draws it, which has the paths already, and a sanitiser knows no SVG.
    fn icon(&self, parent: &HtmlElement, path: &str) {
        if let Some(icon) = self.element(parent, "span", "icon") {
            icon.set("data-icon", path);
        }
    }

    fn set_text(&self, element: &HtmlElement, text: &str) {
        let children = &mut element.0.borrow_mut().children;
        children.clear();
        if !text.is_empty() {
            children.push(Child::Text(text.to_owned()));
        }
    }

    fn set_class(&self, element: &HtmlElement, class: &str) {
        element.set("class", class);
    }

    fn set(&self, element: &HtmlElement, name: &str, value: &str) {
        element.set(name, value);
    }

    fn set_if(&self, element: &HtmlElement, name: &str, present: bool) {
        if present {
            element.set(name, "");
        } else {
            let attributes = &mut element.0.borrow_mut().attributes;
            attributes.retain(|(other, _)| other != name);
        }
    }

    /// As `data-property-…`: the painter makes properties of them, since a strict policy forbids `style` attributes.
    fn set_property(&self, element: &HtmlElement, name: &str, value: &str) {
        let attribute = ["data-property-", name.trim_start_matches('-')].concat();
        element.set(&attribute, value);
    }

    fn child_count(&self, element: &HtmlElement) -> usize {
        element.elements().len()
    }

    fn first_child(&self, element: &HtmlElement) -> Option<HtmlElement> {
        element.elements().into_iter().next()
    }

    fn last_child(&self, element: &HtmlElement) -> Option<HtmlElement> {
        element.elements().pop()
    }

    fn next_sibling(&self, element: &HtmlElement) -> Option<HtmlElement> {
        let (siblings, at) = element.siblings()?;
        siblings.get(at + 1).cloned()
    }

    fn previous_sibling(&self, element: &HtmlElement) -> Option<HtmlElement> {
        let (siblings, at) = element.siblings()?;
        siblings.get(at.checked_sub(1)?).cloned()
    }

    fn move_before(&self, parent: &HtmlElement, child: &HtmlElement, next: &HtmlElement) {
        self.remove(child);
        child.0.borrow_mut().parent = Rc::downgrade(&parent.0);
        let children = &mut parent.0.borrow_mut().children;
        let at = children.iter().position(|other| next.is_child(other));
        children.insert(at.unwrap_or(children.len()), Child::Element(child.clone()));
    }

    fn remove(&self, element: &HtmlElement) {
        if let Some(parent) = element.0.borrow().parent.upgrade() {
            let children = &mut parent.borrow_mut().children;
            children.retain(|child| !element.is_child(child));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_text_stays_text() {
        let pen = HtmlPen::new(strings::catalogs::of("en").unwrap());
        let root = HtmlElement::new("div");
        let label = pen.label(&root, "bdi", "name", "<b>\"A & B\"\u{a0}</b>");
        pen.set(&label.unwrap(), "title", "\"><script>");
        assert_eq!(
            root.to_html(),
            "<div><bdi class=\"name\" part=\"author\" title=\"&quot;&gt;&lt;script&gt;\">\
             &lt;b&gt;\"A &amp; B\"&nbsp;&lt;/b&gt;</bdi></div>"
        );
    }

    #[test]
    fn elements_find_and_leave_one_another() {
        let pen = HtmlPen::new(strings::catalogs::of("en").unwrap());
        let root = HtmlElement::new("ul");
        let first = pen.element(&root, "li", "a").unwrap();
        pen.text(&root, "between");
        let last = pen.element(&root, "li", "b").unwrap();
        assert!(pen.next_sibling(&first).unwrap().is(&last));
        assert!(pen.previous_sibling(&last).unwrap().is(&first));
        assert!(pen.previous_sibling(&first).is_none());
        pen.move_before(&root, &last, &first);
        assert_eq!(
            root.to_html(),
            "<ul><li class=\"b\"></li><li class=\"a\"></li>between</ul>"
        );
        pen.remove(&first);
        assert_eq!(pen.child_count(&root), 1);
        assert!(pen.last_child(&root).unwrap().is(&last));
        pen.clear(&root);
        assert_eq!(root.to_html(), "<ul></ul>");
    }
}

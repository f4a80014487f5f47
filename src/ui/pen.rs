use markup::exposed::part_of;
use strings::Strings;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleDeclaration, Document, Element};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes nodes of the browser's document, for what there is much of (rows) and for what comes and goes as a whole
/// (notices).
pub(super) struct Pen {
    document: Document,
    strings: &'static Strings,
}

impl Pen {
    /// For the document that an element belongs to.
    pub fn near(element: &Element, strings: &'static Strings) -> Option<Self> {
        let document = element.owner_document()?;
        Some(Self { document, strings })
    }

    /// An element without a parent.
    pub fn loose(&self, name: &str) -> Option<Element> {
        self.document.create_element(name).ok()
    }
}

impl markup::Pen for Pen {
    type Element = Element;

    fn strings(&self) -> &'static Strings {
        self.strings
    }

    fn element(&self, parent: &Element, name: &str, class: &str) -> Option<Element> {
        let element = self.document.create_element(name).ok()?;
        if !class.is_empty() {
            element.set_class_name(class);
        }
        if let Some(part) = part_of(class) {
            set(&element, "part", part);
        }
        parent.append_child(&element).ok()?;
        Some(element)
    }

    fn part(&self, parent: &Element, name: &str, class: &str) -> Option<Element> {
        let mut child = parent.first_element_child();
        while let Some(present) = child {
            let is_it = if class.is_empty() {
                present.local_name() == name
            } else {
                present.class_list().contains(class)
            };
            if is_it {
                return Some(present);
            }
            child = present.next_element_sibling();
        }
        self.element(parent, name, class)
    }

    fn text(&self, parent: &Element, text: &str) {
        let _ = parent.append_child(&self.document.create_text_node(text));
    }

    fn icon(&self, parent: &Element, path: &str) {
        let make = |name| self.document.create_element_ns(Some(SVG), name);
        if let (Ok(icon), Ok(line)) = (make("svg"), make("path")) {
            set(&icon, "class", "icon");
            set(&icon, "viewBox", "0 0 20 20");
            set(&icon, "aria-hidden", "true");
            set(&line, "d", path);
            let _ = icon.append_child(&line);
            let _ = parent.append_child(&icon);
        }
    }

    fn set_text(&self, element: &Element, text: &str) {
        element.set_text_content(Some(text));
    }

    fn set_class(&self, element: &Element, class: &str) {
        element.set_class_name(class);
    }

    fn set(&self, element: &Element, name: &str, value: &str) {
        set(element, name, value);
    }

    fn set_if(&self, element: &Element, name: &str, present: bool) {
        set_if(element, name, present);
    }

    fn set_property(&self, element: &Element, name: &str, value: &str) {
        set_property(element, name, value);
    }

    fn child_count(&self, element: &Element) -> usize {
        element.child_element_count() as usize
    }

    fn first_child(&self, element: &Element) -> Option<Element> {
        element.first_element_child()
    }

    fn last_child(&self, element: &Element) -> Option<Element> {
        element.last_element_child()
    }

    fn next_sibling(&self, element: &Element) -> Option<Element> {
        element.next_element_sibling()
    }

    fn previous_sibling(&self, element: &Element) -> Option<Element> {
        element.previous_element_sibling()
    }

    fn move_before(&self, parent: &Element, child: &Element, next: &Element) {
        let _ = parent.insert_before(child, Some(next));
    }

    fn remove(&self, element: &Element) {
        element.remove();
    }
}

/// Sets an attribute.
pub(super) fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Sets an attribute that is there or not.
pub(super) fn set_if(element: &Element, name: &str, present: bool) {
    let _ = element.toggle_attribute_with_force(name, present);
}

/// Sets a property of an element's own style.
pub(super) fn set_property(element: &Element, name: &str, value: &str) {
    let element: &JsValue = element;
    if let Ok(style) = js_sys::Reflect::get(element, &"style".into()) {
        let style: CssStyleDeclaration = style.unchecked_into();
        let _ = style.set_property(name, value);
    }
}

/// A place within the window, in whole pixels. Not a float's own digits: the code for those is 7 kB.
#[expect(clippy::cast_possible_truncation, reason = "windows are small")]
pub(super) fn pixels(value: f64) -> String {
    [&(value.round() as i32).to_string(), "px"].concat()
}

/// Takes all children away.
pub(super) fn clear(element: &Element) {
    element.set_text_content(None);
}

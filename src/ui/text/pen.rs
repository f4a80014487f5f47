use crate::ui::strings::Strings;
use web_sys::{Document, Element};

/// Makes nodes. A step that fails leaves its node out rather than the message.
pub(super) struct Pen {
    pub document: Document,
    pub strings: &'static Strings,
}

impl Pen {
    pub fn element(&self, parent: &Element, name: &str, class: &str) -> Option<Element> {
        let element = self.document.create_element(name).ok()?;
        if !class.is_empty() {
            element.set_class_name(class);
        }
        parent.append_child(&element).ok()?;
        Some(element)
    }

    pub fn text(&self, parent: &Element, text: &str) {
        let _ = parent.append_child(&self.document.create_text_node(text));
    }

    /// An element that contains nothing but that text.
    pub fn label(&self, parent: &Element, name: &str, class: &str, text: &str) -> Option<Element> {
        let element = self.element(parent, name, class)?;
        element.set_text_content(Some(text));
        Some(element)
    }

    /// A button that the list's one listener knows by `act`.
    pub fn button(&self, parent: &Element, act: &str, class: &str) -> Option<Element> {
        let button = self.element(parent, "button", class)?;
        let _ = button.set_attribute("type", "button");
        let _ = button.set_attribute("data-act", act);
        Some(button)
    }
}

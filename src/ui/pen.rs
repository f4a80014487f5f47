use super::strings::Strings;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes nodes by hand, for what there is much of (rows) and for what comes and goes as a whole (notices): as views,
/// each of a type of its own, they would weigh four times as much on the wire. A step that fails leaves its node out rather
/// than the message.
pub(super) struct Pen {
    document: Document,
    pub strings: &'static Strings,
}

impl Pen {
    /// For the document that an element belongs to.
    pub fn near(element: &Element, strings: &'static Strings) -> Option<Self> {
        let document = element.owner_document()?;
        Some(Self { document, strings })
    }

    /// A new last child.
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
        set(&button, "type", "button");
        set(&button, "data-act", act);
        Some(button)
    }

    /// A button that shows a text.
    pub fn text_button(&self, parent: &Element, act: &str, class: &str, text: &str) {
        if let Some(button) = self.button(parent, act, class) {
            button.set_text_content(Some(text));
        }
    }

    /// A button that shows an icon, and is named for those who don't see it.
    pub fn icon_button(&self, parent: &Element, act: &str, class: &str, path: &str, name: &str) {
        if let Some(button) = self.button(parent, act, class) {
            set(&button, "aria-label", name);
            set(&button, "title", name);
            self.icon(&button, path);
        }
    }

    /// An icon of [`super::icons`].
    pub fn icon(&self, parent: &Element, path: &str) {
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

    /// A link that opens beside the page and tells the other side nothing.
    pub fn link(&self, parent: &Element, class: &str, url: &str) -> Option<Element> {
        let link = self.element(parent, "a", class)?;
        set(&link, "href", url);
        set(&link, "target", "_blank");
        set(&link, "rel", "noopener noreferrer nofollow ugc");
        Some(link)
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

/// Sets a custom property, which a strict content security policy allows where it forbids a `style` attribute.
pub(super) fn set_property(element: &Element, name: &str, value: &str) {
    let element: &JsValue = element;
    if let Ok(style) = js_sys::Reflect::get(element, &"style".into()) {
        let style: web_sys::CssStyleDeclaration = wasm_bindgen::JsCast::unchecked_into(style);
        let _ = style.set_property(name, value);
    }
}

/// Takes all children away.
pub(super) fn clear(element: &Element) {
    element.set_text_content(None);
}

use strings::{Sentence, Strings};

/// Makes elements, and changes them. Nodes are drawn by hand rather than by a view's type, for there are many rows, and
/// views, each of a type of its own, would weigh four times as much on the wire. A step that fails leaves its node
/// out rather than the message.
pub trait Pen {
    /// A handle to an element.
    type Element: Clone;

    /// The language that is drawn in.
    fn strings(&self) -> &'static Strings;

    /// A new last child. An empty `class` is none.
    fn element(&self, parent: &Self::Element, name: &str, class: &str) -> Option<Self::Element>;

    /// The child that has just that class, which is made as a new last one where there is none. So what was painted
    /// before is taken over, and what was not is made, by the same steps.
    fn part(&self, parent: &Self::Element, name: &str, class: &str) -> Option<Self::Element> {
        self.element(parent, name, class)
    }

    /// Adds text behind the last child.
    fn text(&self, parent: &Self::Element, text: &str);

    /// An icon of [`crate::icons`], as a new last child.
    fn icon(&self, parent: &Self::Element, path: &str);

    /// Replaces all children by a text.
    fn set_text(&self, element: &Self::Element, text: &str);

    /// Replaces the classes.
    fn set_class(&self, element: &Self::Element, class: &str);

    /// Sets an attribute.
    fn set(&self, element: &Self::Element, name: &str, value: &str);

    /// Sets an attribute that is there or not.
    fn set_if(&self, element: &Self::Element, name: &str, present: bool);

    /// Sets a custom property, which a strict content security policy allows where it forbids a `style` attribute.
    fn set_property(&self, element: &Self::Element, name: &str, value: &str);

    /// How many children are elements.
    fn child_count(&self, element: &Self::Element) -> usize;

    /// The first child that is an element.
    fn first_child(&self, element: &Self::Element) -> Option<Self::Element>;

    /// The last child that is an element.
    fn last_child(&self, element: &Self::Element) -> Option<Self::Element>;

    /// The next element with the same parent.
    fn next_sibling(&self, element: &Self::Element) -> Option<Self::Element>;

    /// The element before it, with the same parent.
    fn previous_sibling(&self, element: &Self::Element) -> Option<Self::Element>;

    /// Moves a child of `parent` to before another one.
    fn move_before(&self, parent: &Self::Element, child: &Self::Element, next: &Self::Element);

    /// Takes an element out of its parent.
    fn remove(&self, element: &Self::Element);

    /// Takes all children away.
    fn clear(&self, element: &Self::Element) {
        self.set_text(element, "");
    }

    /// An element that contains nothing but that text.
    fn label(
        &self,
        parent: &Self::Element,
        name: &str,
        class: &str,
        text: &str,
    ) -> Option<Self::Element> {
        let element = self.element(parent, name, class)?;
        self.set_text(&element, text);
        Some(element)
    }

    /// A sentence, each hole of it a name, which is set off and keeps its own direction.
    fn names(&self, parent: &Self::Element, sentence: Sentence, names: &[(&str, &str)]) {
        sentence.say(&mut |words| self.text(parent, words), &mut |hole| {
            if let Some((_, name)) = names.iter().find(|(other, _)| *other == hole) {
                self.label(parent, "bdi", "strong", name);
            }
        });
    }

    /// A button that the widget's one listener knows by `act`.
    fn button(&self, parent: &Self::Element, act: &str, class: &str) -> Option<Self::Element> {
        let button = self.element(parent, "button", class)?;
        self.set(&button, "type", "button");
        self.set(&button, "data-act", act);
        Some(button)
    }

    /// A button that shows a text.
    fn text_button(&self, parent: &Self::Element, act: &str, class: &str, text: &str) {
        if let Some(button) = self.button(parent, act, class) {
            self.set_text(&button, text);
        }
    }

    /// A button that shows an icon, and is named for those who don't see it.
    fn icon_button(&self, parent: &Self::Element, act: &str, class: &str, path: &str, name: &str) {
        if let Some(button) = self.button(parent, act, class) {
            self.set(&button, "aria-label", name);
            self.set(&button, "title", name);
            self.icon(&button, path);
        }
    }

    /// A link that opens beside the page and tells the other side nothing.
    fn link(&self, parent: &Self::Element, class: &str, url: &str) -> Option<Self::Element> {
        let link = self.element(parent, "a", class)?;
        self.set(&link, "href", url);
        self.set(&link, "target", "_blank");
        self.set(&link, "rel", "noopener noreferrer nofollow ugc");
        Some(link)
    }
}

use super::super::acts;
use super::super::pen::set_if;
use super::super::region::{at_end, watch};
use super::super::scene::Scene;
use js_sys::{Array, Function, Map, Reflect, Set};
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomRect, Element, MutationObserver, MutationObserverInit, Node, Range};

/// Where a message says something that is looked through.
const FIELDS: &str = ".name, .text, .file-name, .answer-text";
/// The same, without who says it.
const SAID: &str = ".text, .file-name, .answer-text";
/// More of a text than that, in UTF-16 code units, is not marked.
const LONGEST: u32 = 10_000;
/// Elements within a line. Any other ends one.
const INLINE: [&str; 7] = ["a", "bdi", "code", "em", "s", "span", "strong"];

/// Marks in the rows that are drawn what is looked for, by the browser's highlights: nothing of the rows is changed for it. Where a
/// browser has none, the row alone is marked.
struct Marks {
    stage: Element,
    scene: Scene,
    /// Of the message that one was sent to, and of the others.
    highlights: [Option<Set>; 2],
    /// Those in them that are ours: the document may have other widgets.
    ranges: Array,
}

/// Keeps what is drawn in the stage marked until the present reactive owner is gone.
pub(super) fn keep(stage: &Element, scene: Scene) {
    let marks = Rc::new(Marks {
        stage: stage.clone(),
        scene,
        highlights: [highlight("whop-chat-current"), highlight("whop-chat-match")],
        ranges: Array::new(),
    });
    let this = Rc::clone(&marks);
    watch(move || {
        scene.conversation.find();
        this.draw();
    });
    // Rows come and go, and their texts change. Attributes aren't looked at: those are set here.
    let this = Rc::clone(&marks);
    let changed = Closure::<dyn Fn(Array)>::new(move |_| this.draw());
    let observer = MutationObserver::new(changed.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        let init = MutationObserverInit::new();
        init.set_child_list(true);
        init.set_character_data(true);
        init.set_subtree(true);
        let _ = observer.observe_with_options(stage, &init);
    }
    at_end(Box::new(move || {
        if let Some(observer) = &observer {
            observer.disconnect();
        }
        drop(changed);
        marks.erase();
        each(&marks.stage, "[data-row]", &mut |item| mark(item, None));
    }));
}

/// A highlight of the document, made where there is none of that name.
fn highlight(name: &str) -> Option<Set> {
    let window: JsValue = window().into();
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let registry = get(&get(&window, "CSS")?, "highlights").filter(JsValue::is_object)?;
    let registry: Map = registry.unchecked_into();
    let known = registry.get(&name.into());
    if known.is_object() {
        return Some(known.unchecked_into());
    }
    let constructor: Function = get(&window, "Highlight")?.unchecked_into();
    let made = Reflect::construct(&constructor, &Array::new()).ok()?;
    registry.set(&name.into(), &made);
    Some(made.unchecked_into())
}

/// Marks a row: as one that was found, or as the one that the reader was sent to.
fn mark(item: &Element, found: Option<bool>) {
    set_if(item, "data-match", found.is_some());
    set_if(item, "data-current", found == Some(true));
}

impl Marks {
    fn erase(&self) {
        while self.ranges.length() > 0 {
            let range = self.ranges.pop();
            for highlight in self.highlights.iter().flatten() {
                highlight.delete(&range);
            }
        }
    }

    fn draw(&self) {
        self.erase();
        each(&self.stage, "[data-row]", &mut |item| {
            let number = item
                .get_attribute("data-row")
                .and_then(|row| row.parse().ok());
            let found = self.scene.conversation.look(|chat| {
                let row = chat.row_numbered(number?)?;
                chat.is_found(row)
            });
            let found = found.flatten();
            mark(item, found);
            let [current, other] = &self.highlights;
            let highlight = if found == Some(true) { current } else { other };
            if let Some(highlight) = highlight.as_ref().filter(|_| found.is_some()) {
                each(item, FIELDS, &mut |element| {
                    self.highlight(element, highlight);
                });
            }
        });
    }

    fn highlight(&self, element: &Element, highlight: &Set) {
        for range in ranges(element, self.scene) {
            highlight.add(&range);
            self.ranges.push(&range);
        }
    }
}

/// Where in an element what is looked for stands.
fn ranges(element: &Element, scene: Scene) -> Vec<Range> {
    let (mut field, mut ranges) = (Field::default(), Vec::new());
    field.read(element);
    let places = scene.conversation.look(|chat| chat.found_in(&field.text));
    for (start, end) in places.unwrap_or_default() {
        for (begin, stop, node) in &field.nodes {
            let (from, to) = (start.max(*begin), end.min(*stop));
            if from < to
                && let Ok(range) = Range::new()
            {
                let _ = range.set_start(node, from - begin);
                let _ = range.set_end(node, to - begin);
                ranges.push(range);
            }
        }
    }
    ranges
}

/// Where the first of what was found in a message stands in the window.
pub(in super::super) fn place(item: &Element, scene: Scene) -> Option<DomRect> {
    let mut first = None;
    each(item, SAID, &mut |element| {
        if first.is_none() {
            first = ranges(element, scene).into_iter().next();
        }
    });
    Some(first?.get_bounding_client_rect())
}

/// Unfolds a long message if what was found in it is folded away.
pub(in super::super) fn unfold(item: &Element, scene: Scene) -> bool {
    let Ok(Some(fold)) = item.query_selector(".fold:not(.open)") else {
        return false;
    };
    let end = fold.get_bounding_client_rect().bottom();
    let is_away = place(item, scene).is_some_and(|place| place.bottom() > end);
    if is_away && let Some(button) = fold.next_element_sibling() {
        acts::unfold(&button, scene);
    }
    is_away
}

/// Does something with each element of that kind.
fn each(within: &Element, selector: &str, act: &mut dyn FnMut(&Element)) {
    if let Ok(found) = within.query_selector_all(selector) {
        for at in 0..found.length() {
            if let Some(element) = found.item(at) {
                act(element.unchecked_ref());
            }
        }
    }
}

/// What an element says, and which of its nodes says what. Lengths are in UTF-16 code units.
#[derive(Default)]
struct Field {
    text: String,
    length: u32,
    /// Where a text node begins and ends.
    nodes: Vec<(u32, u32, Node)>,
}

impl Field {
    // As deep as the text of a message may be nested.
    fn read(&mut self, node: &Node) {
        let Some(element) = node.dyn_ref::<Element>() else {
            let begin = self.length;
            self.add(&node.node_value().unwrap_or_default());
            return self.nodes.push((begin, self.length, node.clone()));
        };
        let name = element.local_name();
        // What a message says is none of its buttons, nor what it hides.
        if name == "button" || element.has_attribute("inert") || self.length > LONGEST {
            return;
        }
        let mut child = node.first_child();
        while let Some(present) = child {
            self.read(&present);
            child = present.next_sibling();
        }
        if !INLINE.contains(&name.as_str()) {
            self.add("\n");
        }
    }

    fn add(&mut self, text: &str) {
        for character in text.chars() {
            self.length += if character > '\u{FFFF}' { 2 } else { 1 };
            self.text.push(character);
        }
    }
}

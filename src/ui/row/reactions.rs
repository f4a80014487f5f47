use crate::ui::icons::SMILE;
use crate::ui::pen::{Pen, clear, set, set_if};
use chat_core::ReactionView;
use web_sys::Element;

/// The reactions as pills. Patched in place, so that the focus stays on the one that was pressed.
pub(super) fn draw(pen: &Pen, bar: &Element, reactions: &[ReactionView], open: bool) {
    if reactions.is_empty() {
        return clear(bar);
    }
    if bar.child_element_count() == 0 {
        pen.icon_button(bar, "pick", "pill add", SMILE, pen.strings.add_reaction);
    }
    let Some(add) = bar.last_element_child() else {
        return;
    };
    set_if(&add, "disabled", !open);
    while bar.child_element_count() as usize > reactions.len() + 1 {
        if let Some(last) = add.previous_element_sibling() {
            last.remove();
        }
    }
    while (bar.child_element_count() as usize) < reactions.len() + 1 {
        let Some(pill) = pen.button(bar, "react", "pill") else {
            return;
        };
        pen.element(&pill, "bdi", "pill-symbol");
        pen.element(&pill, "span", "pill-count");
        let _ = bar.insert_before(&pill, Some(&add));
    }
    let mut next = bar.first_element_child();
    for reaction in reactions {
        let Some(pill) = next else { return };
        patch(pen, &pill, reaction, open);
        next = pill.next_element_sibling();
    }
}

fn patch(pen: &Pen, pill: &Element, reaction: &ReactionView, open: bool) {
    let count = reaction.count.to_string();
    let mut label = [&reaction.symbol, " ", &count].concat();
    if reaction.own {
        label.push_str(", ");
        label.push_str(pen.strings.you_reacted);
    }
    set(pill, "data-value", &reaction.value);
    set(
        pill,
        "aria-pressed",
        if reaction.own { "true" } else { "false" },
    );
    set(pill, "aria-label", &label);
    set_if(pill, "disabled", !open);
    if let Some(symbol) = pill.first_element_child() {
        symbol.set_text_content(Some(&reaction.symbol));
    }
    if let Some(number) = pill.last_element_child() {
        number.set_text_content(Some(&count));
    }
}

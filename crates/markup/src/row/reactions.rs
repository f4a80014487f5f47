use crate::icons::SMILE;
use crate::pen::Pen;
use chat_core::ReactionView;

/// The reactions as pills. Patched in place, so that the focus stays on the one that was pressed.
pub(super) fn draw<P: Pen>(pen: &P, bar: &P::Element, reactions: &[ReactionView], open: bool) {
    if reactions.is_empty() {
        return pen.clear(bar);
    }
    if pen.child_count(bar) == 0 {
        pen.icon_button(bar, "pick", "pill add", SMILE, pen.strings().add_reaction());
    }
    let Some(add) = pen.last_child(bar) else {
        return;
    };
    pen.set_if(&add, "disabled", !open);
    while pen.child_count(bar) > reactions.len() + 1 {
        if let Some(last) = pen.previous_sibling(&add) {
            pen.remove(&last);
        }
    }
    while pen.child_count(bar) < reactions.len() + 1 {
        let Some(pill) = pen.button(bar, "react", "pill") else {
            return;
        };
        pen.element(&pill, "bdi", "pill-symbol");
        pen.element(&pill, "span", "pill-count");
        pen.move_before(bar, &pill, &add);
    }
    let mut next = pen.first_child(bar);
    for reaction in reactions {
        let Some(pill) = next else { return };
        patch(pen, &pill, reaction, open);
        next = pen.next_sibling(&pill);
    }
}

fn patch<P: Pen>(pen: &P, pill: &P::Element, reaction: &ReactionView, open: bool) {
    let strings = pen.strings();
    let count = strings.number(reaction.count);
    let label = if reaction.own {
        let own = strings.own_reaction();
        own.with(&[("emoji", &reaction.symbol), ("n", &count)])
    } else {
        [&reaction.symbol, " ", &count].concat()
    };
    pen.set(pill, "data-value", &reaction.value);
    pen.set(
        pill,
        "aria-pressed",
        if reaction.own { "true" } else { "false" },
    );
    pen.set(pill, "aria-label", &label);
    set_closed(pen, pill, !open);
    if let Some(symbol) = pen.first_child(pill) {
        pen.set_text(&symbol, &reaction.symbol);
    }
    if let Some(number) = pen.last_child(pill) {
        pen.set_text(&number, &count);
    }
}

/// A button that does nothing for this visitor. It can still be reached, to learn who reacted and why it is closed.
pub(super) fn set_closed<P: Pen>(pen: &P, button: &P::Element, closed: bool) {
    pen.set(
        button,
        "aria-disabled",
        if closed { "true" } else { "false" },
    );
}

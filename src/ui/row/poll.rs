use crate::ui::icons::CHECK;
use crate::ui::pen::{Pen, clear, set, set_if, set_property};
use chat_core::{PollAnswer, PollView};
use web_sys::Element;

/// The answers as bars, the visitor's own ticked. Patched in place, so that the focus stays on the one that was
/// pressed.
pub(super) fn draw(pen: &Pen, frame: &Element, poll: Option<&PollView>, open: bool) {
    let Some(poll) = poll else {
        return clear(frame);
    };
    if frame.child_element_count() as usize != poll.answers.len() + 1 {
        clear(frame);
        for answer in &poll.answers {
            if let Some(button) = pen.button(frame, "vote", "answer") {
                set(&button, "data-value", &answer.option);
                pen.element(&button, "span", "answer-bar");
                if let Some(tick) = pen.element(&button, "span", "answer-tick") {
                    pen.icon(&tick, CHECK);
                }
                pen.label(&button, "bdi", "answer-text", &answer.text);
                pen.element(&button, "span", "answer-share");
            }
        }
        pen.element(frame, "div", "poll-total");
    }
    let mut next = frame.first_element_child();
    for answer in &poll.answers {
        let Some(button) = next else { return };
        patch(pen, &button, answer, poll.total, open);
        next = button.next_element_sibling();
    }
    if let Some(total) = next {
        total.set_text_content(Some(&pen.strings.vote.with(poll.total)));
    }
}

fn patch(pen: &Pen, button: &Element, answer: &PollAnswer, total: u64, open: bool) {
    let share = (answer.votes * 100 + total / 2)
        .checked_div(total)
        .unwrap_or_default();
    let percentage = [&share.to_string(), "%"].concat();
    let votes = pen.strings.vote.with(answer.votes);
    let mut label = [&answer.text, ", ", &percentage, ", ", &votes].concat();
    if answer.own {
        label.push_str(", ");
        label.push_str(pen.strings.your_vote);
    }
    set(
        button,
        "aria-pressed",
        if answer.own { "true" } else { "false" },
    );
    set(button, "aria-label", &label);
    set(button, "title", &votes);
    set_if(button, "disabled", !open);
    if let Some(bar) = button.first_element_child() {
        set_property(&bar, "--share", &percentage);
    }
    if let Some(share) = button.last_element_child() {
        share.set_text_content(Some(&percentage));
    }
}

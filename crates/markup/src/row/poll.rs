use crate::icons::CHECK;
use crate::pen::Pen;
use chat_core::{PollAnswer, PollView};

/// The answers as bars, the visitor's own ticked. Patched in place, so that the focus stays on the one that was
/// pressed.
pub(super) fn draw<P: Pen>(pen: &P, frame: &P::Element, poll: Option<&PollView>, open: bool) {
    let Some(poll) = poll else {
        return pen.clear(frame);
    };
    if pen.child_count(frame) != poll.answers.len() + 1 {
        pen.clear(frame);
        for answer in &poll.answers {
            if let Some(button) = pen.button(frame, "vote", "answer") {
                pen.set(&button, "data-value", &answer.option);
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
    let mut next = pen.first_child(frame);
    for answer in &poll.answers {
        let Some(button) = next else { return };
        patch(pen, &button, answer, poll.total, open);
        next = pen.next_sibling(&button);
    }
    if let Some(total) = next {
        pen.set_text(&total, &pen.strings().vote.with(poll.total));
    }
}

fn patch<P: Pen>(pen: &P, button: &P::Element, answer: &PollAnswer, total: u64, open: bool) {
    let share = (answer.votes * 100 + total / 2)
        .checked_div(total)
        .unwrap_or_default();
    let percentage = [&share.to_string(), "%"].concat();
    let votes = pen.strings().vote.with(answer.votes);
    let mut label = [&answer.text, ", ", &percentage, ", ", &votes].concat();
    if answer.own {
        label.push_str(", ");
        label.push_str(pen.strings().your_vote);
    }
    pen.set(
        button,
        "aria-pressed",
        if answer.own { "true" } else { "false" },
    );
    pen.set(button, "aria-label", &label);
    pen.set(button, "title", &votes);
    pen.set_if(button, "disabled", !open);
    if let Some(bar) = pen.first_child(button) {
        pen.set_property(&bar, "--share", &percentage);
    }
    if let Some(share) = pen.last_child(button) {
        pen.set_text(&share, &percentage);
    }
}

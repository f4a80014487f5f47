use super::reactions::set_closed;
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
                // As in the button's name: who says aloud what stands there is understood.
                pen.text(&button, " ");
                pen.element(&button, "span", "answer-share");
            }
        }
        pen.element(frame, "div", "poll-total");
    }
    let mut next = pen.first_child(frame);
    for (answer, share) in poll.answers.iter().zip(shares(poll)) {
        let Some(button) = next else { return };
        patch(pen, &button, answer, share, open);
        next = pen.next_sibling(&button);
    }
    if let Some(total) = next {
        pen.set_text(&total, &pen.strings().votes(poll.total, false));
    }
}

/// More votes than that are as good as that many.
const MOST_VOTES: u64 = 1 << 48;

/// Each answer's share in percent. Together they are 100: what rounding down leaves over goes to those that lost most
/// by it.
fn shares(poll: &PollView) -> Vec<u64> {
    let votes: Vec<u64> = poll
        .answers
        .iter()
        .map(|answer| answer.votes.min(MOST_VOTES))
        .collect();
    let total: u64 = votes.iter().sum();
    let mut shares: Vec<u64> = votes
        .iter()
        .map(|votes| (votes * 100).checked_div(total).unwrap_or_default())
        .collect();
    let left = if total == 0 {
        0
    } else {
        100 - shares.iter().sum::<u64>()
    };
    let mut by_loss: Vec<usize> = (0..votes.len()).collect();
    by_loss.sort_by_key(|at| (u64::MAX - votes[*at] * 100 % total.max(1), *at));
    for at in by_loss
        .into_iter()
        .take(usize::try_from(left).unwrap_or_default())
    {
        shares[at] += 1;
    }
    shares
}

fn patch<P: Pen>(pen: &P, button: &P::Element, answer: &PollAnswer, share: u64, open: bool) {
    let strings = pen.strings();
    let share = share.to_string();
    let percentage = strings.percent().with(&[("n", &share)]);
    let votes = strings.votes(answer.votes, false);
    let label = if answer.own {
        strings.own_answer()
    } else {
        strings.answer()
    };
    let label = label.with(&[
        ("text", &answer.text),
        ("share", &percentage),
        ("votes", &votes),
    ]);
    pen.set(
        button,
        "aria-pressed",
        if answer.own { "true" } else { "false" },
    );
    pen.set(button, "aria-label", &label);
    pen.set(button, "title", &votes);
    set_closed(pen, button, !open);
    if let Some(bar) = pen.first_child(button) {
        pen.set_property(&bar, "--share", &[&share, "%"].concat());
    }
    if let Some(share) = pen.last_child(button) {
        pen.set_text(&share, &percentage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(votes: &[u64]) -> Vec<u64> {
        let answer = |votes: &u64| PollAnswer {
            option: String::new(),
            text: String::new(),
            votes: *votes,
            own: false,
        };
        shares(&PollView {
            answers: votes.iter().map(answer).collect(),
            total: 0,
        })
    }

    #[test]
    fn shares_sum_to_a_hundred() {
        for (votes, expected) in [
            (&[0, 0][..], &[0, 0][..]),
            (&[1, 1, 1], &[34, 33, 33]),
            (&[1, 2], &[33, 67]),
            (&[5, 5, 5, 1], &[32, 31, 31, 6]),
            (&[1, 0, 0], &[100, 0, 0]),
            (&[u64::MAX, u64::MAX], &[50, 50]),
            (&[2, 2, 2, 1, 1, 1, 1, 1], &[19, 18, 18, 9, 9, 9, 9, 9]),
            (&[], &[]),
        ] {
            let shares = of(votes);
            assert_eq!(shares, expected, "{votes:?}");
        }
    }
}

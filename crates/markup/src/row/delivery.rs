use crate::icons::WARNING;
use crate::pen::Pen;
use chat_core::{Deletion, Delivery, Failure, Row};

/// That the row is on its way, or why it is not and what can be done; or whether it is to be deleted.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, row: &Row) {
    pen.clear(place);
    let strings = pen.strings();
    match (&row.delivery, &row.deletion) {
        (Delivery::Delivered, None | Some(Deletion::UnderWay)) => {}
        (Delivery::Delivered, Some(Deletion::Asked)) => {
            let ways = [("delete", strings.delete()), ("keep", strings.cancel())];
            draw_line(
                pen,
                place,
                "failure asked",
                strings.delete_question(),
                &ways,
            );
        }
        (Delivery::Delivered, Some(Deletion::Failed(reason))) => {
            let ways = [("delete", strings.retry()), ("keep", strings.cancel())];
            let refused = strings.delete_refused().with(&[("reason", reason)]);
            let reason = if reason.is_empty() {
                strings.not_deleted()
            } else {
                &refused
            };
            draw_line(pen, place, "failure", reason, &ways);
        }
        (Delivery::Pending, _) => {
            if let Some(sending) = pen.element(place, "div", "sending") {
                pen.set(&sending, "role", "img");
                pen.set(&sending, "aria-label", strings.sending());
            }
        }
        (Delivery::Failed(failure), _) => {
            let refused;
            let reason = match failure {
                Failure::Refused(reason) if !reason.is_empty() => {
                    refused = strings.refused().with(&[("reason", reason)]);
                    &refused
                }
                Failure::Refused(_) => strings.not_sent(),
                Failure::NotDelivered => strings.not_delivered(),
                Failure::SignedOut => strings.not_sent_signed_out(),
            };
            let ways = [
                ("retry", strings.retry()),
                ("edit", strings.edit()),
                ("discard", strings.delete()),
            ];
            draw_line(pen, place, "failure", reason, &ways);
        }
    }
}

/// A sentence, and what can be done about it: what is done, and its name.
fn draw_line<P: Pen>(
    pen: &P,
    place: &P::Element,
    class: &str,
    sentence: &str,
    ways: &[(&str, &str)],
) {
    let Some(line) = pen.element(place, "div", class) else {
        return;
    };
    pen.set(&line, "role", "group");
    pen.set(&line, "aria-label", sentence);
    if let Some(reason) = pen.element(&line, "span", "failure-reason") {
        if class == "failure" {
            pen.icon(&reason, WARNING);
        }
        pen.label(&reason, "bdi", "", sentence);
    }
    if let Some(buttons) = pen.element(&line, "span", "failure-ways") {
        for (act, name) in ways {
            pen.text_button(&buttons, act, "", name);
        }
    }
}

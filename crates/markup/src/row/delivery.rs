use crate::icons::WARNING;
use crate::pen::Pen;
use chat_core::{Delivery, Failure};

/// That the row is on its way, or why it is not and what can be done.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, delivery: &Delivery) {
    pen.clear(place);
    let strings = pen.strings();
    let refused;
    let reason = match delivery {
        Delivery::Delivered => return,
        Delivery::Pending => {
            if let Some(sending) = pen.element(place, "div", "sending") {
                pen.set(&sending, "role", "img");
                pen.set(&sending, "aria-label", strings.sending());
            }
            return;
        }
        Delivery::Failed(Failure::Refused(reason)) if !reason.is_empty() => {
            refused = strings.refused().with(&[("reason", reason)]);
            &refused
        }
        Delivery::Failed(Failure::Refused(_)) => strings.not_sent(),
        Delivery::Failed(Failure::NotDelivered) => strings.not_delivered(),
        Delivery::Failed(Failure::SignedOut) => strings.not_sent_signed_out(),
    };
    let Some(failure) = pen.element(place, "div", "failure") else {
        return;
    };
    if let Some(line) = pen.element(&failure, "span", "failure-reason") {
        pen.icon(&line, WARNING);
        pen.label(&line, "bdi", "", reason);
    }
    if let Some(ways) = pen.element(&failure, "span", "failure-ways") {
        for (act, name) in [
            ("retry", strings.retry()),
            ("edit", strings.edit()),
            ("discard", strings.delete()),
        ] {
            pen.text_button(&ways, act, "", name);
        }
    }
}

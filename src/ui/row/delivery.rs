use crate::ui::icons::WARNING;
use crate::ui::pen::{Pen, clear, set};
use chat_core::{Delivery, Failure};
use web_sys::Element;

/// That the row is on its way, or why it is not and what can be done.
pub(super) fn draw(pen: &Pen, place: &Element, delivery: &Delivery) {
    clear(place);
    let strings = pen.strings;
    let reason = match delivery {
        Delivery::Delivered => return,
        Delivery::Pending => {
            if let Some(sending) = pen.element(place, "div", "sending") {
                set(&sending, "role", "img");
                set(&sending, "aria-label", strings.sending);
            }
            return;
        }
        Delivery::Failed(Failure::Refused(reason)) if !reason.is_empty() => reason,
        Delivery::Failed(Failure::Refused(_)) => strings.not_sent,
        Delivery::Failed(Failure::NotDelivered) => strings.not_delivered,
        Delivery::Failed(Failure::SignedOut) => strings.not_sent_signed_out,
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
            ("retry", strings.retry),
            ("edit", strings.edit),
            ("discard", strings.delete),
        ] {
            pen.text_button(&ways, act, "", name);
        }
    }
}

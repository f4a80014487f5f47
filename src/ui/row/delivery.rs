use super::{RowSignal, read};
use crate::ui::icons::{WARNING, icon};
use crate::ui::scene::Scene;
use chat_core::{Delivery, Failure};
use leptos::prelude::*;

/// That the row is on its way, or why it is not and what can be done.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    move || {
        read(row, |row| row.delivery.clone()).and_then(|delivery| match delivery {
            Delivery::Delivered => None,
            Delivery::Pending => Some(
                view! { <div class="sending" role="img" aria-label=strings.sending></div> }
                    .into_any(),
            ),
            Delivery::Failed(failure) => {
                let reason = match failure {
                    Failure::Refused(reason) if !reason.is_empty() => reason,
                    Failure::Refused(_) => strings.not_sent.to_owned(),
                    Failure::NotDelivered => strings.not_delivered.to_owned(),
                    Failure::SignedOut => strings.not_sent_signed_out.to_owned(),
                };
                Some(
                    view! {
                        <div class="failure">
                            <span class="failure-reason">{icon(WARNING)}<bdi>{reason}</bdi></span>
                            <span class="failure-ways">
                                <button type="button" data-act="retry">{strings.retry}</button>
                                <button type="button" data-act="edit">{strings.edit}</button>
                                <button type="button" data-act="discard">{strings.delete}</button>
                            </span>
                        </div>
                    }
                    .into_any(),
                )
            }
        })
    }
}

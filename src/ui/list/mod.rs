//! The history: its order, its scrolling and its paging upwards.

mod reading;

use super::pen::{Pen, set};
use super::region::region;
use super::row::MessageRow;
use super::scene::Scene;
use chat_core::{Older, RowId};
use leptos::html;
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::DOWN;
use reading::Reading;
use web_sys::Element;

/// The conversation's messages.
#[component]
pub(super) fn History(scene: Scene) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let content = NodeRef::<html::Div>::new();
    Reading::new(scene).watch(scroller, content);
    let rows = scene.conversation.rows();
    view! {
        <div class="history">
            <div
                class="scroller"
                node_ref=scroller
                tabindex="0"
                role="log"
                aria-live="off"
                aria-label=scene.strings.messages
            >
                <div class="content" node_ref=content>
                    <div class="before" use:region=(scene, before)></div>
                    <div class="rows">
                        <For
                            each=move || rows.get()
                            key=|id: &RowId| id.get()
                            children=move |id| view! { <MessageRow id=id scene=scene/> }
                        />
                    </div>
                </div>
            </div>
            <div class="way-back" use:region=(scene, way_back)></div>
        </div>
    }
}

/// What stands before the oldest message.
fn before(pen: &Pen, place: &Element, scene: Scene) {
    let strings = scene.strings;
    match scene.conversation.older().get() {
        Older::Unknown | Older::Available => {}
        Older::Loading => {
            if let Some(spinner) = pen.element(place, "span", "spinner") {
                set(&spinner, "role", "img");
                set(&spinner, "aria-label", strings.loading_older);
            }
        }
        Older::Failed => {
            pen.label(place, "span", "", strings.older_failed);
            pen.text_button(place, "older", "plain", strings.try_again);
        }
        Older::Beginning => {
            if let Some(line) = pen.label(place, "span", "", strings.beginning) {
                pen.text(&line, " ");
                pen.label(
                    &line,
                    "bdi",
                    "strong",
                    &scene.channel_name().unwrap_or_default(),
                );
            }
        }
    }
}

/// The way back to the newest message, with the number of those that came meanwhile (M5).
fn way_back(pen: &Pen, place: &Element, scene: Scene) {
    let unseen = scene.unseen.get();
    if unseen == 0 && !scene.away.get() {
        return;
    }
    let class = if unseen == 0 { "jump quiet" } else { "jump" };
    let Some(button) = pen.button(place, "latest", class) else {
        return;
    };
    if unseen == 0 {
        set(&button, "aria-label", scene.strings.jump_to_latest);
    } else {
        pen.text(&button, &scene.strings.new_message.with(unseen));
    }
    pen.icon(&button, DOWN);
}

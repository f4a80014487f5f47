use super::dom::{focus_quietly, focused, origin};
use super::scene::Scene;
use chat_core::{Event, RowId};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, KeyboardEvent, Node};

/// What most people react with, and what each is called.
const EMOJI: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "joy"),
    ("🎉", "tada"),
    ("🔥", "fire"),
    ("👀", "eyes"),
];
/// The popover's size and its distance to what surrounds it, in pixels; as in `reactions.css`.
const WIDTH: f64 = 264.0;
const HEIGHT: f64 = 48.0;
const GAP: f64 = 6.0;

/// The message that an emoji is being picked for, and where: pixels from the widget's upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picking {
    row: RowId,
    left: f64,
    top: f64,
}

impl Picking {
    /// Beside the button that was pressed, within the widget.
    pub fn at(row: RowId, opener: &Element, scene: Scene) -> Option<Self> {
        let root = opener.closest(".chat").ok()??;
        let (button, frame) = (
            opener.get_bounding_client_rect(),
            root.get_bounding_client_rect(),
        );
        let middle = button.left() + button.width() / 2.0 - frame.left();
        let left = (middle - WIDTH / 2.0)
            .min(frame.width() - WIDTH - GAP)
            .max(GAP);
        let above = button.top() - frame.top() - HEIGHT - GAP;
        let top = if above < GAP {
            button.bottom() - frame.top() + GAP
        } else {
            above
        };
        scene.opener.set_value(Some(opener.clone()));
        Some(Self { row, left, top })
    }
}

/// A small popover with the six usual emoji.
#[component]
pub(super) fn QuickReactions(scene: Scene) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(first) = panel.get().and_then(|panel| panel.first_element_child()) {
            focus_quietly(&first);
        }
    });
    let react = move |event: web_sys::MouseEvent| {
        let button = origin(&event).and_then(|element| element.closest("button").ok().flatten());
        let emoji = button.and_then(|button| button.get_attribute("data-value"));
        let row = scene
            .picking
            .with_untracked(|picking| picking.as_ref().map(|picking| picking.row));
        if let (Some(emoji), Some(row)) = (emoji, row) {
            close(scene);
            scene
                .conversation
                .dispatch(Event::ToggledReaction { row, emoji });
        }
    };
    let left = move |event: FocusEvent| {
        let to = event
            .related_target()
            .and_then(|target| target.dyn_into::<Node>().ok());
        let stays = panel
            .get_untracked()
            .is_some_and(|panel| panel.contains(to.as_ref()));
        if !stays {
            scene.picking.set(None);
        }
    };
    move || {
        scene.picking.get().map(|picking| {
            let pixels = |value: f64| [&value.round().to_string(), "px"].concat();
            let choices = EMOJI
                .into_iter()
                .map(|(emoji, name)| {
                    view! {
                        <button type="button" role="menuitem" data-value=emoji aria-label=[scene.strings.react_with, " ", name].concat()>
                            {emoji}
                        </button>
                    }
                })
                .collect_view();
            view! {
                <div
                    class="quick"
                    node_ref=panel
                    role="menu"
                    aria-label=scene.strings.add_reaction
                    style=("left", pixels(picking.left))
                    style=("top", pixels(picking.top))
                    on:click=react
                    on:keydown=move |event| pressed(&event, scene)
                    on:focusout=left
                >
                    {choices}
                </div>
            }
        })
    }
}

fn pressed(event: &KeyboardEvent, scene: Scene) {
    let Some(button) = origin(event) else { return };
    let next = match event.key().as_str() {
        "Escape" | "Tab" => {
            event.prevent_default();
            close(scene);
            return;
        }
        "ArrowRight" | "ArrowDown" => button.next_element_sibling(),
        "ArrowLeft" | "ArrowUp" => button.previous_element_sibling(),
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next {
        focus_quietly(&next);
    }
}

/// Closes it and gives the focus back to where it was opened (A3).
fn close(scene: Scene) {
    scene.picking.set(None);
    let opener = scene.opener.get_value();
    scene.opener.set_value(None);
    let Some(opener) = opener.filter(|opener| opener.is_connected()) else {
        return;
    };
    focus_quietly(&opener);
    // A message's tools are hidden while neither they nor it have the focus.
    if focused(&opener).as_ref() != Some(&opener)
        && let Ok(Some(item)) = opener.closest("[data-row]")
    {
        focus_quietly(&item);
        focus_quietly(&opener);
    }
}

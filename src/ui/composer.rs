use super::dates::Dates;
use super::dom::origin;
use super::pen::{Pen, clear, set, set_if};
use super::region::{region, watch, watch_choice};
use super::scene::Scene;
use crate::conversation::raise;
use chat_core::{Event, Posting, Refusal, Status};
use leptos::prelude::*;
use markup::Pen as _;
use markup::composer::{Composer, draw_reason, reason};
use markup::icons::{CLOSE, LOCK};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement, KeyboardEvent};

/// What a browser calls a key that an input method is still busy with (UI Events, section 4.6.1).
const KEY_CODE_OF_COMPOSITION: u32 = 229;

const SECOND: Duration = Duration::from_secs(1);

/// What stands at the foot of the widget.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Foot {
    Nothing,
    Field,
    /// The server said no, and may be asked again.
    Refused(&'static str),
    /// A sentence instead.
    ReadOnly(&'static str),
}

/// What stands at the foot of the widget. Tracks.
pub(super) fn foot(scene: Scene) -> Foot {
    let strings = scene.strings;
    let conversation = scene.conversation;
    let status = conversation.status();
    let known = conversation.permissions().is_some();
    let has_rows = !conversation.is_empty();
    match status {
        Status::Refused(refusal) if has_rows => Foot::Refused(match refusal {
            Refusal::SignedOut => strings.sign_in_to_post(),
            Refusal::NoAccess => strings.no_access_title(),
            Refusal::UnknownChannel => strings.unknown_title(),
            Refusal::Misconfigured(_) => strings.misconfigured_title(),
        }),
        Status::Refused(_) | Status::Unreachable if !has_rows => Foot::Nothing,
        _ if !known || scene.can_post() => Foot::Field,
        _ => {
            let who = conversation.channel(|channel| channel.who_can_post.clone());
            let may = conversation.permissions();
            let access = may.as_ref().map(|may| &may.access_level);
            Foot::ReadOnly(reason(strings, access, who.as_ref()))
        }
    }
}

/// Why the visitor can't write.
pub(super) fn line(pen: &Pen, place: &Element, scene: Scene) {
    let foot = foot(scene);
    let sentence = match foot {
        Foot::Nothing | Foot::Field => return,
        Foot::Refused(sentence) | Foot::ReadOnly(sentence) => sentence,
    };
    let Some(line) = draw_reason(pen, place, sentence) else {
        return;
    };
    if matches!(foot, Foot::Refused(_)) {
        pen.text_button(&line, "reopen", "plain", scene.strings.try_again());
    }
}

/// Keeps the foot of the widget what the visitor may do.
pub(super) fn keep(place: Element, scene: Scene) {
    let has_field = move || foot(scene) == Foot::Field;
    watch_choice(has_field, move |has_field| {
        let is_painted = scene.taking_over.get_value() && field_in(&place).is_some();
        if !(has_field && is_painted) {
            clear(&place);
        }
        if has_field {
            draw_field(&place, scene);
        } else {
            region(place.clone(), (scene, line));
        }
    });
}

fn field_in(place: &Element) -> Option<HtmlTextAreaElement> {
    place.query_selector("textarea").ok()??.dyn_into().ok()
}

/// Where the visitor writes.
fn draw_field(place: &Element, scene: Scene) {
    let Some(pen) = Pen::near(place, scene.strings) else {
        return;
    };
    let Some(composer) = Composer::new(&pen, place) else {
        return;
    };
    region(composer.preview.clone(), (scene, reply_preview));
    set(&composer.pause, "role", "timer");
    region(composer.pause.clone(), (scene, pause));
    if let Some(field) = field_in(place) {
        // What was written before the widget came.
        if !field.value().is_empty() {
            scene.draft.set(field.value());
        }
        scene.field.set_value(Some(field.clone()));
        watch(move || {
            composer.name(&pen, &scene.channel_name().unwrap_or_default());
            let draft = scene.draft.get();
            if field.value() != draft {
                field.set_value(&draft);
            }
            set(&composer.frame, "data-text", &draft);
            let is_paused = is_pause(scene.conversation.posting());
            set_if(
                &composer.send,
                "disabled",
                is_paused || draft.trim().is_empty(),
            );
        });
    }
}

fn reply_preview(pen: &Pen, place: &Element, scene: Scene) {
    let Some(replying) = scene.replying.get() else {
        return;
    };
    let Some(preview) = pen.element(place, "div", "replying") else {
        return;
    };
    if let Some(text) = pen.element(&preview, "div", "replying-text") {
        if let Some(line) = pen.element(&text, "span", "") {
            let sentence = scene.strings.replying_to();
            pen.names(&line, sentence, &[("name", &replying.author)]);
        }
        pen.label(&text, "bdi", "replying-excerpt", &replying.excerpt);
    }
    pen.icon_button(
        &preview,
        "cancel-reply",
        "round",
        CLOSE,
        scene.strings.cancel_reply(),
    );
}

/// Whether nothing can be posted for a while.
const fn is_pause(posting: Posting) -> bool {
    matches!(
        posting,
        Posting::Muted { .. } | Posting::Slow { .. } | Posting::Sending
    )
}

/// What keeps the visitor from posting for a while, and how long.
fn pause(pen: &Pen, place: &Element, scene: Scene) {
    let posting = scene.conversation.posting();
    if is_pause(posting) {
        pen.icon(place, LOCK);
        pen.label(place, "span", "", &pause_line(posting, scene));
    }
    if matches!(posting, Posting::Slow { .. }) {
        scene.second.track();
        let next = move || raise(scene.second);
        scene.next_second.run_after(SECOND, Box::new(next));
    }
}

fn pause_line(posting: Posting, scene: Scene) -> String {
    let strings = scene.strings;
    match posting {
        Posting::Muted { until } => {
            let until = scene.dates.until(until);
            strings.muted_until().with(&[("time", &until)])
        }
        Posting::Slow { until } => strings.slow_mode().with(&[("time", &Dates::left(until))]),
        _ => strings.slow_sending().to_owned(),
    }
}

/// The visitor wrote.
pub(super) fn typed(scene: Scene) {
    let text = scene
        .field
        .with_value(|field| field.as_ref().map(HtmlTextAreaElement::value));
    if let Some(text) = text {
        let nothing = text.trim().is_empty();
        scene.draft.set(text);
        scene.conversation.dispatch(Event::Wrote { nothing });
    }
}

/// A pointer on the send button doesn't take the focus: the field keeps it, and the keyboard of a phone stays (C9).
pub(super) fn pointed(event: &web_sys::Event) {
    if let Some(target) = origin(event)
        && let Ok(Some(_)) = target.closest(".send")
    {
        event.prevent_default();
    }
}

/// Whether a key is an input method's, and not yet what is written (C1).
pub(super) fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == KEY_CODE_OF_COMPOSITION
}

/// A key in the field.
pub(super) fn pressed(event: &KeyboardEvent, scene: Scene) {
    if is_composing(event) {
        return;
    }
    match event.key().as_str() {
        "Enter" if !event.shift_key() => {
            event.prevent_default();
            send(scene);
        }
        "Escape" if scene.replying.with_untracked(Option::is_some) => {
            event.prevent_default();
            scene.replying.set(None);
        }
        _ => {}
    }
}

/// Posts what stands in the field.
pub(super) fn send(scene: Scene) {
    let content = scene.draft.get_untracked();
    if content.trim().is_empty() {
        return;
    }
    // The text stays: it can be sent when the time is over.
    let posting = untrack(|| scene.conversation.posting());
    if is_pause(posting) {
        return scene.spoken.set(untrack(|| pause_line(posting, scene)));
    }
    let replying = scene.replying.get_untracked();
    scene.draft.set(String::new());
    scene.replying.set(None);
    scene.conversation.dispatch(Event::Sent {
        content,
        replying_to: replying.map(|replying| replying.message),
    });
    raise(scene.to_latest);
    scene.focus_field();
}

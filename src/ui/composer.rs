use super::dom::origin;
use super::pen::{Pen, set, set_if};
use super::region::{region, watch};
use super::scene::Scene;
use chat_core::{Event, Refusal, Status};
use leptos::prelude::*;
use markup::Pen as _;
use markup::icons::{CLOSE, LOCK, SEND};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement, KeyboardEvent};
use wire::rest::WhoCanPost;

/// What a browser calls a key that an input method is still busy with (UI Events, section 4.6.1).
const KEY_CODE_OF_COMPOSITION: u32 = 229;

/// What stands at the foot of the widget.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Foot {
    Nothing,
    Field,
    SignedOut,
    /// A sentence instead.
    ReadOnly(&'static str),
}

/// What stands at the foot of the widget. Tracks.
pub(super) fn foot(scene: Scene) -> Foot {
    let strings = scene.strings;
    let conversation = scene.conversation;
    let status = conversation.status().get();
    let known = conversation.permissions().with(Option::is_some);
    let has_rows = !conversation.is_empty().get();
    match status {
        Status::Refused(Refusal::SignedOut) if has_rows => Foot::SignedOut,
        Status::Refused(_) | Status::Unreachable if !has_rows => Foot::Nothing,
        _ if !known || scene.can_post() => Foot::Field,
        _ => {
            let channel = conversation.channel();
            let who = channel
                .with(|channel| channel.as_ref().map(|channel| channel.who_can_post.clone()));
            Foot::ReadOnly(match who {
                Some(WhoCanPost::Admins) => strings.only_admins_post,
                Some(WhoCanPost::NoOne) => strings.no_one_posts,
                _ => strings.may_not_post,
            })
        }
    }
}

/// Why the visitor can't write.
pub(super) fn line(pen: &Pen, place: &Element, scene: Scene) {
    let foot = foot(scene);
    let sentence = match foot {
        Foot::Nothing | Foot::Field => return,
        Foot::SignedOut => scene.strings.sign_in_to_post,
        Foot::ReadOnly(sentence) => sentence,
    };
    let Some(line) = pen.element(place, "div", "read-only") else {
        return;
    };
    pen.icon(&line, LOCK);
    pen.label(&line, "span", "", sentence);
    if foot == Foot::SignedOut {
        pen.text_button(&line, "reopen", "plain", scene.strings.try_again);
    }
}

/// Where the visitor writes.
#[component]
pub(super) fn Field(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    view! {
        <form class="composer">
            <div use:region=(scene, reply_preview)></div>
            <div class="composer-line">
                // Its invisible copy of the text gives the field its height.
                <div class="field">
                    <textarea
                        rows="1"
                        dir="auto"
                        enterkeyhint="send"
                        autocomplete="off"
                        aria-label=strings.message_label
                        use:field=scene
                    ></textarea>
                </div>
                <button type="submit" class="send" aria-label=strings.send title=strings.send use:send_button=scene></button>
            </div>
        </form>
    }
}

/// A directive that keeps the field what the draft is.
fn field(element: Element, scene: Scene) {
    let element: HtmlTextAreaElement = element.unchecked_into();
    scene.field.set_value(Some(element.clone()));
    watch(move || {
        let name = scene.channel_name().unwrap_or_default();
        let placeholder = [scene.strings.message_placeholder, " ", &name].concat();
        set(&element, "placeholder", placeholder.trim_end());
        let draft = scene.draft.get();
        if element.value() != draft {
            element.set_value(&draft);
        }
        if let Some(frame) = element.parent_element() {
            set(&frame, "data-text", &draft);
        }
    });
}

/// A directive that turns the button on when there is something to send.
fn send_button(button: Element, scene: Scene) {
    if let Some(pen) = Pen::near(&button, scene.strings) {
        pen.icon(&button, SEND);
    }
    watch(move || {
        let is_empty = scene.draft.with(|draft| draft.trim().is_empty());
        set_if(&button, "disabled", is_empty);
    });
}

fn reply_preview(pen: &Pen, place: &Element, scene: Scene) {
    let Some(replying) = scene.replying.get() else {
        return;
    };
    let Some(preview) = pen.element(place, "div", "replying") else {
        return;
    };
    if let Some(text) = pen.element(&preview, "div", "replying-text") {
        if let Some(line) = pen.label(&text, "span", "", scene.strings.replying_to) {
            pen.text(&line, " ");
            pen.label(&line, "bdi", "strong", &replying.author);
        }
        pen.label(&text, "bdi", "replying-excerpt", &replying.excerpt);
    }
    pen.icon_button(
        &preview,
        "cancel-reply",
        "round",
        CLOSE,
        scene.strings.cancel_reply,
    );
}

/// The visitor wrote.
pub(super) fn typed(scene: Scene) {
    let text = scene
        .field
        .with_value(|field| field.as_ref().map(HtmlTextAreaElement::value));
    if let Some(text) = text {
        scene.draft.set(text);
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

/// A key in the field.
pub(super) fn pressed(event: &KeyboardEvent, scene: Scene) {
    if event.is_composing() || event.key_code() == KEY_CODE_OF_COMPOSITION {
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
    let replying = scene.replying.get_untracked();
    scene.draft.set(String::new());
    scene.replying.set(None);
    scene.conversation.dispatch(Event::Sent {
        content,
        replying_to: replying.map(|replying| replying.message),
    });
    scene.to_latest.update(|times| *times += 1);
    scene.focus_field();
}

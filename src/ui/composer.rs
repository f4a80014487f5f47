use super::icons::{CLOSE, LOCK, SEND, icon};
use super::scene::Scene;
use chat_core::{Event, Refusal, Status};
use leptos::prelude::*;
use web_sys::KeyboardEvent;
use wire::rest::WhoCanPost;

/// What a browser calls a key that an input method is still busy with (UI Events, section 4.6.1).
const KEY_CODE_OF_COMPOSITION: u32 = 229;

/// What stands at the foot of the widget.
#[derive(Clone, Copy, PartialEq)]
enum Foot {
    Field,
    /// A sentence instead, and whether trying again may help.
    Line(&'static str, bool),
}

/// Where the visitor writes, or why they can't.
#[component]
pub(super) fn Composer(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let conversation = scene.conversation;
    let foot = Memo::new(move |_| {
        let signed_out = conversation
            .status()
            .with(|status| matches!(status, Status::Refused(Refusal::SignedOut)));
        let known = conversation.permissions().with(Option::is_some);
        if signed_out {
            Foot::Line(strings.sign_in_to_post, true)
        } else if !known || scene.can_post() {
            Foot::Field
        } else {
            let who = conversation
                .channel()
                .with(|channel| channel.as_ref().map(|channel| channel.who_can_post.clone()));
            match who {
                Some(WhoCanPost::Admins) => Foot::Line(strings.only_admins_post, false),
                Some(WhoCanPost::NoOne) => Foot::Line(strings.no_one_posts, false),
                _ => Foot::Line(strings.may_not_post, false),
            }
        }
    });
    move || {
        match foot.get() {
        Foot::Field => view! { <Field scene=scene/> }.into_any(),
        Foot::Line(sentence, again) => view! {
            <div class="read-only">
                {icon(LOCK)}
                <span>{sentence}</span>
                {again.then(|| view! {
                    <button type="button" class="plain" on:click=move |_| conversation.dispatch(Event::RetriedOpening)>
                        {strings.try_again}
                    </button>
                })}
            </div>
        }
        .into_any(),
    }
    }
}

#[component]
fn Field(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let draft = scene.draft;
    let channel = scene.conversation.channel();
    let is_empty = move || draft.with(|draft| draft.trim().is_empty());
    let placeholder = move || {
        let name = channel.with(|channel| {
            channel
                .as_ref()
                .map(|channel| channel.experience.name.clone())
        });
        match name {
            Some(name) => [strings.message_placeholder, " ", &name].concat(),
            None => strings.message_placeholder.to_owned(),
        }
    };
    view! {
        <form
            class="composer"
            on:submit=move |event| {
                event.prevent_default();
                send(scene);
            }
        >
            <ReplyPreview scene=scene/>
            <div class="composer-line">
                // Its invisible copy of the text gives the field its height.
                <div class="field" data-text=draft>
                    <textarea
                        node_ref=scene.field
                        rows="1"
                        dir="auto"
                        enterkeyhint="send"
                        autocomplete="off"
                        placeholder=placeholder
                        aria-label=strings.message_label
                        prop:value=draft
                        on:input=move |event| draft.set(event_target_value(&event))
                        on:keydown=move |event| pressed(&event, scene)
                    ></textarea>
                </div>
                // Not pressed by the pointer's focus: the field keeps it, and the keyboard of a phone stays (C9).
                <button
                    type="submit"
                    class="send"
                    aria-label=strings.send
                    title=strings.send
                    disabled=is_empty
                    on:pointerdown=|event| event.prevent_default()
                >
                    {icon(SEND)}
                </button>
            </div>
        </form>
    }
}

#[component]
fn ReplyPreview(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let cancel = move |_| {
        scene.replying.set(None);
        scene.focus_field();
    };
    move || {
        scene.replying.get().map(|replying| {
            view! {
                <div class="replying">
                    <div class="replying-text">
                        <span>{strings.replying_to}" "<bdi class="strong">{replying.author}</bdi></span>
                        <bdi class="replying-excerpt">{replying.excerpt}</bdi>
                    </div>
                    <button type="button" class="round" on:click=cancel aria-label=strings.cancel_reply title=strings.cancel_reply>
                        {icon(CLOSE)}
                    </button>
                </div>
            }
        })
    }
}

fn pressed(event: &KeyboardEvent, scene: Scene) {
    let composing = event.is_composing() || event.key_code() == KEY_CODE_OF_COMPOSITION;
    if composing {
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

fn send(scene: Scene) {
    let content = scene.draft.get_untracked();
    if content.trim().is_empty() {
        return;
    }
    let replying_to = scene
        .replying
        .get_untracked()
        .map(|replying| replying.message);
    scene.draft.set(String::new());
    scene.replying.set(None);
    scene.conversation.dispatch(Event::Sent {
        content,
        replying_to,
    });
    scene.to_latest.update(|times| *times += 1);
    scene.focus_field();
}

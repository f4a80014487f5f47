use super::appearance::EmptyState;
use super::pen::{Pen, set};
use super::scene::Scene;
use chat_core::{ConnectionStatus, Older, Refusal, Status};
use leptos::prelude::GetValue as _;
use markup::Pen as _;
use markup::icons::{BUBBLES, LOCK, PLUG, SEARCH, WARNING};
use web_sys::Element;

/// What the middle of the widget shows.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stage {
    Loading,
    History,
    Empty,
    /// Why there is nothing stands in the conversation's status.
    Refused,
}

/// What there is to show. Messages that are there stay, whatever happens to the session. Tracks.
pub(super) fn stage(scene: Scene) -> Stage {
    let conversation = scene.conversation;
    if !conversation.is_empty() {
        return Stage::History;
    }
    match conversation.status() {
        Status::Opening => Stage::Loading,
        Status::Unreachable | Status::Refused(_) => Stage::Refused,
        Status::Ready => match conversation.older() {
            Older::Unknown => Stage::Loading,
            Older::Beginning => Stage::Empty,
            Older::Available | Older::Loading | Older::Failed => Stage::History,
        },
    }
}

/// One thin line about the connection, where there is something to say.
pub(super) fn connection(pen: &Pen, line: &Element, scene: Scene) {
    let strings = scene.strings;
    let (state, text) = match scene.conversation.connection() {
        ConnectionStatus::Idle | ConnectionStatus::Live => ("", ""),
        ConnectionStatus::Connecting => ("connecting", strings.connecting()),
        ConnectionStatus::Reconnecting => ("reconnecting", strings.reconnecting()),
        ConnectionStatus::NoUpdates => ("no-updates", strings.no_updates()),
        ConnectionStatus::Offline => ("offline", strings.offline()),
    };
    set(line, "data-state", state);
    if !text.is_empty() {
        pen.label(line, "span", "", text);
    }
}

/// Who types.
pub(super) fn typing(pen: &Pen, place: &Element, scene: Scene) {
    let typing = scene.conversation.typing();
    let strings = scene.strings;
    if typing.names.is_empty() && typing.unknown == 0 {
        return;
    }
    let Some(line) = pen.element(place, "span", "") else {
        return;
    };
    match (&*typing.names, typing.unknown) {
        ([], 1) => pen.text(&line, strings.someone_types()),
        ([one], 0) => pen.names(&line, strings.one_types(), &[("name", one)]),
        ([one, two], 0) => {
            let names = [("first", &**one), ("second", &**two)];
            pen.names(&line, strings.two_type(), &names);
        }
        _ => pen.text(&line, strings.several_type()),
    }
}

/// What stands where the messages would.
pub(super) fn place(pen: &Pen, place: &Element, scene: Scene) {
    match stage(scene) {
        Stage::History => {}
        Stage::Loading => skeleton(pen, place),
        Stage::Empty | Stage::Refused => notice(pen, place, scene),
    }
}

/// Grey shapes of messages while the first ones load.
fn skeleton(pen: &Pen, place: &Element) {
    let Some(skeleton) = pen.element(place, "div", "skeleton") else {
        return;
    };
    set(&skeleton, "role", "img");
    set(&skeleton, "aria-label", pen.strings().loading());
    for shape in [
        "ghost",
        "ghost b",
        "ghost own",
        "ghost d",
        "ghost own",
        "ghost f",
    ] {
        if let Some(ghost) = pen.element(&skeleton, "div", shape) {
            pen.element(&ghost, "span", "ghost-avatar");
            pen.element(&ghost, "span", "ghost-lines");
        }
    }
}

/// No messages: what that means and what can be done.
fn notice(pen: &Pen, place: &Element, scene: Scene) {
    let strings = pen.strings();
    let status = scene.conversation.status();
    let is_empty = matches!(status, Status::Opening | Status::Ready);
    let theirs = if is_empty {
        scene.empty.get_value()
    } else {
        EmptyState::default()
    };
    let (picture, title, text) = match &status {
        Status::Opening | Status::Ready => (
            BUBBLES,
            theirs.title.as_deref().unwrap_or(strings.empty_title()),
            theirs
                .description
                .as_deref()
                .unwrap_or(strings.empty_text()),
        ),
        Status::Unreachable => (
            PLUG,
            strings.unreachable_title(),
            strings.unreachable_text(),
        ),
        Status::Refused(refusal) => match refusal {
            Refusal::SignedOut => (LOCK, strings.signed_out_title(), strings.signed_out_text()),
            Refusal::NoAccess => (LOCK, strings.no_access_title(), strings.no_access_text()),
            Refusal::UnknownChannel => (SEARCH, strings.unknown_title(), strings.unknown_text()),
            Refusal::Misconfigured(_) => (
                WARNING,
                strings.misconfigured_title(),
                strings.misconfigured_text(),
            ),
        },
    };
    let Some(notice) = pen.element(place, "div", "notice") else {
        return;
    };
    if let Some(url) = theirs.picture {
        if let Some(image) = pen.element(&notice, "img", "notice-image") {
            pen.set(&image, "alt", "");
            for (name, length) in [("width", theirs.size.0), ("height", theirs.size.1)] {
                if let Some(length) = length {
                    pen.set(&image, name, &length);
                }
            }
            pen.set(&image, "src", &url);
        }
    } else if let Some(circle) = pen.element(&notice, "span", "notice-picture") {
        pen.icon(&circle, picture);
    }
    pen.label(&notice, "p", "notice-title", title);
    pen.label(&notice, "p", "notice-text", text);
    if let Status::Refused(Refusal::Misconfigured(sentence)) = &status {
        if sentence.is_empty() {
            pen.label(&notice, "p", "notice-detail", strings.unreadable_answer());
        } else if let Some(detail) = pen.label(&notice, "p", "notice-detail", sentence) {
            // For the people who run the page: the server's own words.
            set(&detail, "lang", "en");
        }
    }
    if !is_empty {
        pen.text_button(&notice, "reopen", "solid", strings.try_again());
    }
}

use super::later::Later;
use super::pen::Pen;
use super::region::watch;
use super::scene::Scene;
use chat_core::{Announcement, Event, JumpState};
use leptos::prelude::*;
use markup::Pen as _;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use web_sys::Element;

/// Messages that come faster than this are announced together.
const DEBOUNCE: Duration = Duration::from_millis(700);
/// How long a passing note stays.
const NOTE: Duration = Duration::from_secs(5);
/// More waiting messages than that are announced as a number.
const MOST_READ_OUT: usize = 3;

/// Passes on what the core announces: to those who listen (A1), or as a note to everybody.
pub(super) fn announce(scene: Scene) {
    let strings = scene.strings;
    watch(move || {
        let sentence = match scene.conversation.jump().map(|jump| jump.state) {
            Some(JumpState::Gone) => strings.message_gone(),
            Some(JumpState::Failed) => strings.jump_failed(),
            _ => return,
        };
        untrack(|| {
            show_note(sentence.to_owned(), scene);
            scene.conversation.dispatch(Event::EndedJump);
        });
    });
    let waiting = Rc::new(RefCell::new(Vec::<String>::new()));
    let speak = Later::new();
    on_cleanup(move || {
        if let Some(Some(handle)) = scene.note_timer.try_get_value() {
            handle.clear();
        }
    });
    watch(move || {
        let line = match scene.conversation.announcement() {
            None => return,
            Some(Announcement::Message { author, text }) => {
                strings.said().with(&[("name", &author), ("text", &text)])
            }
            Some(Announcement::SendingFailed) => strings.sending_failed().to_owned(),
            Some(Announcement::Deleted) => strings.deleted().to_owned(),
            Some(Announcement::DeletingFailed) => strings.not_deleted().to_owned(),
            Some(Announcement::ReactingFailed(reason)) => {
                let sentence = if reason.is_empty() {
                    strings.reaction_failed().to_owned()
                } else {
                    strings.reaction_refused().with(&[("reason", &reason)])
                };
                return untrack(|| show_note(sentence, scene));
            }
        };
        waiting.borrow_mut().push(line);
        let waiting = Rc::clone(&waiting);
        let say = move || {
            let lines = waiting.take();
            scene.spoken.set(if lines.len() > MOST_READ_OUT {
                strings.new_messages(lines.len() as u64, false)
            } else {
                lines.join("\n")
            });
        };
        speak.run_after(DEBOUNCE, Box::new(say));
    });
}

/// Shows a sentence in passing.
pub(super) fn show_note(sentence: String, scene: Scene) {
    scene.note.set(sentence);
    let timer = scene.note_timer;
    if let Some(handle) = timer.get_value() {
        handle.clear();
    }
    let forget = move || scene.note.set(String::new());
    timer.set_value(set_timeout_with_handle(forget, NOTE).ok());
}

/// What is said to those who listen.
pub(super) fn spoken(pen: &Pen, place: &Element, scene: Scene) {
    pen.text(place, &scene.spoken.get());
}

/// What is shown in passing.
pub(super) fn note(pen: &Pen, place: &Element, scene: Scene) {
    let note = scene.note.get();
    if !note.is_empty() {
        pen.label(place, "bdi", "note", &note);
    }
}

use super::scene::Scene;
use chat_core::Announcement;
use leptos::prelude::*;
use std::time::Duration;

/// Messages that come faster than this are announced together.
const DEBOUNCE: Duration = Duration::from_millis(700);
/// How long a passing note stays.
const NOTE: Duration = Duration::from_secs(5);
/// More waiting messages than that are announced as a number.
const MOST_READ_OUT: usize = 3;

/// Speaks to those who listen rather than look (A1), and shows the passing notes.
#[component]
pub(super) fn Announcer(scene: Scene) -> impl IntoView {
    let strings = scene.strings;
    let spoken = RwSignal::new(String::new());
    let note = RwSignal::new(String::new());
    let waiting = StoredValue::new(Vec::<String>::new());
    let speak = Later::new();
    let forget_note = Later::new();

    Effect::new(move |_| {
        match scene.conversation.announcement().get() {
            None => return,
            Some(Announcement::Message { author, text }) => {
                waiting.update_value(|waiting| waiting.push([&author, ": ", &text].concat()));
            }
            Some(Announcement::SendingFailed) => {
                waiting.update_value(|waiting| waiting.push(strings.sending_failed.to_owned()));
            }
            Some(Announcement::ReactingFailed(reason)) => {
                note.set(if reason.is_empty() {
                    strings.reaction_failed.to_owned()
                } else {
                    reason
                });
                forget_note.run_after(NOTE, move || note.set(String::new()));
                return;
            }
        }
        speak.run_after(DEBOUNCE, move || {
            let lines = waiting.try_update_value(std::mem::take).unwrap_or_default();
            let text = if lines.len() > MOST_READ_OUT {
                strings.new_message.with(lines.len() as u64)
            } else {
                lines.join("\n")
            };
            spoken.set(text);
        });
    });

    view! {
        <div class="hidden" aria-live="polite" aria-atomic="true">{spoken}</div>
        <div class="note" role="status" class:shown=move || !note.with(String::is_empty)><bdi>{note}</bdi></div>
    }
}

/// One thing to do later, the latest one only. Nothing happens after the component is gone.
#[derive(Clone, Copy)]
struct Later(StoredValue<Option<TimeoutHandle>>);

impl Later {
    fn new() -> Self {
        let handle = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || {
            if let Some(Some(handle)) = handle.try_get_value() {
                handle.clear();
            }
        });
        Self(handle)
    }

    fn run_after(self, delay: Duration, act: impl FnOnce() + 'static) {
        if let Some(handle) = self.0.get_value() {
            handle.clear();
        }
        self.0.set_value(set_timeout_with_handle(act, delay).ok());
    }
}

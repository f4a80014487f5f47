use leptos::prelude::*;
use std::time::Duration;

/// One thing to do later, the latest one only. Nothing happens after the reactive owner is gone.
#[derive(Clone, Copy)]
pub(super) struct Later(StoredValue<Option<TimeoutHandle>>);

impl Later {
    pub fn new() -> Self {
        let handle = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || {
            if let Some(Some(handle)) = handle.try_get_value() {
                handle.clear();
            }
        });
        Self(handle)
    }

    pub fn run_after(self, delay: Duration, act: Box<dyn FnOnce()>) {
        if let Some(handle) = self.0.get_value() {
            handle.clear();
        }
        self.0.set_value(set_timeout_with_handle(act, delay).ok());
    }
}

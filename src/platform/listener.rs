use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

/// A listener that ends when it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    pub fn new(
        target: impl Into<EventTarget>,
        event: &'static str,
        listen: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let target = target.into();
        let closure = Closure::new(listen);
        // It prevents nothing, and scrolling need not wait for it.
        let options = web_sys::AddEventListenerOptions::new();
        options.set_passive(true);
        // Fails only for arguments that are no function.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event,
            closure.as_ref().unchecked_ref(),
            &options,
        );
        Self {
            target,
            event,
            closure,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, callback);
    }
}

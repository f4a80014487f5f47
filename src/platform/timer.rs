use wasm_bindgen::prelude::*;

/// A timer that ends when it is dropped.
pub(super) struct Running {
    handle: i32,
    _closure: Closure<dyn FnMut()>,
}

impl Running {
    /// Runs something after that many milliseconds. `None` where there is no window to ask.
    pub fn new(after_millis: u32, run: impl FnMut() + 'static) -> Option<Self> {
        let closure = Closure::new(run);
        let after = i32::try_from(after_millis).unwrap_or(i32::MAX);
        let handle = web_sys::window()?
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                closure.as_ref().unchecked_ref(),
                after,
            )
            .ok()?;
        Some(Self {
            handle,
            _closure: closure,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.handle);
        }
    }
}

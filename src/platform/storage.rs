//! What this browser keeps for the widget. Where it lets nothing be kept, nothing is (E18).

use web_sys::Storage;

/// Set apart from what the page stores itself.
const PREFIX: &str = "whop-chat.";

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Keeps a value; a browser that is full or blocks it changes nothing.
pub(super) fn store(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&[PREFIX, key].concat(), value);
    }
}

/// A value that was kept.
pub(super) fn restore(key: &str) -> Option<String> {
    storage()?.get_item(&[PREFIX, key].concat()).ok()?
}

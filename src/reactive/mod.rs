//! What the widget uses of [Leptos](https://leptos.dev): signals, what is stored beside them, owners, effects, and the browser's
//! timers. Rows are drawn by hand (docs/adr/0005), so that Leptos's views would never run; and the crate `leptos` itself exports
//! the streams of its server functions from every module that it is compiled into (docs/adr/0009).

mod kept;
mod signal;
mod stored;

pub use signal::ReadSignal;
pub(crate) use signal::RwSignal;
pub(crate) use stored::StoredValue;

pub(crate) use leptos_dom::helpers::{
    TimeoutHandle, document, queue_microtask, request_animation_frame, set_interval_with_handle,
    set_timeout, set_timeout_with_handle, window,
};
pub(crate) use reactive_graph::effect::RenderEffect;
pub(crate) use reactive_graph::graph::untrack;
pub(crate) use reactive_graph::owner::{Owner, WeakOwner, on_cleanup};

use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Dispose, GetValue};
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

/// A value that a reactive owner keeps, and a trigger where somebody may wait for its changes. A handle to copy freely.
///
/// Leptos's own signals and stored values are compiled anew for every type of value: with thirty types that was more than all
/// the rest of the reactive system. Here what depends on the type is no more than a look into a cell.
pub(super) struct Kept<T> {
    slot: StoredValue<Rc<Slot<dyn Any>>, LocalStorage>,
    value: PhantomData<fn() -> T>,
}

pub(super) struct Slot<V: ?Sized> {
    pub trigger: Option<ArcTrigger>,
    value: V,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kept<T> {}

impl<T: 'static> Kept<T> {
    /// Kept by the present owner.
    pub fn new(trigger: Option<ArcTrigger>, value: T) -> Self {
        let value = RefCell::new(value);
        Self {
            slot: StoredValue::new_local(Rc::new(Slot { trigger, value })),
            value: PhantomData,
        }
    }

    /// What is kept; `None` once its owner is gone.
    pub fn slot(self) -> Option<Rc<Slot<dyn Any>>> {
        self.slot.try_get_value()
    }

    /// Ends it before its owner does.
    pub fn dispose(self) {
        self.slot.dispose();
    }
}

impl Slot<dyn Any> {
    /// The value. `None` for another type than that of the [`Kept`] which this is of.
    pub fn cell<T: 'static>(&self) -> Option<&RefCell<T>> {
        self.value.downcast_ref()
    }
}

/// As with Leptos's own, it is a mistake in the widget to ask for what must be there after its owner is gone.
#[allow(clippy::expect_used, reason = "nothing from outside leads here")]
pub(super) fn present<T>(value: Option<T>) -> T {
    value.expect("a reactive value was asked for after its owner was gone")
}

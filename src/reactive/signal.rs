use super::kept::{Kept, present};
use reactive_graph::signal::ArcTrigger;
use reactive_graph::traits::{Notify, Track};

/// A value of the present reactive owner whose changes effects wait for. A handle to copy freely.
pub(crate) struct RwSignal<T>(Kept<T>);

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

/// A signal that is only looked at.
pub struct ReadSignal<T>(RwSignal<T>);

impl<T> Clone for ReadSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ReadSignal<T> {}

impl<T: 'static> RwSignal<T> {
    /// Kept by the present owner.
    pub fn new(value: T) -> Self {
        Self(Kept::new(Some(ArcTrigger::new()), value))
    }

    /// The same, for those who don't change it.
    pub fn read_only(self) -> ReadSignal<T> {
        ReadSignal(self)
    }

    /// Has the present effect run again when it changes.
    pub fn track(self) {
        if let Some(trigger) = self
            .0
            .slot()
            .as_ref()
            .and_then(|slot| slot.trigger.as_ref())
        {
            trigger.track();
        }
    }

    /// Looks at it, and nobody waits. `None` once its owner is gone.
    fn look<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let slot = self.0.slot()?;
        Some(look(&slot.cell()?.borrow()))
    }

    /// Looks at it. Tracks.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.track();
        present(self.look(look))
    }

    /// Looks at it. Doesn't track.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        present(self.look(look))
    }

    /// A copy of it. Tracks. `None` once its owner is gone.
    pub fn try_get(self) -> Option<T>
    where
        T: Clone,
    {
        self.track();
        self.look(T::clone)
    }

    /// A copy of it. Tracks.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        present(self.try_get())
    }

    /// A copy of it. Doesn't track.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        present(self.look(T::clone))
    }

    /// Changes it, and whoever waits runs again. Nothing once its owner is gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let Some(slot) = self.0.slot() else { return };
        if let Some(cell) = slot.cell() {
            change(&mut cell.borrow_mut());
        }
        if let Some(trigger) = &slot.trigger {
            trigger.notify();
        }
    }

    /// Replaces it, and whoever waits runs again. Nothing once its owner is gone.
    pub fn set(self, value: T) {
        self.update(|kept| *kept = value);
    }

    /// Ends it before its owner does.
    pub fn dispose(self) {
        self.0.dispose();
    }
}

impl<T: 'static> ReadSignal<T> {
    /// Has the present effect run again when it changes.
    pub fn track(self) {
        self.0.track();
    }

    /// Looks at it. Tracks.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.with(look)
    }

    /// Looks at it. Doesn't track.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.with_untracked(look)
    }

    /// A copy of it. Tracks. `None` once its owner is gone.
    pub fn try_get(self) -> Option<T>
    where
        T: Clone,
    {
        self.0.try_get()
    }

    /// A copy of it. Tracks.
    pub fn get(self) -> T
    where
        T: Clone,
    {
        self.0.get()
    }

    /// A copy of it. Doesn't track.
    pub fn get_untracked(self) -> T
    where
        T: Clone,
    {
        self.0.get_untracked()
    }
}

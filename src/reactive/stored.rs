use super::kept::{Kept, present};

/// A value that the present reactive owner keeps, and that nobody waits for. A handle to copy freely.
pub(crate) struct StoredValue<T>(Kept<T>);

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: 'static> StoredValue<T> {
    /// Kept by the present owner.
    pub fn new(value: T) -> Self {
        Self(Kept::new(None, value))
    }

    /// Looks at it. `None` once its owner is gone.
    pub fn try_with_value<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let slot = self.0.slot()?;
        Some(look(&slot.cell()?.borrow()))
    }

    /// Looks at it.
    pub fn with_value<R>(self, look: impl FnOnce(&T) -> R) -> R {
        present(self.try_with_value(look))
    }

    /// A copy of it. `None` once its owner is gone.
    pub fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        self.try_with_value(T::clone)
    }

    /// A copy of it.
    pub fn get_value(self) -> T
    where
        T: Clone,
    {
        present(self.try_get_value())
    }

    /// Changes it. `None` once its owner is gone.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let slot = self.0.slot()?;
        Some(change(&mut slot.cell()?.borrow_mut()))
    }

    /// Changes it, if its owner is still there.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Replaces it, if its owner is still there.
    pub fn set_value(self, value: T) {
        self.update_value(|kept| *kept = value);
    }
}

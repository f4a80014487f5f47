use crate::{Length, Place};

/// What stays where it is on the screen while everything around it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eye {
    /// The end of the list, which is so far below the view's lower edge: zero or little.
    End {
        /// How far.
        below: Length,
    },
    /// A row's upper edge.
    Row {
        /// Which row.
        place: Place,
        /// How far its upper edge is below the view's.
        top: Length,
    },
}

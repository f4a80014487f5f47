use crate::RowId;

/// What an update changed, so that only that is drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows were added, removed or moved.
    pub order: bool,
    /// Rows that look different now. May name a row that has been removed since.
    pub rows: Vec<RowId>,
    /// [`crate::Chat::status`].
    pub status: bool,
    /// [`crate::Chat::connection`].
    pub connection: bool,
    /// The channel's settings, or what the visitor may do.
    pub channel: bool,
    /// [`crate::Chat::older`].
    pub older: bool,
}

impl Changes {
    pub(crate) fn row(&mut self, row: RowId) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

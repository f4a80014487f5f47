use super::record::Key;

/// What lies before the oldest message that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Older {
    /// Not known yet.
    Unknown,
    /// More can be loaded.
    Available,
    /// More is being loaded.
    Loading,
    /// Loading failed; it can be tried again.
    Failed,
    /// Nothing: this is the beginning.
    Beginning,
}

/// The part of the channel's history that is known without holes.
#[derive(Debug, Default)]
pub(crate) struct Window {
    bound: Bound,
    /// The cursor of the oldest page.
    pub cursor: Option<String>,
    pub loading: bool,
    pub failed: bool,
}

#[derive(Debug, Default, PartialEq)]
enum Bound {
    /// Nothing was loaded yet.
    #[default]
    Nothing,
    From(Key),
    Everything,
}

impl Window {
    pub fn contains(&self, key: &Key) -> bool {
        match &self.bound {
            Bound::Nothing => false,
            Bound::From(oldest) => key >= oldest,
            Bound::Everything => true,
        }
    }

    /// Reaches back to that message, or to the beginning. Says whether that is further than before.
    pub fn extend(&mut self, oldest: Option<Key>) -> bool {
        let further = match (&self.bound, &oldest) {
            (Bound::Everything, _) => false,
            (Bound::From(known), Some(key)) => key < known,
            _ => true,
        };
        if further {
            self.bound = oldest.map_or(Bound::Everything, Bound::From);
        }
        further
    }

    /// The message that it reaches back to, unless that is the beginning.
    pub fn oldest(&self) -> Option<&Key> {
        match &self.bound {
            Bound::From(oldest) => Some(oldest),
            _ => None,
        }
    }

    pub fn is_loaded(&self) -> bool {
        self.bound != Bound::Nothing
    }

    pub fn older(&self) -> Older {
        match self.bound {
            Bound::Nothing => Older::Unknown,
            Bound::Everything => Older::Beginning,
            Bound::From(_) if self.loading => Older::Loading,
            Bound::From(_) if self.failed => Older::Failed,
            Bound::From(_) => Older::Available,
        }
    }
}

use std::sync::{Mutex, PoisonError};

/// How live updates come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nobody has listened yet.
    #[default]
    Unneeded,
    /// The websocket is being opened.
    Connecting,
    /// By the websocket.
    Connected,
    /// The websocket is away: channels are read again and again.
    Polling,
}

impl Link {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Unneeded,
        Self::Connecting,
        Self::Connected,
        Self::Polling,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unneeded => "unneeded",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Polling => "polling",
        }
    }
}

/// How live updates come in at the moment.
#[derive(Default)]
pub struct LinkState(Mutex<Link>);

impl LinkState {
    /// From now on.
    pub fn set(&self, link: Link) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// Now.
    pub fn get(&self) -> Link {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

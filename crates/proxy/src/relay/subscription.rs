use super::feed::Liveness;
use super::hub::Hub;
use axum::extract::ws::Utf8Bytes;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};
use wire::ChannelId;

/// A place in a feed, left when it is dropped.
pub struct Subscription {
    pub(super) hub: Arc<Hub>,
    pub(super) feed: ChannelId,
    pub(super) id: u64,
    /// The feed's frames. Ends when the hub lets everybody go.
    pub frames: mpsc::Receiver<Utf8Bytes>,
    /// Rung when the listener was too slow; no more frames come then.
    pub overflow: Arc<Notify>,
    /// Rung when something may have cost the listener their access.
    pub doubt: Arc<Notify>,
    /// Whether the feed's frames arrive.
    pub liveness: watch::Receiver<Liveness>,
}

impl Subscription {
    /// So many frames were written to the listener's socket.
    pub fn delivered(&self, frames: u64) {
        self.hub.delivered(frames);
    }

    /// Passes a frame of the listener's own on to the feed's others, as far as one person may.
    pub fn tell_others(&self, frame: &Utf8Bytes) {
        self.hub.say(&self.feed, frame, self.id);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(&self.feed, self.id);
    }
}

use crate::upstream::ForwardedAnswer;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How far a post has come.
#[derive(Default)]
pub enum State {
    /// It did not land, as far as is known.
    #[default]
    New,
    /// It did not land, and is not remembered any more: who finds it looks for the one in its place.
    Forgotten,
    /// The answer was lost: it may have landed or not.
    Lost {
        /// When it was sent.
        since: Instant,
    },
    /// It landed, and that was the answer.
    Done(ForwardedAnswer),
}

/// What is known of a post.
#[derive(Default)]
pub struct Fate {
    /// How far it has come.
    pub state: State,
    /// Of its body.
    digest: [u8; 32],
}

impl Fate {
    /// Whether that is the body of what may have landed. What did not may be changed.
    pub fn is_of(&mut self, body: &[u8]) -> bool {
        let digest = Sha256::digest(body).into();
        if matches!(self.state, State::New) {
            self.digest = digest;
        }
        self.digest == digest
    }
}

/// A post that is remembered.
#[derive(Default)]
pub struct Entry {
    /// Held while it is under way.
    fate: Arc<Mutex<Fate>>,
    answer_length: AtomicUsize,
}

impl Entry {
    /// What is known of it, once nobody else is busy with it.
    pub async fn fate(&self) -> OwnedMutexGuard<Fate> {
        self.fate.clone().lock_owned().await
    }

    /// How many bytes of answer it keeps.
    pub fn answer_length(&self) -> usize {
        self.answer_length.load(Ordering::Relaxed)
    }

    /// It keeps an answer now.
    pub fn set_answer_length(&self, length: usize) {
        self.answer_length.store(length, Ordering::Relaxed);
    }
}

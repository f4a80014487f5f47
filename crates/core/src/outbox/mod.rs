//! Messages on their way to the server: sent one after the other, never blindly twice, never lost.
//! It knows no timeline beyond the ids of what has arrived.

use crate::text::Document;
use crate::timeline::Key;
use crate::{RequestId, RowId};
use std::collections::VecDeque;
use std::rc::Rc;
use wire::MessageId;

/// Whether the server has a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It has.
    Delivered,
    /// It is on its way.
    Pending,
    /// It has not, and the visitor decides what becomes of it.
    Failed(Failure),
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server refused it; its own words.
    Refused(String),
    /// The network lost it. It has been looked for since, and is not there.
    NotDelivered,
    /// The visitor is signed out.
    SignedOut,
}

/// A message of the visitor's that has no id yet.
#[derive(Debug)]
pub(crate) struct Pending {
    pub row: RowId,
    /// Its turn among all that were written.
    pub turn: u64,
    /// What no other message is called, on any device: the server is told, and its echo may say so.
    pub key: String,
    pub content: Rc<str>,
    pub document: Rc<Document>,
    pub replying_to: Option<MessageId>,
    /// When it was written, by the server's clock.
    pub created_at: i64,
    /// The newest message when this one was first sent.
    pub sent_after: Option<Key>,
    pub stage: Stage,
}

impl Pending {
    /// When it is shown to have been written: what is on its way stands after all that has arrived.
    pub fn shown_at(&self) -> i64 {
        match self.stage {
            Stage::Failed(_) => self.created_at,
            _ => i64::MAX,
        }
    }

    /// Its message is in the timeline already; only the answer is missing.
    pub fn is_echoed(&self) -> bool {
        matches!(self.stage, Stage::Sending { echo: Some(_), .. })
    }
}

/// How far a pending message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Waits for its turn.
    Queued,
    /// Under way. Its echo may come before the answer (S2).
    Sending {
        request: RequestId,
        echo: Option<MessageId>,
    },
    /// The answer was lost: it may have arrived or not (S1). Only a look at the channel can tell.
    Uncertain,
    /// Given back to the visitor.
    Failed(Failure),
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub pending: VecDeque<Pending>,
    /// Nothing is sent before: the server asked for a pause.
    pub paused: bool,
}

impl Outbox {
    pub fn push(
        &mut self,
        row: RowId,
        key: String,
        content: &str,
        document: Rc<Document>,
        replying_to: Option<MessageId>,
        now: i64,
    ) {
        self.pending.push_back(Pending {
            row,
            turn: row.0,
            key,
            content: Rc::from(content),
            document,
            replying_to,
            created_at: now,
            sent_after: None,
            stage: Stage::Queued,
        });
    }

    pub fn find(&self, row: RowId) -> Option<&Pending> {
        self.pending.iter().find(|pending| pending.row == row)
    }

    pub fn find_mut(&mut self, row: RowId) -> Option<&mut Pending> {
        self.pending.iter_mut().find(|pending| pending.row == row)
    }

    pub fn of_request(&mut self, request: RequestId) -> Option<&mut Pending> {
        self.pending.iter_mut().find(
            |pending| matches!(&pending.stage, Stage::Sending { request: own, .. } if *own == request),
        )
    }

    pub fn remove(&mut self, row: RowId) -> Option<Pending> {
        let at = self.pending.iter().position(|pending| pending.row == row)?;
        self.pending.remove(at)
    }

    /// The message whose turn it is: the oldest queued one, unless one before it is still under way or its fate is
    /// not known (S3). A failed one blocks nothing (S4).
    pub fn next(&self) -> Option<&Pending> {
        if self.paused {
            return None;
        }
        let settled =
            |pending: &&Pending| pending.is_echoed() || matches!(pending.stage, Stage::Failed(_));
        let first = self.pending.iter().find(|pending| !settled(pending))?;
        (first.stage == Stage::Queued).then_some(first)
    }

    /// The pending message that the visitor's message of that name is, or else of that text and key: the oldest under way
    /// that has no echo yet and was sent after what was known then; else one that was looked for too early.
    pub fn match_echo(
        &mut self,
        content: &str,
        key: &Key,
        name: Option<&str>,
    ) -> Option<&mut Pending> {
        let is_it = |pending: &Pending| match name {
            Some(name) => pending.key == name,
            None => {
                pending.content.trim() == content.trim()
                    && pending.sent_after.as_ref().is_none_or(|known| key > known)
            }
        };
        let under_way = |pending: &&Pending| {
            let stage = &pending.stage;
            matches!(stage, Stage::Sending { echo: None, .. } | Stage::Uncertain) && is_it(pending)
        };
        let missed = |pending: &&Pending| {
            pending.stage == Stage::Failed(Failure::NotDelivered) && is_it(pending)
        };
        let found = self.pending.iter().find(under_way);
        let row = found.or_else(|| self.pending.iter().find(missed))?.row;
        self.find_mut(row)
    }
}

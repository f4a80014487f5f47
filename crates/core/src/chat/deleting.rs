use super::requests::Purpose;
use super::view::kind;
use super::{Chat, Step};
use crate::http::encode_query;
use crate::timeline::Merged;
use crate::{Announcement, Deletion, Effect, HttpOutcome, Kind, Method, PageEvent, RowId};
use wire::MessageId;
use wire::rest::ErrorBody;

impl Chat {
    /// The visitor wants to delete a message, and is asked whether they are sure. They are asked about one at a time.
    pub(super) fn ask_to_delete(&mut self, row: RowId, step: &mut Step) {
        let Some(message) = self.deletable(row) else {
            return;
        };
        if self.deletions.get(&message) == Some(&Deletion::UnderWay) {
            return;
        }
        let mut asked = Vec::new();
        self.deletions.retain(|other, deletion| {
            let stays = *deletion != Deletion::Asked;
            if !stays {
                asked.push(other.clone());
            }
            stays
        });
        self.deletions.insert(message, Deletion::Asked);
        for other in &asked {
            self.redraw(other, step);
        }
        step.changes.row(row);
    }

    /// The visitor would rather keep it.
    pub(super) fn keep(&mut self, row: RowId, step: &mut Step) {
        let Some(message) = self.timeline.message_of_row(row).cloned() else {
            return;
        };
        if self.deletions.get(&message) != Some(&Deletion::UnderWay) {
            self.deletions.remove(&message);
            step.changes.row(row);
        }
    }

    /// The visitor is sure, or tries again.
    pub(super) fn delete(&mut self, row: RowId, step: &mut Step) {
        let Some(message) = self.deletable(row) else {
            return;
        };
        if !matches!(
            self.deletions.get(&message),
            Some(Deletion::Asked | Deletion::Failed(_))
        ) {
            return;
        }
        let path = ["/api/v1/messages/", &encode_query(&message)].concat();
        let purpose = Purpose::Delete(message.clone());
        self.request(purpose, Method::Delete, path, None, step);
        self.deletions.insert(message, Deletion::UnderWay);
        step.changes.row(row);
    }

    /// Whop lets those delete who wrote a message, and the channel's admins.
    fn deletable(&self, row: RowId) -> Option<MessageId> {
        let message = self.timeline.message_of_row(row)?;
        let record = self.timeline.record(message)?;
        let own = self.viewer().map(|viewer| &viewer.id) == Some(&record.message.user.id);
        let may = own || self.permissions().is_some_and(|may| may.can_moderate);
        let by_somebody = kind(&record.message.message_type) != Kind::System;
        (self.is_open() && may && by_somebody).then(|| message.clone())
    }

    pub(super) fn delete_answered(
        &mut self,
        message: MessageId,
        outcome: &HttpOutcome,
        step: &mut Step,
    ) {
        match outcome {
            // That it is not there is what was wanted: the answer to an earlier attempt was lost, or somebody was faster.
            HttpOutcome::Answered { status, .. } if *status < 300 || *status == 404 => {
                self.is_gone(message, step);
            }
            HttpOutcome::Answered { body, .. } => {
                let reason = wire::from_json::<ErrorBody>(body)
                    .map(|body| body.error.message)
                    .unwrap_or_default();
                self.deletion_failed(message, reason, step);
            }
            HttpOutcome::Lost => self.deletion_lost(message, step),
        }
    }

    fn is_gone(&mut self, message: MessageId, step: &mut Step) {
        self.deletions.remove(&message);
        let mut merged = Merged::default();
        self.timeline.delete(&message, &mut merged);
        Self::note(merged, step);
        let told = [
            Effect::Announce(Announcement::Deleted),
            Effect::Emit(PageEvent::MessageDeleted { id: message }),
        ];
        step.effects.extend(told);
    }

    /// Nobody will hear what became of the deletions under way.
    pub(super) fn abandon_deletions(&mut self, step: &mut Step) {
        let under_way = self.deletions.iter();
        let under_way = under_way.filter(|(_, deletion)| **deletion == Deletion::UnderWay);
        let messages: Vec<_> = under_way.map(|(message, _)| message.clone()).collect();
        for message in messages {
            self.deletion_lost(message, step);
        }
    }

    /// Nobody answered. A frame may have told that it was done.
    fn deletion_lost(&mut self, message: MessageId, step: &mut Step) {
        if self.timeline.is_deleted(&message) {
            self.is_gone(message, step);
        } else {
            self.deletion_failed(message, String::new(), step);
        }
    }

    /// The message is there still.
    fn deletion_failed(&mut self, message: MessageId, reason: String, step: &mut Step) {
        self.redraw(&message, step);
        step.effects
            .push(Effect::Announce(Announcement::DeletingFailed));
        self.deletions.insert(message, Deletion::Failed(reason));
    }

    /// What is gone needs no answer any more.
    pub(super) fn watch_deletions(&mut self, step: &Step) {
        if step.merged && !self.deletions.is_empty() {
            let timeline = &self.timeline;
            self.deletions.retain(|message, deletion| {
                *deletion == Deletion::UnderWay || timeline.record(message).is_some()
            });
        }
    }

    fn redraw(&self, message: &MessageId, step: &mut Step) {
        if let Some(record) = self.timeline.record(message) {
            step.changes.row(record.row);
        }
    }
}

use super::requests::Purpose;
use super::rest::Late;
use super::{Chat, Step};
use crate::outbox::Stage;
use crate::timeline::Merged;
use crate::{
    Announcement, ConnectionStatus, Effect, Failure, HttpOutcome, Method, PageEvent, RequestId,
    RowId, Timer,
};
use wire::MessageId;
use wire::rest::{ErrorBody, Message, MessageCreate};

/// How long to wait where the server asks for a pause and doesn't say how long.
const PAUSE_MILLIS: u32 = 2_000;

impl Chat {
    /// The visitor posts a message. It is shown at once.
    pub(super) fn send(&mut self, content: &str, replying_to: Option<MessageId>, step: &mut Step) {
        if content.trim().is_empty() {
            return;
        }
        self.later(Late::Latest, step);
        self.typed_to_the_end(step);
        let row = self.timeline.next_row();
        let now = step.now.unix_millis;
        let session = self.known_session();
        let now = session.map_or(now, |session| session.server_time(now));
        let newest = self.timeline.newest();
        let at = newest.map_or(now, |newest| now.max(newest.created_at + 1));
        step.rare_emoji |= crate::text::has_rare_shortcode(content);
        let document = self.parse_own(content);
        let parts = [
            now.to_string(),
            step.now.random.to_string(),
            row.0.to_string(),
        ];
        let key = parts.join("-");
        self.outbox
            .push(row, key, content, document, replying_to, at);
        self.arrange(row, step);
        self.send_next(step);
    }

    /// Sends the message whose turn it is, if there is one (S3). Without a network it stays queued.
    pub(super) fn send_next(&mut self, step: &mut Step) {
        if !self.is_open() || self.connection() == ConnectionStatus::Offline {
            return;
        }
        let Some(session) = &self.session else { return };
        let channel_id = session.channel.id.clone();
        let Some(pending) = self.outbox.next() else {
            return;
        };
        let row = pending.row;
        let body = MessageCreate {
            channel_id,
            content: pending.content.to_string(),
            replying_to_message_id: pending.replying_to.clone(),
            ..MessageCreate::default()
        };
        let body = serde_json::to_string(&body).ok();
        let newest = self.timeline.newest().cloned();
        let path = "/api/v1/messages".to_owned();
        let request = self.request(Purpose::Send(row), Method::Post, path, body, step);
        if let Some(pending) = self.outbox.find_mut(row) {
            pending.stage = Stage::Sending {
                request,
                echo: None,
            };
            pending.sent_after = newest;
        }
    }

    pub(super) fn send_answered(
        &mut self,
        row: RowId,
        request: RequestId,
        outcome: HttpOutcome,
        step: &mut Step,
    ) {
        if self.outbox.of_request(request).is_none() {
            return;
        }
        match outcome {
            HttpOutcome::Answered { status, body, .. } if status < 300 => {
                match wire::from_json::<Message>(&body) {
                    Ok(message) => self.sent(row, message, step),
                    Err(_) => self.uncertain(row, step),
                }
            }
            HttpOutcome::Answered {
                status: 429,
                retry_after_millis,
                ..
            } => {
                self.part_from_echo(row, Stage::Queued, step);
                self.outbox.paused = true;
                let pause = retry_after_millis.unwrap_or(PAUSE_MILLIS);
                step.effects.push(Effect::SetTimer(Timer::SendNext, pause));
            }
            HttpOutcome::Answered { status, body, .. } if status < 500 => {
                let sentence = wire::from_json::<ErrorBody>(&body)
                    .map(|body| body.error.message)
                    .unwrap_or_default();
                let signed_out = status == 401 || (status == 403 && body.is_empty());
                let failure = if signed_out {
                    Failure::SignedOut
                } else {
                    Failure::Refused(sentence)
                };
                self.failed(row, failure, step);
                self.send_next(step);
            }
            // A server that stumbled may have stored the message before it did.
            HttpOutcome::Answered { .. } | HttpOutcome::Lost => self.uncertain(row, step),
        }
    }

    /// The server has it. If the echo came first, the row is the message's already (S2).
    fn sent(&mut self, row: RowId, message: Message, step: &mut Step) {
        let Some(pending) = self.outbox.remove(row) else {
            return;
        };
        let now = step.now.unix_millis;
        let session = self.session.as_ref();
        self.posted_own(session.map_or(now, |session| session.server_time(now)));
        let id = message.id.clone();
        let echoed = pending.is_echoed();
        let mut merged = Merged::default();
        self.merge_answer(message, &mut merged);
        if !echoed {
            self.timeline.adopt_row(&id, row, &mut merged);
            // Where the message is not in sight, or was deleted meanwhile.
            self.timeline.remove_local(row, &mut merged);
        }
        Self::note(merged, step);
        self.delivered(&id, &pending.content, step);
        self.send_next(step);
    }

    pub(super) fn delivered(&mut self, id: &MessageId, content: &str, step: &mut Step) {
        let Some(session) = &self.session else { return };
        step.effects.push(Effect::Emit(PageEvent::MessageSent {
            id: id.clone(),
            content: content.to_owned(),
            channel: session.channel.id.clone(),
        }));
    }

    /// The answer was lost: no blind retry, look first (S1).
    fn uncertain(&mut self, row: RowId, step: &mut Step) {
        let Some(pending) = self.outbox.find_mut(row) else {
            return;
        };
        if let Stage::Sending { echo: Some(id), .. } = &pending.stage {
            let (id, content) = (id.clone(), pending.content.clone());
            self.outbox.remove(row);
            self.delivered(&id, &content, step);
            return self.send_next(step);
        }
        pending.stage = Stage::Uncertain;
        let since = pending.sent_after.clone();
        self.gap.widens(since);
        step.changes.row(row);
        self.fill_gap(step);
    }

    /// The server said no. The text stays, with the reason.
    fn failed(&mut self, row: RowId, failure: Failure, step: &mut Step) {
        self.part_from_echo(row, Stage::Failed(failure), step);
        step.effects
            .push(Effect::Announce(Announcement::SendingFailed));
    }

    /// The server does not have it. If its row went to an equal message from the visitor's other device, it gets
    /// another.
    fn part_from_echo(&mut self, row: RowId, stage: Stage, step: &mut Step) {
        let fresh = self.timeline.next_row();
        let Some(pending) = self.outbox.find_mut(row) else {
            return;
        };
        if pending.is_echoed() {
            pending.row = fresh;
        }
        pending.stage = stage;
        let row = pending.row;
        self.arrange(row, step);
    }

    /// Nobody will hear what became of the message under way. If it was refused unread, it takes its turn again.
    pub(super) fn abandon_sending(&mut self, step: &mut Step) {
        self.outbox.pending.retain(|pending| !pending.is_echoed());
        for pending in &mut self.outbox.pending {
            let Stage::Sending { request, .. } = &pending.stage else {
                continue;
            };
            if self.requests.is_parked(*request) {
                pending.stage = Stage::Queued;
            } else {
                pending.stage = Stage::Uncertain;
                self.gap.widens(pending.sent_after.clone());
            }
            step.changes.row(pending.row);
        }
    }

    /// The visitor wants it sent after all. It takes its turn again.
    pub(super) fn retry_sending(&mut self, row: RowId, step: &mut Step) {
        let Some(pending) = self.outbox.find_mut(row) else {
            return;
        };
        if matches!(pending.stage, Stage::Failed(_)) {
            pending.stage = Stage::Queued;
            self.arrange(row, step);
            self.send_next(step);
        }
    }

    /// The visitor gives it up.
    pub(super) fn discard_failed(&mut self, row: RowId, step: &mut Step) {
        let failed = self
            .outbox
            .find(row)
            .is_some_and(|pending| matches!(pending.stage, Stage::Failed(_)));
        if failed {
            self.outbox.remove(row);
            let mut merged = Merged::default();
            self.timeline.remove_local(row, &mut merged);
            Self::note(merged, step);
        }
    }

    /// Puts a pending message where it belongs now, and has it drawn anew.
    pub(super) fn arrange(&mut self, row: RowId, step: &mut Step) {
        let Some(pending) = self.outbox.find(row) else {
            return;
        };
        let mut merged = Merged::default();
        let (turn, at) = (pending.turn, pending.shown_at());
        self.timeline.place_local(row, turn, at, &mut merged);
        Self::note(merged, step);
        step.changes.row(row);
    }
}

use super::requests::Purpose;
use super::{Chat, Step};
use crate::http::encode_query;
use crate::timeline::same_reaction;
use crate::{Announcement, Effect, HttpOutcome, Method, RequestId, RowId};
use wire::MessageId;
use wire::rest::{ErrorBody, ReactionCreate};
use wire::socket::ReactionKind;

/// What the visitor did to a message and the server has not confirmed. It is drawn as if it had.
#[derive(Debug)]
pub(super) struct Overlay {
    pub message: MessageId,
    pub kind: ReactionKind,
    pub value: String,
    pub present: bool,
    request: RequestId,
    /// When it was asked for, by the server's clock.
    at: i64,
}

impl Chat {
    /// Adds the visitor's reaction, or takes it back.
    pub(super) fn toggle_reaction(&mut self, row: RowId, emoji: &str, step: &mut Step) {
        if !self.may_react() {
            return;
        }
        let Some(message) = self.timeline.message_of_row(row).cloned() else {
            return;
        };
        let present = !self
            .reactions_of(row)
            .iter()
            .any(|reaction| reaction.own && same_reaction(&reaction.value, emoji));
        let request = if present {
            let body = ReactionCreate {
                resource_id: message.clone(),
                emoji: Some(emoji.to_owned()),
                poll_option_id: None,
            };
            self.post_reaction(&message, ReactionKind::Emoji, emoji, &body, step)
        } else {
            let (of, emoji_asked) = (encode_query(&message), encode_query(emoji));
            let path = ["/api/v1/reactions/", &of, "?emoji=", &emoji_asked].concat();
            let purpose = Purpose::React {
                message: message.clone(),
                kind: ReactionKind::Emoji,
                value: emoji.to_owned(),
            };
            self.request(purpose, Method::Delete, path, None, step)
        };
        self.overlay(
            request,
            message,
            ReactionKind::Emoji,
            emoji.to_owned(),
            present,
            step,
        );
        step.changes.row(row);
    }

    /// Votes in a poll. A vote can be changed, not taken back.
    pub(super) fn vote(&mut self, row: RowId, option: String, step: &mut Step) {
        if !self.may_react() {
            return;
        }
        let Some(poll) = self.poll_of(row) else {
            return;
        };
        let answer = poll.answers.iter().find(|answer| answer.option == option);
        if answer.is_none_or(|answer| answer.own) {
            return;
        }
        let Some(message) = self.timeline.message_of_row(row).cloned() else {
            return;
        };
        let body = ReactionCreate {
            resource_id: message.clone(),
            emoji: None,
            poll_option_id: Some(option.clone()),
        };
        let request = self.post_reaction(&message, ReactionKind::Vote, &option, &body, step);
        self.overlay(request, message, ReactionKind::Vote, option, true, step);
        step.changes.row(row);
    }

    fn may_react(&self) -> bool {
        self.is_open()
            && self
                .permissions()
                .is_some_and(|permissions| permissions.can_react)
    }

    fn post_reaction(
        &mut self,
        message: &MessageId,
        kind: ReactionKind,
        value: &str,
        body: &ReactionCreate,
        step: &mut Step,
    ) -> RequestId {
        let purpose = Purpose::React {
            message: message.clone(),
            kind,
            value: value.to_owned(),
        };
        let body = serde_json::to_string(body).ok();
        self.request(
            purpose,
            Method::Post,
            "/api/v1/reactions".to_owned(),
            body,
            step,
        )
    }

    fn overlay(
        &mut self,
        request: RequestId,
        message: MessageId,
        kind: ReactionKind,
        value: String,
        present: bool,
        step: &mut Step,
    ) {
        let Some(session) = &self.session else { return };
        let at = session.server_time(step.now.unix_millis);
        self.overlays.push(Overlay {
            message,
            kind,
            value,
            present,
            request,
            at,
        });
    }

    pub(super) fn react_answered(
        &mut self,
        request: RequestId,
        message: &MessageId,
        kind: &ReactionKind,
        value: &str,
        outcome: &HttpOutcome,
        step: &mut Step,
    ) {
        let row = self.timeline.record(message).map(|record| record.row);
        let shown = row.map(|row| (self.reactions_of(row), self.poll_of(row)));
        let Some(at) = self
            .overlays
            .iter()
            .position(|overlay| overlay.request == request)
        else {
            return;
        };
        let overlay = self.overlays.remove(at);
        match outcome {
            HttpOutcome::Answered { status, .. } if *status < 300 => {
                let tallies = self.timeline.tallies_mut(message);
                tallies.set_own(kind, value, overlay.present, overlay.at);
                // The counts as shown, until the server's own arrive: they were asked for later, so they win.
                match (kind, shown) {
                    (ReactionKind::Emoji, Some((reactions, _))) => {
                        let count = reactions
                            .iter()
                            .find(|reaction| same_reaction(&reaction.value, value))
                            .map_or(0, |reaction| reaction.count);
                        tallies.set_count(kind, value, count, overlay.at);
                    }
                    (ReactionKind::Vote, Some((_, poll))) => {
                        for answer in poll.into_iter().flat_map(|poll| poll.answers) {
                            tallies.set_count(kind, &answer.option, answer.votes, overlay.at);
                        }
                    }
                    _ => {}
                }
            }
            HttpOutcome::Answered { body, .. } => {
                let reason = wire::from_json::<ErrorBody>(body)
                    .map(|body| body.error.message)
                    .unwrap_or_default();
                step.effects
                    .push(Effect::Announce(Announcement::ReactingFailed(reason)));
            }
            HttpOutcome::Lost => {
                let reason = String::new();
                step.effects
                    .push(Effect::Announce(Announcement::ReactingFailed(reason)));
            }
        }
        if let Some(row) = row {
            step.changes.row(row);
        }
    }
}

use super::requests::Purpose;
use super::view::display_name;
use super::{Chat, Step};
use crate::http::encode_query;
use crate::timeline::canonical;
use crate::{HttpOutcome, Method, ReactedBy, RowId, WhoReacted, WhoReactedState};
use wire::MessageId;
use wire::rest::{Page, Reaction};
use wire::socket::ReactionKind;

/// Whop answers no more at once.
const MOST: u32 = 100;
/// When the visitor did what the names tell of: at the beginning of time. Whatever else is known of it is newer.
const LONG_AGO: i64 = 1;

impl Chat {
    /// Asks for the names, unless they are known or asked for already and no reaction has changed since.
    pub(super) fn ask_who_reacted(&mut self, row: RowId, step: &mut Step) {
        let message = self.timeline.message_of_row(row).cloned();
        let Some(message) = message.filter(|_| self.is_open()) else {
            return;
        };
        let reactions = self.reactions_of(row);
        let is_known = self.who_reacted.as_ref().is_some_and(|known| {
            known.message == message
                && known.reactions == reactions
                && known.state != WhoReactedState::Failed
        });
        if is_known {
            return;
        }
        let (of, most) = (encode_query(&message), MOST.to_string());
        let path = ["/api/v1/reactions?resource_id=", &of, "&first=", &most].concat();
        // Names of a moment ago are better than none while newer ones are on their way.
        let known = self.who_reacted.take();
        let known = known.filter(|known| known.message == message);
        let state = match known.map(|known| known.state) {
            Some(WhoReactedState::Known(by)) => WhoReactedState::Known(by),
            _ => WhoReactedState::Loading,
        };
        self.who_reacted = Some(WhoReacted {
            message: message.clone(),
            reactions,
            state,
        });
        step.changes.who_reacted = true;
        let purpose = Purpose::WhoReacted(message);
        self.request(purpose, Method::Get, path, None, step);
    }

    /// The answer will not come.
    pub(super) fn forget_who_reacted(&mut self, step: &mut Step) {
        let is_loading = |known: &mut WhoReacted| known.state == WhoReactedState::Loading;
        if self.who_reacted.take_if(is_loading).is_some() {
            step.changes.who_reacted = true;
        }
    }

    pub(super) fn who_reacted_answered(
        &mut self,
        message: &MessageId,
        outcome: &HttpOutcome,
        step: &mut Step,
    ) {
        let page = match outcome {
            HttpOutcome::Answered {
                status: 200, body, ..
            } => wire::from_json::<Page<Reaction>>(body).ok(),
            _ => None,
        };
        let viewer = self.viewer().map(|viewer| viewer.id.clone());
        let Some(asked) = self.who_reacted.as_mut() else {
            return;
        };
        if asked.message != *message {
            return;
        }
        step.changes.who_reacted = true;
        let Some(page) = page else {
            asked.state = WhoReactedState::Failed;
            return;
        };
        let mut by: Vec<ReactedBy> = Vec::new();
        let mut own = Vec::new();
        for reaction in page.data {
            let is_own = Some(&reaction.user.id) == viewer.as_ref();
            if is_own && let Some(option) = reaction.poll_option_id {
                own.push((ReactionKind::Vote, option));
            }
            let Some(emoji) = reaction.emoji else {
                continue;
            };
            if is_own {
                own.push((ReactionKind::Emoji, emoji));
                continue;
            }
            let (value, name) = (canonical(&emoji), display_name(&reaction.user));
            match by.iter_mut().find(|by| by.value == value) {
                Some(by) => by.names.push(name),
                None => by.push(ReactedBy {
                    value,
                    names: vec![name],
                }),
            }
        }
        asked.state = WhoReactedState::Known(by);
        self.learn_own(message, own, step);
    }

    /// A message says how many reacted; only the names say that the visitor is one of them.
    fn learn_own(
        &mut self,
        message: &MessageId,
        own: Vec<(ReactionKind, String)>,
        step: &mut Step,
    ) {
        let Some(row) = self.row_of_message(message).filter(|_| !own.is_empty()) else {
            return;
        };
        let tallies = self.timeline.tallies_mut(message);
        for (kind, value) in own {
            tallies.set_own(&kind, &value, true, LONG_AGO);
        }
        step.changes.row(row);
        let reactions = self.reactions_of(row);
        if let Some(asked) = &mut self.who_reacted {
            asked.reactions = reactions;
        }
    }
}

use super::frames::text_millis;
use super::hub::{Audience, Connection, Endpoint, Hub};
use crate::clock::now_millis;
use std::collections::BTreeSet;
use wire::UserId;
use wire::socket::{ServerFrame, UserPresence};

/// So many of those who are there a newcomer is told of.
const MOST_TOLD: usize = 100;

impl Connection {
    /// Whose presence it shows: a member's who looks at a page. A server acts for somebody who need not be there.
    pub(super) fn shows(&self) -> Option<&UserId> {
        self.user
            .as_ref()
            .filter(|user| self.endpoint == Endpoint::Browser && user.has_access())
            .map(|user| &user.id)
    }
}

impl Hub {
    /// Tells members that somebody has come, unless they were here before, and the newcomer who is here.
    pub(super) fn tell_arrival(&self, id: u64, user: Option<&UserId>) {
        let connections = self.lock();
        let others = || {
            connections
                .open
                .iter()
                .filter(|(other, _)| **other != id)
                .filter_map(|(_, connection)| connection.shows())
        };
        let is_news = user.is_some_and(|user| others().all(|other| other != user));
        let hears = connections.open.get(&id).is_some_and(Connection::is_member);
        let here: BTreeSet<UserId> = others().filter(|_| hears).cloned().collect();
        drop(connections);
        if let Some(user) = user.filter(|_| is_news) {
            self.send(&Audience::Members, Some(id), presence(user, None));
        }
        for user in here.iter().take(MOST_TOLD) {
            self.answer(id, presence(user, None));
        }
    }

    /// Tells members that somebody has gone, unless another of their pages is open.
    pub(super) fn tell_departure(&self, user: &UserId) {
        let is_here = self
            .lock()
            .open
            .values()
            .any(|connection| connection.shows() == Some(user));
        if !is_here {
            let frame = presence(user, Some(now_millis()));
            self.send(&Audience::Members, None, frame);
        }
    }
}

fn presence(user: &UserId, last_seen_at: Option<i64>) -> ServerFrame {
    ServerFrame {
        user_presence: Some(UserPresence {
            user_id: user.clone(),
            last_seen_at: last_seen_at.and_then(text_millis),
            ..UserPresence::default()
        }),
        ..ServerFrame::default()
    }
}

use super::{Chat, Step};
use litemap::LiteMap;
use wire::UserId;
use wire::rest::AccessLevel;

/// Who is an admin of the channel, as the newest of their live messages says: the REST routes don't tell.
#[derive(Debug, Default)]
pub(super) struct Roles(LiteMap<UserId, (i64, bool)>);

impl Roles {
    /// Says whether that is news.
    fn learn(&mut self, user: &UserId, admin: bool, at: i64) -> bool {
        let known = self.0.get(user).copied();
        let now = known.map_or((at, admin), |known| known.max((at, admin)));
        self.0.insert(user.clone(), now);
        known.is_some_and(|(_, was)| was) != now.1
    }
}

impl Chat {
    /// A live message says whether its author is an admin; all that they wrote shows it.
    pub(super) fn learn_role(&mut self, user: &UserId, admin: bool, at: i64, step: &mut Step) {
        if self.roles.learn(user, admin, at) {
            step.changes.all_rows = true;
        }
    }

    /// Whether a user is known to be an admin of the channel.
    pub(super) fn is_admin(&self, user: &UserId) -> bool {
        let session = self.session.as_ref();
        match session.filter(|session| session.viewer.id == *user) {
            Some(session) => session.permissions.access_level == AccessLevel::Admin,
            None => self.roles.0.get(user).is_some_and(|(_, admin)| *admin),
        }
    }
}

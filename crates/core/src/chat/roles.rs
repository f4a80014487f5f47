use super::{Chat, Step};
use litemap::LiteMap;
use wire::UserId;
use wire::rest::AccessLevel;
use wire::socket::DmsPost;

/// What the newest live message of each user says of them, and the REST routes don't: whether they are an admin of the
/// channel, and their picture.
#[derive(Debug, Default)]
pub(super) struct Roles {
    admins: LiteMap<UserId, (i64, bool)>,
    pictures: LiteMap<UserId, (i64, String)>,
}

impl Roles {
    /// Says whether that is news.
    fn learn(&mut self, user: &UserId, admin: bool, picture: Option<String>, at: i64) -> bool {
        let was_admin = self.admins.get(user).is_some_and(|(_, admin)| *admin);
        let is_admin = newer(&mut self.admins, user, (at, admin)).1;
        let is_news = was_admin != is_admin;
        let Some(picture) = picture else {
            return is_news;
        };
        let before = self.pictures.get(user).cloned();
        let after = newer(&mut self.pictures, user, (at, picture));
        is_news || before.is_none_or(|before| before.1 != after.1)
    }
}

/// Keeps the newer of two facts; of the same moment, always the same one.
fn newer<T: Clone + Ord>(
    known: &mut LiteMap<UserId, (i64, T)>,
    user: &UserId,
    fact: (i64, T),
) -> (i64, T) {
    let now = match known.get(user) {
        Some(before) => before.clone().max(fact),
        None => fact,
    };
    known.insert(user.clone(), now.clone());
    now
}

impl Chat {
    /// A live message tells of its author; all that they wrote shows it.
    pub(super) fn learn_author(&mut self, post: &DmsPost, step: &mut Step) {
        let user = post.user.as_ref();
        let picture = user.and_then(|user| user.profile_picture.as_ref());
        let picture = picture.map(|picture| picture.original_url.clone());
        let picture = picture.filter(|url| !url.is_empty());
        let at = post.updated_at.get();
        step.changes.all_rows |= self
            .roles
            .learn(&post.user_id, post.is_poster_admin, picture, at);
    }

    /// A user's picture, as far as live messages told it.
    pub(super) fn picture_of(&self, user: &UserId) -> Option<String> {
        let (_, picture) = self.roles.pictures.get(user)?;
        Some(picture.clone())
    }

    /// Whether a user is known to be an admin of the channel.
    pub(super) fn is_admin(&self, user: &UserId) -> bool {
        let session = self.known_session();
        match session.filter(|session| session.viewer.id == *user) {
            Some(session) => session.permissions.access_level == AccessLevel::Admin,
            None => self.roles.admins.get(user).is_some_and(|(_, admin)| *admin),
        }
    }
}

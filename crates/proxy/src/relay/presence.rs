use super::hub::Frame;
use crate::clock;
use crate::identity::is_guest;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};
use wire::socket::{ServerFrame, UserPresence};
use wire::{Millis, UserId};

/// In a feed with more people than this, nobody is told who comes: it is no news in a crowd, and everybody's coming
/// told to everybody would be a frame for each pair of them.
const MOST_TOLD: usize = 100;
/// People who are there on Whop's side that are remembered.
const MOST_ELSEWHERE: usize = 1_000;
/// People of one feed that are remembered.
const MOST_MEMBERS: usize = 1_000;
/// Who was neither let in nor heard for that long may have lost their access since.
const MEMBER_FOR: Duration = Duration::from_secs(3_600);

/// Who listens to a feed through this proxy. Somebody with three tabs is there once.
#[derive(Default)]
pub struct Presence {
    by_listener: HashMap<u64, UserId>,
    people: HashMap<UserId, Person>,
    members: Members,
    /// Whom Whop says to be there, and the feed was told of.
    elsewhere: BTreeSet<UserId>,
}

/// Who can be in a feed: they were let in here, or were heard in it. Whop says of somebody that they are there, but not
/// where: of anybody else a feed must not hear.
#[derive(Default)]
struct Members {
    heard: HashMap<UserId, Heard>,
    /// The same by when each was last heard, the longest ago first.
    order: BTreeMap<u64, UserId>,
    count: u64,
}

struct Heard {
    /// In a count of its own.
    number: u64,
    at: Instant,
}

impl Members {
    fn note(&mut self, user: &UserId, now: Instant) {
        self.count += 1;
        let number = self.count;
        let heard = Heard { number, at: now };
        if let Some(before) = self.heard.insert(user.clone(), heard) {
            self.order.remove(&before.number);
        }
        self.order.insert(number, user.clone());
        while let Some((number, oldest)) = self.order.first_key_value() {
            if self.heard.len() <= MOST_MEMBERS && self.has(oldest, now) {
                break;
            }
            let number = *number;
            if let Some(oldest) = self.order.remove(&number) {
                self.heard.remove(&oldest);
            }
        }
    }

    fn has(&self, user: &UserId, now: Instant) -> bool {
        self.heard
            .get(user)
            .is_some_and(|heard| now.duration_since(heard.at) < MEMBER_FOR)
    }
}

#[derive(Default)]
struct Person {
    sockets: usize,
    /// The others heard that they came, so that they hear that they went.
    is_told: bool,
}

impl Presence {
    /// Somebody's socket opens. Whether the others should hear of it: guests are nobody that they know.
    pub fn enter(&mut self, listener: u64, user: &UserId) -> bool {
        if is_guest(user) {
            return false;
        }
        self.members.note(user, Instant::now());
        self.by_listener.insert(listener, user.clone());
        let is_quiet = self.people.len() < MOST_TOLD;
        let person = self.people.entry(user.clone()).or_default();
        person.sockets += 1;
        let is_news = person.sockets == 1 && is_quiet;
        person.is_told |= is_news;
        is_news && !self.elsewhere.contains(user)
    }

    /// A socket closes. Who has gone with it, if the others should hear of it.
    pub fn leave(&mut self, listener: u64) -> Option<UserId> {
        let user = self.by_listener.remove(&listener)?;
        let person = self.people.get_mut(&user)?;
        person.sockets -= 1;
        if person.sockets > 0 {
            return None;
        }
        let was_told = self.people.remove(&user)?.is_told;
        (was_told && !self.elsewhere.contains(&user)).then_some(user)
    }

    /// They were heard in this feed.
    pub fn note_member(&mut self, user: &UserId) {
        self.members.note(user, Instant::now());
    }

    /// Whop says that somebody came, on its own side. Whether the others should hear of it.
    pub fn came_elsewhere(&mut self, user: &UserId) -> bool {
        let is_member = self.members.has(user, Instant::now());
        is_member && self.elsewhere.insert(user.clone()) && !self.people.contains_key(user)
    }

    /// Whop says that they went. Whether the others should hear of it.
    pub fn went_elsewhere(&mut self, user: &UserId) -> bool {
        self.elsewhere.remove(user) && !self.people.contains_key(user)
    }

    /// What Whop said is not known any more.
    pub fn forget_elsewhere(&mut self) {
        self.elsewhere.clear();
    }

    /// Whom a newcomer hears of: those who are here and those who are elsewhere, themselves aside.
    pub fn to_tell<'a>(&'a self, newcomer: &'a UserId) -> impl Iterator<Item = &'a UserId> {
        let here = self.people.iter().filter(|(_, person)| person.is_told);
        let elsewhere = self.elsewhere.iter();
        here.map(|(user, _)| user)
            .chain(elsewhere.filter(|user| !self.people.contains_key(*user)))
            .filter(move |user| *user != newcomer)
            .take(MOST_TOLD)
    }
}

/// Who is there on Whop's own side, as far as Whop said so on this connection.
#[derive(Default)]
pub struct Elsewhere(BTreeSet<UserId>);

impl Elsewhere {
    /// Somebody comes or goes. Whether that is news: of those beyond the many that are remembered nothing is told.
    pub fn set(&mut self, user: &UserId, is_there: bool) -> bool {
        if is_there {
            self.0.len() < MOST_ELSEWHERE && self.0.insert(user.clone())
        } else {
            self.0.remove(user)
        }
    }

    /// Whether they are there.
    pub fn has(&self, user: &UserId) -> bool {
        self.0.contains(user)
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// Says that somebody is there.
pub fn arrival(user: &UserId) -> Option<Frame> {
    frame(user, None)
}

/// Says that somebody was there until now.
pub fn departure(user: &UserId) -> Option<Frame> {
    frame(user, Some(clock::unix_millis()))
}

/// `last_seen_at` in milliseconds since the Unix epoch; nothing while they are there.
fn frame(user: &UserId, last_seen_at: Option<i64>) -> Option<Frame> {
    let frame = ServerFrame {
        user_presence: Some(UserPresence {
            user_id: user.clone(),
            last_seen_at: last_seen_at.map(Millis::new),
            ..UserPresence::default()
        }),
        ..ServerFrame::default()
    };
    serde_json::to_string(&frame).ok().map(Frame::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_with_three_tabs_comes_once_and_goes_once() {
        let (mut presence, ada) = (Presence::default(), UserId::from("user_ada"));
        assert!(presence.enter(1, &ada));
        assert!(!presence.enter(2, &ada));
        assert!(!presence.enter(3, &ada));
        assert_eq!(presence.leave(2), None);
        assert_eq!(presence.leave(2), None);
        assert_eq!(presence.leave(1), None);
        assert_eq!(presence.leave(3), Some(ada.clone()));
        assert!(presence.people.is_empty());
        assert!(presence.by_listener.is_empty());
    }

    #[test]
    fn nobody_is_told_of_a_crowd_and_nobody_stays_in_it_for_ever() {
        let mut presence = Presence::default();
        let users: Vec<UserId> = (0..300)
            .map(|number| UserId::from(format!("user_{number}")))
            .collect();
        let told = |presence: &mut Presence| {
            (0..)
                .zip(&users)
                .filter(|(id, user)| presence.enter(*id, user))
                .count()
        };
        assert_eq!(told(&mut presence), MOST_TOLD);
        let newcomer = UserId::from("user_new");
        assert_eq!(presence.to_tell(&newcomer).count(), MOST_TOLD);
        let gone = (0..300).filter_map(|id| presence.leave(id)).count();
        assert_eq!(gone, MOST_TOLD);
        assert!(presence.people.is_empty());
    }

    #[test]
    fn a_newcomer_hears_of_everybody_else_once() {
        let mut presence = Presence::default();
        let [ada, bob, chen] = ["user_ada", "user_bob", "user_chen"].map(UserId::from);
        presence.enter(1, &ada);
        presence.enter(2, &bob);
        presence.note_member(&chen);
        assert!(!presence.came_elsewhere(&bob), "they are here");
        assert!(presence.came_elsewhere(&chen));
        let mut heard: Vec<&UserId> = presence.to_tell(&ada).collect();
        heard.sort();
        assert_eq!(heard, [&bob, &chen]);
        assert!(presence.went_elsewhere(&chen));
        assert_eq!(presence.to_tell(&ada).count(), 1);
    }

    #[test]
    fn of_who_was_never_in_a_feed_it_hears_nothing() {
        let mut presence = Presence::default();
        let [ada, eve] = ["user_ada", "user_eve"].map(UserId::from);
        presence.enter(1, &ada);
        assert!(!presence.came_elsewhere(&eve));
        assert_eq!(presence.to_tell(&ada).count(), 0);
        assert!(!presence.went_elsewhere(&eve));
        // What it heard of, it hears the end of.
        presence.note_member(&eve);
        assert!(presence.came_elsewhere(&eve));
        for number in 0..MOST_MEMBERS {
            presence.note_member(&UserId::from(format!("user_{number}")));
        }
        assert_eq!(presence.members.heard.len(), MOST_MEMBERS);
        assert!(presence.went_elsewhere(&eve));
        assert!(!presence.came_elsewhere(&eve), "forgotten");
    }

    #[test]
    fn who_was_not_heard_for_an_hour_is_forgotten() {
        let mut members = Members::default();
        let [ada, bob] = ["user_ada", "user_bob"].map(UserId::from);
        let start = Instant::now();
        members.note(&ada, start);
        members.note(&bob, start + MEMBER_FOR / 2);
        members.note(&ada, start + MEMBER_FOR / 2);
        assert!(members.has(&ada, start + MEMBER_FOR));
        assert!(!members.has(&ada, start + MEMBER_FOR * 2));
        members.note(&ada, start + MEMBER_FOR * 2);
        assert_eq!((members.heard.len(), members.order.len()), (1, 1));
    }

    #[test]
    fn beyond_those_that_are_remembered_nothing_is_news() {
        let mut elsewhere = Elsewhere::default();
        let told = (0..MOST_ELSEWHERE + 500)
            .filter(|number| elsewhere.set(&UserId::from(format!("user_{number}")), true))
            .count();
        assert_eq!(told, MOST_ELSEWHERE);
        let last = UserId::from(format!("user_{}", MOST_ELSEWHERE + 499));
        assert!(!elsewhere.set(&last, true));
        assert!(!elsewhere.set(&last, false));
        assert!(elsewhere.set(&UserId::from("user_0"), false));
        assert!(elsewhere.set(&last, true));
    }
}

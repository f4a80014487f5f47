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

/// Who goes is gone after that long: many only load the page anew, or lose their connection for a moment.
pub const HELD: Duration = Duration::from_secs(5);
/// What one person may have told to a feed's other listeners at once, in all of their tabs, and then per second: each
/// frame goes to everybody.
const SAYS: f64 = 10.0;
const SAYS_PER_SECOND: f64 = 3.0;

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
    /// When they are gone, unless they come again.
    leaves_at: Option<Instant>,
    said: Said,
}

/// How much somebody said of late.
struct Said {
    allowance: f64,
    at: Option<Instant>,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            allowance: SAYS,
            at: None,
        }
    }
}

impl Said {
    fn takes(&mut self, now: Instant) -> bool {
        let elapsed = self.at.map(|at| now.duration_since(at).as_secs_f64());
        let gained = elapsed.unwrap_or_default() * SAYS_PER_SECOND;
        self.allowance = (self.allowance + gained).min(SAYS);
        self.at = Some(now);
        let takes = self.allowance >= 1.0;
        if takes {
            self.allowance -= 1.0;
        }
        takes
    }
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
        person.leaves_at = None;
        let is_news = person.sockets == 1 && is_quiet && !person.is_told;
        person.is_told |= is_news;
        is_news && !self.elsewhere.contains(user)
    }

    /// A socket closes. Who is gone with it, and when, unless they come again: then [`Presence::is_gone`] says whether
    /// the others should hear of it.
    pub fn leave(&mut self, listener: u64, now: Instant) -> Option<(Instant, UserId)> {
        let user = self.by_listener.remove(&listener)?;
        let person = self.people.get_mut(&user)?;
        person.sockets -= 1;
        if person.sockets > 0 {
            return None;
        }
        if !person.is_told {
            self.people.remove(&user);
            return None;
        }
        let leaves_at = now + HELD;
        person.leaves_at = Some(leaves_at);
        Some((leaves_at, user))
    }

    /// The moment has come at which somebody is gone. Whether the others should hear of it: not where they came again
    /// meanwhile, or are elsewhere.
    pub fn is_gone(&mut self, user: &UserId, leaves_at: Instant) -> bool {
        let person = self.people.get(user);
        if person.is_none_or(|person| person.leaves_at != Some(leaves_at)) {
            return false;
        }
        self.people.remove(user);
        !self.elsewhere.contains(user)
    }

    /// Whether what that listener's user says is told to the others: nobody says so much.
    pub fn may_say(&mut self, listener: u64, now: Instant) -> bool {
        let person = self
            .by_listener
            .get(&listener)
            .and_then(|user| self.people.get_mut(user));
        person.is_some_and(|person| person.said.takes(now))
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

/// Says that somebody was there until so long ago.
pub fn departure(user: &UserId, ago: Duration) -> Option<Frame> {
    let ago = i64::try_from(ago.as_millis()).unwrap_or_default();
    frame(user, Some(clock::unix_millis() - ago))
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
        let now = Instant::now();
        for listener in [2, 2, 1] {
            assert_eq!(presence.leave(listener, now), None);
        }
        let at = now + HELD;
        assert_eq!(presence.leave(3, now), Some((at, ada.clone())));
        assert!(presence.is_gone(&ada, at));
        assert!(!presence.is_gone(&ada, at));
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
        let now = Instant::now();
        let left: Vec<_> = (0..300).filter_map(|id| presence.leave(id, now)).collect();
        let gone = left.iter().filter(|(at, user)| presence.is_gone(user, *at));
        assert_eq!(gone.count(), MOST_TOLD);
        assert!(presence.people.is_empty());
    }

    #[test]
    fn nobody_says_more_than_any_honest_one() {
        let (mut presence, ada) = (Presence::default(), UserId::from("user_ada"));
        presence.enter(1, &ada);
        presence.enter(2, &ada);
        let start = Instant::now();
        let mut said = |millis| {
            let now = start + Duration::from_millis(millis);
            (0..100)
                .filter(|id| presence.may_say(1 + id % 2, now))
                .count()
        };
        // Both tabs together.
        assert_eq!([said(0), said(1_000), said(60_000)], [10, 3, 10]);
        assert!(!presence.may_say(3, start), "nobody");
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

use crate::identity::is_guest;
use crate::limits::ClientAddress;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wire::UserId;

/// Sockets that one visitor may have open at a time, in all tabs and on all devices. More would let one member fill
/// the memory, and the others' screens with typing.
const MOST: usize = 30;
/// Sockets of all guests of one address.
const MOST_GUESTS: usize = 200;

/// Counts the sockets of every visitor.
#[derive(Default)]
pub struct Seats {
    taken: Arc<Taken>,
}

#[derive(Default)]
struct Taken(Mutex<HashMap<UserId, usize>>);

impl Taken {
    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A socket's seat, given back when it is dropped.
pub struct Seat {
    user: UserId,
    taken: Arc<Taken>,
}

impl Seats {
    /// A seat for one more socket of that visitor; nothing when they have too many. Guests are told apart by
    /// their addresses: ids they have as many as they like.
    pub fn take(&self, user: &UserId, address: Option<ClientAddress>) -> Option<Seat> {
        let (user, most) = match address {
            Some(address) if is_guest(user) => (format!("guest@{address}").into(), MOST_GUESTS),
            _ => (user.clone(), MOST),
        };
        let mut taken = self.taken.lock();
        let count = taken.entry(user.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat {
            user,
            taken: self.taken.clone(),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.taken.lock().entry(self.user.clone()) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_none_is_forgotten() {
        let seats = Seats::default();
        let user = UserId::from("user_ada");
        let all: Vec<Seat> = (0..MOST).filter_map(|_| seats.take(&user, None)).collect();
        assert_eq!(all.len(), MOST);
        assert!(seats.take(&user, None).is_none());
        assert!(seats.take(&"user_bob".into(), None).is_some());
        drop(all);
        assert!(seats.taken.lock().is_empty());
        assert!(seats.take(&user, None).is_some());
    }
}

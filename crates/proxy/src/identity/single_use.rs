use super::IdentityError;
use super::token::{LEEWAY, TokenError};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Assertions that are remembered at the same time: 40 MB. More have to wait, rather than that one is forgotten and
/// could be used again.
const MOST: usize = 1_000_000;
/// Those that expire within so many seconds of one another are forgotten together.
const SLOT: i64 = 32;

/// What tells one assertion from all others, whoever makes its signature in however many ways.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Mark([u8; 16]);

impl Mark {
    /// Of an assertion by its `jti`, or else by what is signed: of one text there are several valid ECDSA signatures.
    fn of(assertion: &str, id: Option<&str>) -> Self {
        let (kind, text) = match id {
            Some(id) => ("id ", id),
            None => (
                "text ",
                assertion.rsplit_once('.').map_or("", |(text, _)| text),
            ),
        };
        let digest = Sha256::new()
            .chain_update(kind)
            .chain_update(text)
            .finalize();
        let mut mark = [0; 16];
        mark.copy_from_slice(&digest[..16]);
        Self(mark)
    }
}

/// Remembers which assertions were used, until they expire. Only this process does: another instance, and this one
/// after a restart, know nothing of it.
#[derive(Clone, Default)]
pub struct SingleUse {
    used: Arc<Mutex<Used>>,
}

#[derive(Default)]
struct Used {
    /// By when they expire, in slots.
    by_expiry: BTreeMap<i64, HashSet<Mark>>,
    count: usize,
}

/// An assertion that is being used. Dropped without [`Claim::keep`] it is as if it had not been: who got no answer may
/// try again.
pub struct Claim {
    used: SingleUse,
    mark: Mark,
    slot: i64,
    is_kept: bool,
}

impl SingleUse {
    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims an assertion, which is valid until `expires_at`. Moments in seconds since the Unix epoch.
    pub fn claim(
        &self,
        assertion: &str,
        id: Option<&str>,
        expires_at: i64,
        now: i64,
    ) -> Result<Claim, IdentityError> {
        self.claim_at_most(MOST, Mark::of(assertion, id), expires_at, now)
    }

    fn claim_at_most(
        &self,
        most: usize,
        mark: Mark,
        expires_at: i64,
        now: i64,
    ) -> Result<Claim, IdentityError> {
        let slot = (expires_at + LEEWAY) / SLOT;
        let mut used = self.lock();
        used.forget_before(now / SLOT);
        if used.by_expiry.values().any(|marks| marks.contains(&mark)) {
            return Err(TokenError::Used.into());
        }
        if used.count >= most {
            return Err(IdentityError::TooManyAssertions);
        }
        used.by_expiry.entry(slot).or_default().insert(mark);
        used.count += 1;
        Ok(Claim {
            used: self.clone(),
            mark,
            slot,
            is_kept: false,
        })
    }
}

impl Used {
    fn forget_before(&mut self, slot: i64) {
        while let Some(first) = self.by_expiry.first_entry() {
            if *first.key() >= slot {
                break;
            }
            self.count -= first.remove().len();
        }
    }
}

impl Claim {
    /// The assertion was of use: it can't be used again.
    pub fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let mut used = self.used.lock();
        if let Some(marks) = used.by_expiry.get_mut(&self.slot)
            && marks.remove(&self.mark)
        {
            used.count -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn outcome(claimed: Result<Claim, IdentityError>) -> Option<IdentityError> {
        claimed.map(Claim::keep).err()
    }

    #[test]
    fn counts_once_while_it_is_valid() {
        let used = SingleUse::default();
        let claim = |text: &str, id, now| outcome(used.claim(text, id, NOW + 300, now));
        let again = Some(IdentityError::Token(TokenError::Used));
        assert_eq!(claim("a.b.signature", None, NOW), None);
        assert_eq!(claim("a.b.other signature", None, NOW), again);
        assert_eq!(claim("a.c.signature", None, NOW + 329), None);
        assert_eq!(claim("a.b.signature", None, NOW + 329), again);
        assert_eq!(claim("d.e.f", Some("one"), NOW), None);
        assert_eq!(claim("g.h.i", Some("one"), NOW), again);
        assert_eq!(claim("g.h.i", Some("two"), NOW), None);
        let mut used = used.lock();
        assert_eq!(used.count, 4);
        used.forget_before((NOW + 400) / SLOT);
        assert_eq!((used.count, used.by_expiry.len()), (0, 0));
    }

    #[test]
    fn what_was_of_no_use_may_be_used_again() {
        let used = SingleUse::default();
        let claim = || used.claim("a.b.c", None, NOW + 60, NOW);
        let first = claim().unwrap();
        assert!(claim().is_err(), "it is being used");
        drop(first);
        claim().unwrap().keep();
        assert!(claim().is_err());
    }

    #[test]
    fn nothing_is_forgotten_to_make_room() {
        let used = SingleUse::default();
        let claim =
            |text: &str, now| outcome(used.claim_at_most(2, Mark::of(text, None), now + 60, now));
        assert_eq!((claim("a.a.a", NOW), claim("b.b.b", NOW)), (None, None));
        assert_eq!(claim("c.c.c", NOW), Some(IdentityError::TooManyAssertions));
        assert_eq!(claim("c.c.c", NOW + 200), None);
    }
}

use crate::configuration::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is sealed. What was sealed as one thing can't be opened as another.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A sign-in that began.
    Begun,
    /// A sign-in that the page takes over.
    Handover,
    /// Somebody who is signed in.
    SignedIn,
    /// The token in a websocket's ticket.
    Token,
}

impl Kind {
    fn context(self) -> Aad<&'static [u8]> {
        Aad::from(match self {
            Self::Begun => b"begun".as_slice(),
            Self::Handover => b"handover",
            Self::SignedIn => b"signed in",
            Self::Token => b"token",
        })
    }
}

/// Seals what the proxy gives a browser to keep for it: nobody else can read it, or change a bit of it. So no instance
/// has to remember anything.
pub struct Seal {
    key: LessSafeKey,
    /// Of the secret that was there before.
    previous: Option<LessSafeKey>,
}

impl Seal {
    /// A seal whose key is derived from that secret. Nothing, should the library not take it.
    pub fn new(secret: &Secret) -> Option<Self> {
        let previous = match secret.previous() {
            Some(previous) => Some(key(previous)?),
            None => None,
        };
        Some(Self {
            key: key(secret.expose())?,
            previous,
        })
    }

    /// A text that holds the value, for a cookie or a URL.
    pub fn close<T: Serialize>(&self, kind: Kind, value: &T) -> Option<String> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = serde_json::to_vec(value).ok()?;
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                kind.context(),
                &mut sealed,
            )
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The value; nothing where the text is not one that was made here as that kind.
    pub fn open<T: DeserializeOwned>(&self, kind: Kind, text: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let keys = [Some(&self.key), self.previous.as_ref()];
        keys.into_iter().flatten().find_map(|key| {
            let mut sealed = sealed.clone();
            let (nonce, sealed) = sealed.split_at_mut_checked(NONCE_LEN)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let opened = key.open_in_place(nonce, kind.context(), sealed).ok()?;
            serde_json::from_slice(opened).ok()
        })
    }
}

fn key(secret: &str) -> Option<LessSafeKey> {
    let derived = Salt::new(HKDF_SHA256, b"whop-chat").extract(secret.as_bytes());
    let okm = derived
        .expand(&[b"sign-in cookies"], &CHACHA20_POLY1305)
        .ok()?;
    Some(LessSafeKey::new(UnboundKey::from(okm)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(secret: &str) -> Seal {
        Seal::new(&Secret::new(secret)).unwrap()
    }

    #[test]
    fn opens_what_it_closed_and_nothing_else() {
        let one = seal("5f1d9c3b7a2e4860f1d9c3b7a2e48605");
        let text = one.close(Kind::SignedIn, &"user_ada").unwrap();
        assert!(!text.contains("ada"));
        assert_ne!(one.close(Kind::SignedIn, &"user_ada").unwrap(), text);
        let open = |seal: &Seal, kind, text: &str| seal.open::<String>(kind, text);
        assert_eq!(
            open(&one, Kind::SignedIn, &text).as_deref(),
            Some("user_ada")
        );
        assert_eq!(open(&one, Kind::Handover, &text), None);
        let other = Secret::new("another secret that is long enough!");
        let changed = other
            .clone()
            .after(&Secret::new("5f1d9c3b7a2e4860f1d9c3b7a2e48605"));
        let (other, changed) = (Seal::new(&other).unwrap(), Seal::new(&changed).unwrap());
        assert_eq!(open(&other, Kind::SignedIn, &text), None);
        assert!(open(&changed, Kind::SignedIn, &text).is_some());
        let newer = changed.close(Kind::SignedIn, &"user_ada").unwrap();
        assert!(open(&other, Kind::SignedIn, &newer).is_some());
        assert_eq!(open(&one, Kind::SignedIn, &newer), None);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&one, Kind::SignedIn, &changed), None, "{at}");
        }
        for garbage in ["", "A", "AAAAAAAAAAAAAAAA", "💥", &text[1..]] {
            assert_eq!(open(&one, Kind::SignedIn, garbage), None);
        }
    }
}

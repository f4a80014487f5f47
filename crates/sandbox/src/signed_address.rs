//! Addresses that carry their own permission: until when, and a signature that nobody else can make.

use crate::secret::Secret;
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use std::borrow::Cow;

/// The query of a signed address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Permission {
    /// Until when, in seconds since the Unix epoch.
    expires: Option<i64>,
    signature: Option<String>,
}

/// What an address permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sending a file's bytes.
    Upload,
    /// Sending one part of a file's bytes, counted from 1.
    Part(u32),
    /// Reading them.
    Content,
}

impl Purpose {
    /// The address below the file's.
    fn path(self) -> Cow<'static, str> {
        match self {
            Self::Upload => "upload".into(),
            Self::Part(number) => format!("parts/{number}").into(),
            Self::Content => "content".into(),
        }
    }
}

/// Signs the addresses of files and checks them.
#[derive(Clone, Debug)]
pub struct FileAddresses {
    /// Before a file's id, such as `http://127.0.0.1:4710/files/`.
    base: String,
    secret: Secret,
}

impl FileAddresses {
    /// Addresses below `base`, signed with that secret.
    pub fn new(base: String, secret: Secret) -> Self {
        Self { base, secret }
    }

    /// Where something is that everybody may read.
    pub fn open(&self, id: &str) -> String {
        format!("{}{id}/content", self.base)
    }

    /// The address of a file for that purpose until then, in seconds since the Unix epoch.
    pub fn signed(&self, purpose: Purpose, id: &str, expires: i64) -> String {
        let signature = hex::encode(self.mac(purpose, id, expires).finalize().into_bytes());
        format!(
            "{}{id}/{}?expires={expires}&signature={signature}",
            self.base,
            purpose.path()
        )
    }

    /// Whether the permission is for that file and purpose and has not ended by `now`, in seconds since the Unix epoch.
    pub fn permits(&self, purpose: Purpose, id: &str, permission: &Permission, now: i64) -> bool {
        let (Some(expires), Some(signature)) = (permission.expires, &permission.signature) else {
            return false;
        };
        expires > now
            && hex::decode(signature)
                .is_ok_and(|bytes| self.mac(purpose, id, expires).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, purpose: Purpose, id: &str, expires: i64) -> Hmac<Sha256> {
        let mut mac = mac(self.secret.reveal().as_bytes());
        mac.update(format!("{} {id} {expires}", purpose.path()).as_bytes());
        mac
    }
}

/// An HMAC with that key.
pub fn mac(key: &[u8]) -> Hmac<Sha256> {
    // A key of any length will do: the error is one of other kinds of MAC.
    Hmac::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_permits_one_thing_for_a_while() {
        let addresses = FileAddresses::new("http://s/files/".to_owned(), "secret".into());
        let address = addresses.signed(Purpose::Content, "file_1", 100);
        let signature = address.rsplit('=').next().unwrap().to_owned();
        let permission = Permission {
            expires: Some(100),
            signature: Some(signature),
        };
        let permits = |purpose, id, now| addresses.permits(purpose, id, &permission, now);
        assert!(permits(Purpose::Content, "file_1", 99));
        assert!(!permits(Purpose::Content, "file_1", 100));
        assert!(!permits(Purpose::Content, "file_2", 99));
        assert!(!permits(Purpose::Upload, "file_1", 99));
        for signature in [
            None,
            Some(String::new()),
            Some("é".to_owned()),
            Some("0".repeat(64)),
        ] {
            let forged = Permission {
                expires: Some(100),
                signature,
            };
            assert!(!addresses.permits(Purpose::Content, "file_1", &forged, 99));
        }
    }
}

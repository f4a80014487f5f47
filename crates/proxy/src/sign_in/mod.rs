//! Signing in with Whop, for visitors of sites whose backend doesn't know them: authorization code with PKCE (ADR 0014).
//! What the proxy has to keep of it the browser keeps, sealed. What somebody signed in may do is not decided here.

mod cookie;
mod error;
mod held;
mod id_token;
mod oauth;
mod page;
mod routes;
mod sealed;

pub use error::SignInError;
pub use held::{Held, SignIn};
pub use page::{script, style};
pub use routes::{callback, end, start};
pub use sealed::{Kind, Seal};

use crate::identity::{Claim, Identity};
use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wire::UserId;

/// Says to the page how things stand: [`OFFERED`] or [`SIGNED_IN`].
pub const HEADER: &str = "whop-chat-sign-in";
/// Nobody knows the visitor, and they can sign in with Whop.
pub const OFFERED: &str = "offered";
/// The visitor has signed in with Whop, and can sign out.
pub const SIGNED_IN: &str = "signed-in";

/// Whoever takes longer to sign in begins anew, in seconds.
const LONGEST_SIGN_IN: i64 = 600;
/// The page takes a sign-in over at once, in seconds.
const LONGEST_HANDOVER: i64 = 60;

/// How the visitor got to Whop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Display {
    /// In a window of its own, which the page has opened.
    Popup,
    /// In the page's own place.
    #[default]
    Page,
}

/// A sign-in that began. The browser has it in a cookie until Whop sends the visitor back.
#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    /// The page itself, which is one of the operator's.
    return_to: String,
    display: Display,
    /// Of the verifier that the page has.
    challenge: String,
    expires_at: i64,
}

/// A sign-in that the page takes over: the one that began it, which alone has the verifier. It counts once.
#[derive(Serialize, Deserialize)]
struct Handover {
    id: String,
    signed_in: SignedIn,
    origin: String,
    challenge: String,
    expires_at: i64,
}

/// Somebody who signed in. Moments in seconds since the Unix epoch.
#[derive(Clone, Serialize, Deserialize)]
struct SignedIn {
    id: String,
    user: UserId,
    /// Of Whop's; it asks with it whether the sign-in still holds.
    refresh_token: Option<String>,
    began_at: i64,
    /// When Whop said so last.
    checked_at: i64,
}

/// What a page adds to `POST /session` when its visitor comes back from Whop.
#[derive(Default, Deserialize)]
pub struct Handed {
    /// The sealed handover.
    #[serde(default)]
    pub sign_in: Option<String>,
    /// Of the challenge with which the page began.
    #[serde(default)]
    pub sign_in_verifier: Option<String>,
}

/// Who is signed in, and what the browser is to hold from now on.
pub struct Proof {
    /// Who.
    pub identity: Identity,
    /// The claim to the handover, if that was the proof.
    pub claim: Option<Claim>,
    /// For `Set-Cookie`.
    pub cookie: Option<HeaderValue>,
}

/// The S256 challenge of a verifier (RFC 7636, section 4.2).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// 256 bits that nobody can guess.
fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

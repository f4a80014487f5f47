//! `POST /session`: all that a first paint needs, in one answer, for those who have access.
//! Who is asking is found out in `identity`; what Whop says comes from `upstream`.

mod answer;
mod mint;
mod open;
mod permissions;

pub use mint::Mint;
pub use open::open;

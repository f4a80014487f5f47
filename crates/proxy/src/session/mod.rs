//! `POST /session`: all that a first paint needs, in one answer, for those who have access.
//! Who is asking is found out in `identity`; what Whop says comes from `upstream`.

mod admission;
mod answer;
mod company;
mod guest;
mod identify;
mod mint;
mod open;
mod own;
mod permissions;
mod scopes;

pub use guest::readers_token;
pub use mint::Mint;
pub use open::open;
pub use scopes::Purpose;
#[cfg(test)]
pub use scopes::Role;

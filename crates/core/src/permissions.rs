//! What one may do in a channel: one rule, for the proxy that opens a session and for the widget that hears of new settings.

use wire::rest::{AccessLevel, ChatChannel, WhoCanPost, WhoCanReact};
use wire::session::Permissions;

/// What a visitor with that access may do in that channel. Where only Whop knows (owners of certain products, values
/// that are new), the answer is yes: Whop has the last word on every post and says why it refuses one. A guest, who has
/// no access of their own, only reads.
pub fn permissions(access: AccessLevel, channel: &ChatChannel) -> Permissions {
    let is_admin = access == AccessLevel::Admin;
    let is_known = access != AccessLevel::NoAccess;
    Permissions {
        can_post: match channel.who_can_post {
            WhoCanPost::NoOne => false,
            WhoCanPost::Admins => is_admin,
            WhoCanPost::Everyone
            | WhoCanPost::Members
            | WhoCanPost::ProductOwners
            | WhoCanPost::Unknown(_) => is_known,
        },
        can_react: match channel.who_can_react {
            WhoCanReact::NoOne => false,
            WhoCanReact::Admins => is_admin,
            WhoCanReact::Everyone
            | WhoCanReact::Members
            | WhoCanReact::ProductOwners
            | WhoCanReact::Unknown(_) => is_known,
        },
        can_moderate: is_admin,
        access_level: access,
    }
}

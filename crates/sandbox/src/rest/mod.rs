//! Whop's REST routes under `/api/v1`: reads requests, asks the rules and the database, answers in Whop's JSON.
//! SQL lives in `database`, frames in `socket`.

mod access_tokens;
mod auth;
mod body;
mod chat_channels;
mod companies;
mod conversations;
mod deliveries;
mod dm_channels;
mod dm_members;
mod error;
mod experiences;
mod feeds;
mod files;
mod members;
mod messages;
mod multipart;
mod notifications;
mod paging;
mod rate_limit;
mod reactions;
mod support_channels;
mod users;
mod version;
mod webhooks;

pub use access_tokens::is_scope;
pub use auth::Caller;
pub use body::{JsonBody, PathOf, QueryOf};
pub use dm_channels::create as create_dm_channel;
pub use error::ApiError;
pub use feeds::Doing;
pub use messages::create as create_message;
pub use rate_limit::RateLimiter;
pub use users::access as check_access;

use crate::state::Sandbox;
use axum::Router;
use axum::routing::get;
use axum::routing::post;

/// The routes.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route(
            "/api/v1/messages",
            get(messages::list).post(messages::create),
        )
        .route(
            "/api/v1/messages/{id}",
            get(messages::retrieve)
                .patch(messages::update)
                .delete(messages::delete),
        )
        .route(
            "/api/v1/reactions",
            get(reactions::list).post(reactions::create),
        )
        .route(
            "/api/v1/reactions/{id}",
            get(reactions::retrieve).delete(reactions::delete),
        )
        .route("/api/v1/chat_channels", get(chat_channels::list))
        .route(
            "/api/v1/chat_channels/{id}",
            get(chat_channels::retrieve).patch(chat_channels::update),
        )
        .route(
            "/api/v1/dm_channels",
            get(dm_channels::list).post(dm_channels::create),
        )
        .route(
            "/api/v1/dm_channels/{id}",
            get(dm_channels::retrieve)
                .patch(dm_channels::update)
                .delete(dm_channels::delete),
        )
        .route(
            "/api/v1/dm_members",
            get(dm_members::list).post(dm_members::create),
        )
        .route(
            "/api/v1/dm_members/{id}",
            get(dm_members::retrieve)
                .patch(dm_members::update)
                .delete(dm_members::delete),
        )
        .route(
            "/api/v1/support_channels",
            get(support_channels::list).post(support_channels::create),
        )
        .route(
            "/api/v1/support_channels/{id}",
            get(support_channels::retrieve),
        )
        .route("/api/v1/access_tokens", post(access_tokens::create))
        .route("/api/v1/files", get(files::list).post(files::create))
        .route("/api/v1/files/{id}", get(files::retrieve))
        .route("/api/v1/files/{id}/complete", post(multipart::complete))
        .route("/api/v1/notifications", post(notifications::create))
        .route("/api/v1/companies", get(companies::list))
        .route("/api/v1/companies/{id}", get(companies::retrieve))
        .route(
            "/api/v1/webhooks",
            get(webhooks::list).post(webhooks::create),
        )
        .route(
            "/api/v1/webhooks/{id}",
            get(webhooks::retrieve)
                .patch(webhooks::update)
                .delete(webhooks::delete),
        )
        .route("/api/v1/webhooks/{id}/test", post(deliveries::test))
        .route(
            "/api/v1/webhooks/{id}/deliveries",
            get(deliveries::deliveries),
        )
        .route(
            "/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay",
            post(deliveries::replay),
        )
        .route("/api/v1/webhooks/{id}/replay", post(deliveries::replay_all))
        .route("/api/v1/members", get(members::list))
        .route("/api/v1/members/{id}", get(members::retrieve))
        .route("/api/v1/users", get(users::list))
        .route("/api/v1/users/{id}", get(users::retrieve))
        .route(
            "/api/v1/users/{id}/access/{resource_id}",
            get(users::access),
        )
        .route("/api/v1/experiences", get(experiences::list))
        .route("/api/v1/experiences/{id}", get(experiences::retrieve))
}

//! Whop's older GraphQL API: `POST /public-graphql` on the API's origin and `/_whop/public-graphql` on the app's. The
//! documented operations only; what may be done is decided by the same functions of `rest` that its routes call.
//!
//! `@whop/api` sends no documents, but names of operations that Whop keeps, at an address that ends in that name. The
//! documents in `operations/` select what its types (0.0.51) say that it gets.

mod access;
mod discovery;
mod dms;
mod forums;
mod mutation;
mod post;
mod query;
mod request;
mod scalar;
mod user;

use crate::state::Sandbox;
use async_graphql::{EmptySubscription, Request, Response, Schema};
use axum::Router;
use axum::routing::post as on_post;
use std::fmt;

/// Whop's documented limits: <https://dev.whop.com/api-reference/graphql/rate-limits>.
const MOST_COMPLEX: usize = 1_000;
const DEEPEST: usize = 10;

/// What can be asked. Who asks comes with each request.
#[derive(Clone)]
pub struct GraphQl(Schema<query::Query, mutation::Mutation, EmptySubscription>);

impl fmt::Debug for GraphQl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GraphQl(…)")
    }
}

impl Default for GraphQl {
    fn default() -> Self {
        let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription)
            .limit_complexity(MOST_COMPLEX)
            .limit_depth(DEEPEST)
            .finish();
        Self(schema)
    }
}

impl GraphQl {
    /// Answers a request.
    pub async fn answer(&self, request: Request) -> Response {
        self.0.execute(request).await
    }
}

/// The routes of the API's origin.
pub fn api_router() -> Router<Sandbox> {
    Router::new()
        .route("/public-graphql", on_post(request::of_server))
        .route("/public-graphql/{operation}", on_post(request::of_server))
}

/// The routes of the app's origin.
pub fn app_router() -> Router<Sandbox> {
    Router::new()
        .route("/_whop/public-graphql", on_post(request::of_browser))
        .route(
            "/_whop/public-graphql/{operation}",
            on_post(request::of_browser),
        )
}

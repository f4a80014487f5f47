//! Signing in with Whop: OAuth 2.1 with PKCE and `OpenID` Connect, as <https://docs.whop.com/developer/guides/oauth>
//! documents it, and the older form that `@whop/api` 0.0.51 speaks. What the tokens may do is decided in `rest`.
//!
//! | route | what |
//! |---|---|
//! | `GET /oauth/authorize` | the consent page; PKCE with S256 is required |
//! | `GET /oauth`, `GET /oauth/` | the same for `@whop/api` (`https://whop.com/oauth/`): without PKCE, so that the code needs the client secret |
//! | `POST /oauth/token` | a code or a refresh token for tokens; JSON or a form |
//! | `POST /api/oauth/token` | the same, where `@whop/api` asks |
//! | `GET /oauth/userinfo` | who the token's user is |
//! | `GET /api/v5/me` | the same, where `@whop/api`'s provider for Auth.js asks |
//! | `POST /oauth/revoke` | ends a refresh token |
//! | `GET /.well-known/openid-configuration` | the addresses above |
//! | `GET`, `PATCH /api/v1/apps/{id}` | the app's redirect URIs and client type, as `client.apps.update()` of `@whop/sdk` sets them |

mod authorize;
mod client;
mod codes;
mod error;
mod token;
mod userinfo;

pub use client::{Client, is_redirect_uri};
pub use codes::Codes;

use crate::state::Sandbox;
use axum::Router;
use axum::http::{Method, header};
use axum::routing::{get, post};
use tower_http::cors::{Any, CorsLayer};

/// What sign-ins share: the registered app and the codes that wait.
#[derive(Debug)]
pub struct OAuth {
    /// The app that people sign in to.
    pub client: Client,
    /// What was allowed and not exchanged yet.
    pub codes: Codes,
}

impl OAuth {
    /// The sandbox's app with those redirect URIs, and no codes.
    pub fn new(redirect_uris: Vec<String>) -> Self {
        Self {
            client: Client::new(redirect_uris),
            codes: Codes::default(),
        }
    }
}

/// The routes.
pub fn router() -> Router<Sandbox> {
    // Whop's own guide exchanges the code in the browser, on the app's page.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION]);
    let for_pages = Router::new()
        .route("/oauth/token", post(token::exchange))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/userinfo", get(userinfo::userinfo))
        .route(
            "/.well-known/openid-configuration",
            get(userinfo::configuration),
        )
        .layer(cors);
    let pkce = get(authorize::page_with_pkce).post(authorize::decide_with_pkce);
    let secret = get(authorize::page_with_secret).post(authorize::decide_with_secret);
    Router::new()
        .route("/oauth/authorize", pkce)
        .route("/oauth", secret.clone())
        .route("/oauth/", secret)
        .route("/api/oauth/token", post(token::exchange))
        .route("/api/v5/me", get(userinfo::me))
        .route(
            "/api/v1/apps/{id}",
            get(client::retrieve).patch(client::update),
        )
        .merge(for_pages)
}

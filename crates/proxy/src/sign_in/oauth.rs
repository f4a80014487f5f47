use super::SignInError;
use super::id_token::{self, Expected};
use crate::configuration::{Configuration, Secret};
use crate::identity::KeySet;
use crate::metrics::{self, Metrics};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wire::{AppId, UserId};

const PATIENCE: Duration = Duration::from_secs(10);
/// No answer of these is longer.
const LONGEST: usize = 64 << 10;

/// Whop's OAuth: authorization code with PKCE, as <https://docs.whop.com/developer/guides/oauth> has it.
pub struct WhopOAuth {
    client: Client,
    url: String,
    issuer: String,
    app: AppId,
    secret: Option<Secret>,
    keys: Arc<KeySet>,
    /// Where Whop sends visitors back to.
    callback: String,
    metrics: Arc<Metrics>,
}

/// What Whop gives for a code or a refresh token.
#[derive(Deserialize)]
pub struct Grant {
    /// Says who they are; for a code.
    pub id_token: Option<String>,
    /// Gives the next one, once.
    pub refresh_token: Option<String>,
}

/// How RFC 6749, section 5.2, says no.
#[derive(Deserialize)]
struct OAuthProblem {
    error: String,
}

impl WhopOAuth {
    /// Whop's OAuth as configured, where it is.
    pub fn new(
        client: Client,
        keys: Arc<KeySet>,
        metrics: Arc<Metrics>,
        configuration: &Configuration,
    ) -> Option<Self> {
        let public = configuration.public_url.as_ref()?;
        let url = configuration.oauth_url.clone()?;
        let issuer = Url::parse(&url).ok()?.origin().ascii_serialization();
        Some(Self {
            client,
            url,
            issuer,
            app: configuration.app_id.clone(),
            secret: configuration.oauth_client_secret.clone(),
            keys,
            callback: format!("{public}/oauth/callback"),
            metrics,
        })
    }

    /// Where Whop asks the visitor. Nothing where the address can't be made.
    pub fn authorize(&self, state: &str, nonce: &str, challenge: &str) -> Option<Url> {
        let parameters = [
            ("response_type", "code"),
            ("client_id", self.app.as_str()),
            ("redirect_uri", self.callback.as_str()),
            ("scope", "openid"),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        Url::parse_with_params(&format!("{}/authorize", self.url), parameters).ok()
    }

    /// Who brought the code, and the refresh token that it is good for. `now` in seconds since the Unix epoch.
    pub async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        now: i64,
    ) -> Result<(UserId, Option<String>), SignInError> {
        let call = self.post("/token").json(&json!({
            "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
            "redirect_uri": self.callback, "client_id": self.app,
        }));
        let grant: Grant = self.answer("/oauth/token", call).await?;
        let id_token = grant
            .id_token
            .ok_or(SignInError::Malformed("there is no id token"))?;
        let expected = Expected {
            issuer: &self.issuer,
            app: &self.app,
            nonce,
            now,
        };
        let user = id_token::verify(&id_token, &self.keys, &expected).await?;
        Ok((user, grant.refresh_token))
    }

    /// The next refresh token for this one.
    pub async fn refresh(&self, token: &str) -> Result<Grant, SignInError> {
        let call = self.post("/token").json(&json!({
            "grant_type": "refresh_token", "refresh_token": token, "client_id": self.app,
        }));
        self.answer("/oauth/token", call).await
    }

    /// Ends a refresh token. Where that fails it ends by itself, later.
    pub async fn revoke(&self, token: &str) {
        let body = json!({"token": token, "client_id": self.app});
        let call = self.post("/revoke").json(&body);
        let ended: Result<serde::de::IgnoredAny, _> = self.answer("/oauth/revoke", call).await;
        // RFC 7009 promises no body.
        if let Err(error) = ended
            && !matches!(error, SignInError::Malformed(_))
        {
            tracing::warn!(%error, "a sign-in can't be ended at Whop");
        }
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let call = self.client.post(format!("{}{path}", self.url));
        match &self.secret {
            Some(secret) => call.basic_auth(&*self.app, Some(secret.expose())),
            None => call,
        }
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        route: &'static str,
        call: RequestBuilder,
    ) -> Result<T, SignInError> {
        let started = Instant::now();
        let answer = call.timeout(PATIENCE).send().await;
        let outcome = match &answer {
            Ok(answer) => metrics::class(answer.status()),
            Err(error) if error.is_timeout() => "timed_out",
            Err(_) => "unreachable",
        };
        self.metrics.called(route, outcome, started.elapsed());
        let mut answer = answer.map_err(reqwest::Error::without_url)?;
        let status = answer.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(SignInError::Failed(status));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(SignInError::Malformed("it is too long"));
            }
        }
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|_| SignInError::Malformed("it is not the JSON that OAuth has here"));
        }
        let problem = serde_json::from_slice(&body).map(|problem: OAuthProblem| problem.error);
        match problem {
            Ok(word) if word == "invalid_grant" => Err(SignInError::NotGranted),
            Ok(word) if crate::identifier::is_safe(&word) => {
                Err(SignInError::Refused(status, word))
            }
            _ => Err(SignInError::Refused(status, "no reason".to_owned())),
        }
    }
}

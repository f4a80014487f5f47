use crate::read::read_object;
use crate::{CompanyId, Extra, Timestamp, UserId};
use serde::Serialize;

/// The body of `POST /access_tokens`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AccessTokenCreate {
    /// The company that the token is for. Embedded chat needs it together with `user_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The user that the token speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Scopes such as `chat:read`; none means all that the caller has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoped_actions: Option<Vec<String>>,
    /// One hour from now when missing, three hours at the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

read_object!(AccessTokenCreate {
    company_id: optional "company_id",
    user_id: optional "user_id",
    scoped_actions: optional "scoped_actions",
    expires_at: optional "expires_at",
});

/// The answer of `POST /access_tokens`.
#[derive(Clone, PartialEq, Serialize)]
pub struct AccessToken {
    /// A JWT, for `Authorization: Bearer`.
    pub token: String,
    /// From then on the token is refused.
    pub expires_at: Timestamp,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(AccessToken {
    token: required "token",
    expires_at: required "expires_at",
} extra);

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "AccessToken {{ expires_at: {:?}, .. }}",
            self.expires_at
        )
    }
}

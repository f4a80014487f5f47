use super::user::UserReference;
use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{ChannelId, CompanyId, Extra, Timestamp};
use serde::Serialize;

/// A customer's conversation with a company's team, of `GET /support_channels/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SupportChannel {
    /// The feed's id, `feed_…`.
    pub id: ChannelId,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// The name given to it.
    pub custom_name: Option<String>,
    /// The customer.
    pub customer_user: Option<UserReference>,
    /// When the newest message was posted.
    pub last_message_at: Option<Timestamp>,
    /// When the team said that all is answered; nothing while it isn't.
    pub resolved_at: Option<Timestamp>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(SupportChannel {
    id: required "id",
    company_id: optional "company_id",
    custom_name: optional "custom_name",
    customer_user: optional "customer_user",
    last_message_at: optional "last_message_at",
    resolved_at: optional "resolved_at",
} extra);

/// The body of `POST /support_channels`. The channel that the customer has already is answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SupportChannelCreate {
    /// The company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The same under its newer name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<CompanyId>,
    /// The customer's id or username.
    pub user_id: String,
    /// A name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<String>,
}

read_object!(SupportChannelCreate {
    company_id: optional "company_id",
    account_id: optional "account_id",
    user_id: required "user_id",
    custom_name: optional "custom_name",
});

open_enum! {
    /// Whose side of the counter a list of support channels is seen from.
    SupportView {
        /// Both.
        All = "all",
        /// The team's.
        Admin = "admin",
        /// The customer's.
        Customer = "customer",
    }
}

open_enum! {
    /// What a list of support channels is ordered by.
    SupportOrder {
        /// When they were opened.
        CreatedAt = "created_at",
        /// When the newest message was posted.
        LastPostSentAt = "last_post_sent_at",
    }
}

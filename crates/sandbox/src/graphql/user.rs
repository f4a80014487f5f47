use super::post::Attachment;
use super::scalar::Timestamp;
use crate::database::{Database, StoredUser};
use async_graphql::{ID, SimpleObject};

/// Who asks.
#[derive(Debug, SimpleObject)]
pub struct Viewer {
    user: User,
}

/// The one who asks, as only they are told. What the sandbox doesn't know of people is null.
#[derive(Debug, SimpleObject)]
pub struct User {
    id: ID,
    name: Option<String>,
    username: String,
    email: Option<String>,
    bio: Option<String>,
    phone_verified: bool,
    banner_image: Option<String>,
    created_at: Timestamp,
    date_of_birth_day: Option<i32>,
    date_of_birth_month: Option<i32>,
    date_of_birth_year: Option<i32>,
    ledger_account: LedgerAccount,
    profile_picture: Option<Attachment>,
}

/// Nobody has money here.
#[derive(Debug, SimpleObject)]
pub struct LedgerAccount {
    id: ID,
    transfer_fee: Option<f64>,
    balance_caches: BalanceCacheConnection,
}

#[derive(Debug, SimpleObject)]
pub struct BalanceCacheConnection {
    nodes: Vec<BalanceCache>,
}

#[derive(Debug, SimpleObject)]
pub struct BalanceCache {
    balance: f64,
    pending_balance: f64,
    currency: String,
}

/// Anybody, as all are told.
#[derive(Clone, Debug, SimpleObject)]
pub struct PublicProfileUser {
    id: ID,
    name: Option<String>,
    username: String,
    bio: Option<String>,
    phone_verified: bool,
    city: Option<String>,
    country: Option<String>,
    created_at: Timestamp,
    banner: Option<Attachment>,
    user_stat: Option<UserStat>,
    profile_picture: Option<Attachment>,
}

#[derive(Clone, Debug, SimpleObject)]
#[allow(clippy::struct_field_names, reason = "the API's names")]
pub struct UserStat {
    #[graphql(name = "moneyEarned24Hours")]
    money_earned_24_hours: Option<f64>,
    #[graphql(name = "moneyEarned30Days")]
    money_earned_30_days: Option<f64>,
    #[graphql(name = "moneyEarned7Days")]
    money_earned_7_days: Option<f64>,
    money_earned_lifetime: Option<f64>,
}

impl Viewer {
    pub fn new(database: &Database, user: &StoredUser) -> Self {
        Self {
            user: User {
                id: user.id.as_str().into(),
                name: user.name.clone(),
                username: user.username.clone(),
                email: Some(user.email()),
                bio: user.bio.clone(),
                phone_verified: false,
                banner_image: None,
                created_at: Timestamp::from_millis(user.created_at),
                date_of_birth_day: None,
                date_of_birth_month: None,
                date_of_birth_year: None,
                ledger_account: LedgerAccount {
                    id: format!("ldgr_{}", user.username).into(),
                    transfer_fee: None,
                    balance_caches: BalanceCacheConnection { nodes: Vec::new() },
                },
                profile_picture: picture(database, user),
            },
        }
    }
}

impl PublicProfileUser {
    pub fn new(database: &Database, user: &StoredUser) -> Self {
        Self {
            id: user.id.as_str().into(),
            name: user.name.clone(),
            username: user.username.clone(),
            bio: user.bio.clone(),
            phone_verified: false,
            city: None,
            country: None,
            created_at: Timestamp::from_millis(user.created_at),
            banner: None,
            user_stat: None,
            profile_picture: picture(database, user),
        }
    }
}

fn picture(database: &Database, user: &StoredUser) -> Option<Attachment> {
    let url = database.picture_of(&user.id)?;
    let id = format!("portrait_{}", user.id);
    Some(Attachment::new(id, Some("image/png".to_owned()), Some(url)))
}

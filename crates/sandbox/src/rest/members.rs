use super::conversations::known_company;
use super::paging::{Paging, cursor};
use super::version::ApiVersion;
use super::{ApiError, Caller, PathOf, QueryOf};
use crate::company;
use crate::database::{Database, Position, StoredUser, page_of};
use crate::state::Sandbox;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use wire::Timestamp;
use wire::rest::Page;

/// What members' ids begin with; the rest is their user's.
const PREFIX: &str = "mber_";

/// Which members are wanted. All that the sandbox knows of a member's purchases is that there is one, of the one product.
#[derive(Debug, Default)]
struct Wanted {
    company: Option<String>,
    access_level: Option<String>,
    statuses: Vec<String>,
    user_ids: Vec<String>,
    actions: Vec<String>,
    product_ids: Vec<String>,
    holds_what_nobody_does: bool,
    query: Option<String>,
    after: Option<i64>,
    before: Option<i64>,
    is_newest_first: bool,
}

impl Wanted {
    fn read(query: &[(String, String)]) -> Result<Self, ApiError> {
        let mut wanted = Self {
            is_newest_first: true,
            ..Self::default()
        };
        for (name, value) in query {
            let values = || value.split(',').map(ToOwned::to_owned);
            match name.trim_end_matches("[]") {
                "company_id" | "account_id" => wanted.company = Some(value.clone()),
                "access_level" => wanted.access_level = Some(value.clone()),
                "status" | "statuses" => wanted.statuses.extend(values()),
                "user_ids" => wanted.user_ids.extend(values()),
                "most_recent_actions" => wanted.actions.extend(values()),
                "product_ids" => wanted.product_ids.extend(values()),
                "plan_ids" | "promo_code_ids" => wanted.holds_what_nobody_does = true,
                "membership_status" => wanted.holds_what_nobody_does |= value != "active",
                "query" => wanted.query = Some(value.to_lowercase()),
                "created_after" => wanted.after = Some(moment(name, value)?),
                "created_before" => wanted.before = Some(moment(name, value)?),
                "direction" => {
                    wanted.is_newest_first = match value.as_str() {
                        "asc" => false,
                        "desc" => true,
                        _ => return Err(ApiError::bad_request("direction is asc or desc")),
                    }
                }
                _ => {}
            }
        }
        known_company([wanted.company.as_deref(), None])?;
        Ok(wanted)
    }

    fn wants(&self, user: &StoredUser, shows_email: bool) -> bool {
        let is_among = |list: &[String], value: &str| {
            list.is_empty() || list.iter().any(|listed| listed == value)
        };
        let says = |query: &String| {
            let name = user.name.as_deref().unwrap_or_default().to_lowercase();
            name.contains(query)
                || user.username.to_lowercase().contains(query)
                || (shows_email && user.email() == *query)
        };
        let level = self.access_level.as_deref();
        user.has_access()
            && !self.holds_what_nobody_does
            && level.is_none_or(|level| level == user.access_level.as_str())
            && is_among(&self.statuses, "joined")
            && is_among(&self.actions, "joined")
            && is_among(&self.product_ids, company::PRODUCT_ID)
            && is_among(&self.user_ids, &user.id)
            && self.query.as_ref().is_none_or(says)
            && self.after.is_none_or(|moment| user.created_at > moment)
            && self.before.is_none_or(|moment| user.created_at < moment)
    }
}

fn moment(name: &str, value: &str) -> Result<i64, ApiError> {
    Timestamp::from(value)
        .unix_millis()
        .ok_or_else(|| ApiError::bad_request(format!("{name} is not an RFC 3339 moment")))
}

/// `GET /members`: for those who run the company.
pub async fn list(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    QueryOf(query): QueryOf<Vec<(String, String)>>,
) -> Result<Json<Page<Value>>, ApiError> {
    caller.needs("member:basic:read")?;
    if !caller.has_api_key && !caller.may_moderate() {
        return Err(ApiError::Forbidden(
            "Only the company's team can list its members".to_owned(),
        ));
    }
    let wanted = Wanted::read(&query)?;
    let window = Paging::from_pairs(&query).window()?;
    sandbox
        .store()
        .run(move |database| {
            let mut users = database.users("")?;
            let shows_email = caller.has_scope("member:email:read");
            users.retain(|user| wanted.wants(user, shows_email));
            let position = |user: &StoredUser| Position {
                order: if wanted.is_newest_first {
                    -user.created_at
                } else {
                    user.created_at
                },
                id: user.id.to_string(),
            };
            users.sort_by_key(position);
            Ok(Json(page_of(users, &window, position, cursor, |user| {
                entity(database, &caller, &user, version)
            })))
        })
        .await
}

/// `GET /members/{id}`: for those who run the company, and the member.
pub async fn retrieve(
    State(sandbox): State<Sandbox>,
    caller: Caller,
    version: ApiVersion,
    PathOf(id): PathOf<String>,
) -> Result<Json<Value>, ApiError> {
    caller.needs("member:basic:read")?;
    sandbox
        .store()
        .run(move |database| {
            let user = match id.strip_prefix(PREFIX) {
                Some(rest) => database.user(&format!("user_{rest}"))?,
                None => None,
            };
            let may_see = |user: &StoredUser| {
                caller.has_api_key || caller.may_moderate() || caller.user.id == user.id
            };
            let user = user
                .filter(|user| user.has_access() && may_see(user))
                .ok_or(ApiError::NotFound("member"))?;
            let mut member = entity(database, &caller, &user, version);
            if version == ApiVersion::July {
                member["company"] = json!({
                    "id": company::COMPANY_ID,
                    "route": company::COMPANY_ROUTE,
                    "title": company::COMPANY_TITLE,
                });
            }
            Ok(Json(member))
        })
        .await
}

/// A member. Nobody has paid for anything: the sandbox sells nothing.
fn entity(database: &Database, caller: &Caller, user: &StoredUser, version: ApiVersion) -> Value {
    let joined_at = Timestamp::from_unix_millis(user.created_at);
    let email = caller.has_scope("member:email:read").then(|| user.email());
    let id = format!("{PREFIX}{}", user.id.trim_start_matches("user_"));
    let mut member = json!({
        "id": id,
        "access_level": user.access_level,
        "created_at": joined_at,
        "joined_at": joined_at,
        "most_recent_action": "joined",
        "most_recent_action_at": joined_at,
        "status": "joined",
    });
    let more = match version {
        ApiVersion::July => json!({
            "company_token_balance": 0,
            "phone": null,
            "updated_at": joined_at,
            "usd_total_spent": 0,
            "user": {
                "id": user.id, "email": email, "name": user.name, "username": user.username,
            },
        }),
        ApiVersion::October => json!({
            "account_id": company::COMPANY_ID,
            "display_name": user.name.as_ref().unwrap_or(&user.username),
            "email": email,
            "last_accessed_at": null,
            "phone_number": null,
            "token_balance": 0,
            "usd_total_spent": {
                "amount": "0.00", "currency": "usd", "decimals": 2, "display_decimals": 2,
            },
            "user": {
                "id": user.id,
                "name": user.name,
                "profile_picture": {"url": database.portrait_address(&user.id)},
                "username": user.username,
            },
        }),
    };
    if let (Value::Object(member), Value::Object(more)) = (&mut member, more) {
        member.extend(more);
    }
    member
}

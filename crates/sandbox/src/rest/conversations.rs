use super::ApiError;
use crate::clock::new_id;
use crate::company;
use crate::database::{Database, Feed, StoredMember, StoredMessage, StoredUser};
use crate::socket::{Badge, ConversationNews};
use wire::rest::{MemberStatus, NotificationPreference};

/// The company that a request names, by either of its names; nothing when it names none.
///
/// # Errors
/// 404 when it is another company.
pub fn known_company(names: [Option<&str>; 2]) -> Result<Option<&str>, ApiError> {
    match names.into_iter().flatten().next() {
        Some(id) if id != company::COMPANY_ID => Err(ApiError::NotFound("company")),
        id => Ok(id),
    }
}

/// A name as it is kept: without space around it, and none when nothing is left.
///
/// # Errors
/// 400 when it is too long.
pub fn checked_name(name: Option<String>) -> Result<Option<String>, ApiError> {
    const LONGEST: usize = 100;
    let name = name.map(|name| name.trim().to_owned());
    if name
        .as_ref()
        .is_some_and(|name| name.chars().count() > LONGEST)
    {
        return Err(ApiError::bad_request(format!(
            "custom_name is longer than {LONGEST} characters"
        )));
    }
    Ok(name.filter(|name| !name.is_empty()))
}

/// The user of that id or username.
///
/// # Errors
/// 404.
pub fn named_user(database: &Database, name: &str) -> Result<StoredUser, ApiError> {
    database.user_named(name)?.ok_or(ApiError::NotFound("user"))
}

/// What a new message changes in its conversation: its author has seen all and takes part, the others have one more to
/// read, and a customer who writes again opens a support chat that was resolved.
pub fn after_post(
    database: &Database,
    feed: &Feed,
    message: &StoredMessage,
    author: &StoredUser,
) -> Result<ConversationNews, ApiError> {
    let mut news = ConversationNews::default();
    let Some(conversation) = feed.conversation() else {
        return Ok(news);
    };
    let mut member = match conversation.member(&author.id) {
        Some(member) => member.clone(),
        None => joining(feed, author, message.created_at),
    };
    member.last_viewed_at = Some(message.created_at);
    member.status = MemberStatus::Accepted;
    database.put_member(&member)?;
    news.members.push(member);
    for other in &conversation.members {
        if other.user_id != author.id {
            news.badges.push(Badge::of(database, other)?);
        }
    }
    let is_customer = conversation
        .customer
        .as_ref()
        .is_some_and(|customer| customer.id == author.id);
    if is_customer && conversation.resolved_at.is_some() {
        database.set_resolved(&conversation.id, None)?;
        news.conversation = database.conversation(&conversation.id)?;
        news.open_support = Some(database.open_support_conversations(company::COMPANY_ID)?);
    }
    Ok(news)
}

/// A place for somebody who joins at that moment, in milliseconds since the Unix epoch.
pub fn joining(feed: &Feed, user: &StoredUser, at: i64) -> StoredMember {
    StoredMember {
        id: new_id("dmm_"),
        conversation_id: feed.id().clone(),
        user_id: user.id.clone(),
        is_admin: false,
        joined_at: at,
        last_viewed_at: None,
        notification_preference: NotificationPreference::All,
        status: first_status(user),
    }
}

/// Members of one community know each other; whoever is none is asked first.
pub fn first_status(user: &StoredUser) -> MemberStatus {
    if user.has_access() {
        MemberStatus::Accepted
    } else {
        MemberStatus::Requested
    }
}

use super::post::ForumPost;
use crate::clock::{new_id, now_millis};
use crate::database::{Database, StoredForum, StoredForumPost};
use crate::rest::{ApiError, Caller};
use crate::rules::LONGEST_MESSAGE;
use async_graphql::{ID, InputObject};

const LONGEST_TITLE: usize = 200;

/// `CreateForumPostInput` of `@whop/api` 0.0.51, without files, polls and paywalls, which the sandbox refuses.
#[derive(Debug, InputObject)]
pub struct CreateForumPostInput {
    client_mutation_id: Option<String>,
    content: String,
    forum_experience_id: String,
    is_mention: Option<bool>,
    parent_id: Option<ID>,
    pinned: Option<bool>,
    title: Option<String>,
}

/// A forum's newest posts, the newest first.
///
/// # Errors
/// 403 without access.
pub fn posts(
    database: &Database,
    caller: &Caller,
    forum: &StoredForum,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<ForumPost>, ApiError> {
    caller.needs("chat:read")?;
    sees(caller)?;
    let posts = database.forum_posts(&forum.experience_id, before, limit)?;
    let posts = posts.into_iter().map(|post| ForumPost::new(database, post));
    Ok(posts.collect::<Result<_, _>>()?)
}

fn sees(caller: &Caller) -> Result<(), ApiError> {
    if caller.is_app || caller.user.has_access() {
        Ok(())
    } else {
        Err(ApiError::Forbidden(
            "You have no access to this forum".to_owned(),
        ))
    }
}

/// Posts in a forum.
///
/// # Errors
/// 400, 403 or 404, as the REST routes refuse messages.
pub fn create_post(
    database: &Database,
    caller: &Caller,
    input: CreateForumPostInput,
) -> Result<ForumPost, ApiError> {
    caller.needs("chat:message:create")?;
    let forum = database
        .forum(&input.forum_experience_id)?
        .ok_or(ApiError::NotFound("forum"))?;
    sees(caller)?;
    let length = input.content.chars().count();
    if input.content.trim().is_empty() || length > LONGEST_MESSAGE {
        return Err(ApiError::bad_request(format!(
            "content needs a text of at most {LONGEST_MESSAGE} characters"
        )));
    }
    let title = input.title.filter(|title| !title.trim().is_empty());
    if title
        .as_ref()
        .is_some_and(|title| title.chars().count() > LONGEST_TITLE)
    {
        return Err(ApiError::bad_request(format!(
            "title can be {LONGEST_TITLE} characters at the most"
        )));
    }
    if let Some(parent) = &input.parent_id
        && database
            .forum_post(parent)?
            .is_none_or(|parent| parent.experience_id != forum.experience_id)
    {
        return Err(ApiError::bad_request(
            "parentId is not a post of this forum",
        ));
    }
    let is_pinned = input.pinned.unwrap_or_default();
    if (is_pinned || input.is_mention.unwrap_or_default()) && !caller.may_moderate() {
        return Err(ApiError::Forbidden(
            "Only admins can pin posts and mention everyone".to_owned(),
        ));
    }
    let post = StoredForumPost {
        id: new_id("post_"),
        experience_id: forum.experience_id,
        parent_id: input.parent_id.map(|id| id.0),
        title,
        content: input.content,
        user_id: caller.user.id.clone(),
        created_at: now_millis(),
        is_pinned,
    };
    database.add_forum_post(&post)?;
    Ok(ForumPost::new(database, post)?)
}

/// The forum of that id or name; a new one of that name, if there is none.
///
/// # Errors
/// 400 without a name, 403 for members.
pub fn find_or_create(
    database: &Database,
    caller: &Caller,
    id: Option<&str>,
    name: String,
) -> Result<StoredForum, ApiError> {
    if let Some(forum) = database.forum(id.unwrap_or(&name))? {
        return Ok(forum);
    }
    may_create(caller, &name)?;
    let forum = StoredForum {
        experience_id: new_id("exp_"),
        name,
        created_at: now_millis(),
    };
    database.add_forum(&forum)?;
    Ok(forum)
}

/// Whether the caller may make an experience of that name.
///
/// # Errors
/// 400 or 403.
pub fn may_create(caller: &Caller, name: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_TITLE {
        return Err(ApiError::bad_request(format!(
            "name needs a text of at most {LONGEST_TITLE} characters"
        )));
    }
    if caller.may_moderate() {
        Ok(())
    } else {
        Err(ApiError::Forbidden(
            "Only admins can make experiences".to_owned(),
        ))
    }
}

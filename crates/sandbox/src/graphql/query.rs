#![allow(
    clippy::unused_self,
    reason = "the macro asks for a receiver; all that is asked for is in the context"
)]

use super::access::{self, HasAccessResult};
use super::discovery::{self, DiscoverySearchResponse};
use super::dms::{self, DmsChannel, DmsFeedMemberStatuses};
use super::forums;
use super::post::{DmsFeedData, DmsPost, FeedPostsResponse, PostTypes};
use super::scalar::BigInt;
use super::user::{PublicProfileUser, Viewer};
use crate::database::{Database, Position, Window};
use crate::rest::{ApiError, Caller, Doing};
use crate::state::Sandbox;
use async_graphql::{Context, Enum, Error, ErrorExtensions as _, ID, Object, Result};
use wire::rest::Direction;

const USUAL_POSTS: usize = 20;
const MOST_POSTS: usize = 100;

/// Who asks whom: the data of every request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// Who asks.
    pub caller: Caller,
}

impl Asked {
    /// That of this request.
    ///
    /// # Errors
    /// When the request was made without; a route's mistake.
    pub fn by(context: &Context<'_>) -> Result<Self> {
        Ok(Self {
            sandbox: context.data::<Sandbox>()?.clone(),
            caller: context.data::<Caller>()?.clone(),
        })
    }

    /// Asks the database.
    ///
    /// # Errors
    /// What the work refuses.
    pub async fn read<T: Send + 'static>(
        self,
        work: impl FnOnce(&Database, &Caller) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T> {
        let Self { sandbox, caller } = self;
        sandbox
            .store()
            .run(move |database| work(database, &caller))
            .await
            .map_err(refused)
    }
}

/// A refusal of the REST routes as GraphQL tells it.
pub fn refused(error: impl Into<ApiError>) -> Error {
    let error = error.into();
    error.log();
    let code = error.code();
    Error::new(error.to_string()).extend_with(|_, extensions| extensions.set("code", code))
}

/// Which kind of feed an id is of. The sandbox's ids say so themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "snake_case")]
pub enum FeedTypes {
    ChatFeed,
    DmsFeed,
    ForumFeed,
    LivestreamFeed,
    UniversalPost,
    User,
}

/// What can be read.
#[derive(Debug)]
pub struct Query;

#[Object(name = "PublicQuery")]
impl Query {
    /// Who asks.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer> {
        let asked = Asked::by(context)?;
        asked
            .read(|database, caller| Ok(Viewer::new(database, &caller.user)))
            .await
    }

    /// Somebody's profile, by id or username.
    async fn public_user(&self, context: &Context<'_>, id: ID) -> Result<PublicProfileUser> {
        let asked = Asked::by(context)?;
        asked
            .read(move |database, _| {
                let user = database.user_named(&id)?;
                let user = user.ok_or(ApiError::NotFound("user"))?;
                Ok(PublicProfileUser::new(database, &user))
            })
            .await
    }

    /// Whether somebody may see an experience: the one who asks, unless another is named.
    async fn has_access_to_experience(
        &self,
        context: &Context<'_>,
        experience_id: ID,
        user_id: Option<ID>,
    ) -> Result<HasAccessResult> {
        access::check(context, experience_id.0, user_id.map(|id| id.0)).await
    }

    /// Whether somebody may see a product.
    async fn has_access_to_access_pass(
        &self,
        context: &Context<'_>,
        access_pass_id: ID,
        user_id: Option<ID>,
    ) -> Result<HasAccessResult> {
        access::check(context, access_pass_id.0, user_id.map(|id| id.0)).await
    }

    /// Whether somebody belongs to a company.
    async fn has_access_to_company(
        &self,
        context: &Context<'_>,
        company_id: ID,
        user_id: Option<ID>,
    ) -> Result<HasAccessResult> {
        access::check(context, company_id.0, user_id.map(|id| id.0)).await
    }

    /// The newest posts of a chat, a forum or a DM, the newest first.
    #[allow(clippy::too_many_arguments, reason = "the API has so many")]
    async fn feed_posts(
        &self,
        context: &Context<'_>,
        chat_experience_id: Option<ID>,
        forum_experience_id: Option<ID>,
        feed_id: Option<ID>,
        feed_type: Option<FeedTypes>,
        before: Option<BigInt>,
        limit: Option<i32>,
    ) -> Result<FeedPostsResponse> {
        let asked = Asked::by(context)?;
        if let Some(FeedTypes::LivestreamFeed | FeedTypes::UniversalPost) = feed_type {
            return Err(refused(ApiError::bad_request(
                "The sandbox has chats, forums and DMs only",
            )));
        }
        let limit = counted(limit)?;
        let before = before.map(|BigInt(millis)| millis);
        let id = chat_experience_id
            .or(forum_experience_id)
            .or(feed_id)
            .ok_or_else(|| refused(ApiError::bad_request("Say which feed: feedId is missing")))?;
        asked
            .read(move |database, caller| {
                let posts = match database.forum(&id)? {
                    Some(forum) => forums::posts(database, caller, &forum, before, limit)?
                        .into_iter()
                        .map(PostTypes::Forum)
                        .collect(),
                    None => messages(database, caller, &id, before, limit)?
                        .into_iter()
                        .map(PostTypes::Dms)
                        .collect(),
                };
                Ok(FeedPostsResponse { posts })
            })
            .await
    }

    /// The newest messages of a DM or a chat, the newest first.
    async fn dms_feed_data(
        &self,
        context: &Context<'_>,
        feed_id: ID,
        posts_limit: Option<i32>,
    ) -> Result<DmsFeedData> {
        let asked = Asked::by(context)?;
        let limit = counted(posts_limit)?;
        asked
            .read(move |database, caller| {
                let posts = messages(database, caller, &feed_id, None, limit)?;
                Ok(DmsFeedData { posts })
            })
            .await
    }

    /// The DMs of the one who asks, the most recently active first.
    #[graphql(name = "myDmsChannelsV2")]
    async fn my_dms_channels_v2(
        &self,
        context: &Context<'_>,
        before_timestamp: Option<BigInt>,
        limit: Option<i32>,
        query: Option<String>,
        status: Option<DmsFeedMemberStatuses>,
        unread: Option<bool>,
    ) -> Result<Vec<DmsChannel>> {
        let asked = Asked::by(context)?;
        let wanted = dms::Wanted {
            before: before_timestamp.map(|BigInt(millis)| millis),
            limit: counted(limit)?,
            query,
            status,
            unread,
        };
        asked
            .read(move |database, caller| dms::channels(database, caller, &wanted))
            .await
    }

    /// Products that anybody may find.
    #[allow(clippy::unused_async, reason = "as all the others are")]
    async fn discovery_search(&self, query: String) -> DiscoverySearchResponse {
        discovery::search(&query)
    }
}

fn counted(limit: Option<i32>) -> Result<usize> {
    limit
        .map_or(Some(USUAL_POSTS), |limit| usize::try_from(limit).ok())
        .filter(|limit| (1..=MOST_POSTS).contains(limit))
        .ok_or_else(|| refused(ApiError::bad_request("A limit must be from 1 to 100")))
}

/// Messages of a feed that the caller may read, the newest first.
fn messages(
    database: &Database,
    caller: &Caller,
    feed_id: &str,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<DmsPost>, ApiError> {
    let feed = caller.feed(database, feed_id, Doing::Reading)?;
    // The order is the newest first: what is before that moment comes after it.
    let after = before.map(|order| Position {
        order,
        id: String::new(),
    });
    let window = Window {
        after,
        limit,
        ..Window::default()
    };
    let stored = database.stored_messages_page(feed.id(), &Direction::Descending, &window)?;
    let posts = stored
        .into_iter()
        .map(|stored| DmsPost::new(database, stored));
    Ok(posts.collect::<Result<_, _>>()?)
}

use super::client::subscription_state;
use super::frames::{entity_base, text_millis};
use super::hub::{Audience, Hub};
use super::subscription::channel;
use crate::clock::now_millis;
use crate::company;
use crate::database::{Database, DatabaseError, Feed, StoredConversation, StoredMember};
use crate::state::Sandbox;
use serde_json::json;
use wire::rest::{MemberStatus, NotificationPreference};
use wire::socket::{
    ChannelKind, DisconnectionReason, DmsFeed, DmsFeedMember, DmsUnreadBadgeUpdate, FeedEntity,
    ServerFrame, SupportTicketBadgeUpdate,
};
use wire::{ChannelId, Extra, Millis, Timestamp, UserId};

/// What those who may see a conversation are told besides its messages.
#[derive(Debug, Default)]
pub struct ConversationNews {
    /// The conversation was opened, renamed, resolved or opened again.
    pub conversation: Option<StoredConversation>,
    /// It is gone, with all its messages.
    pub is_deleted: bool,
    /// Those who joined, or whose place changed.
    pub members: Vec<StoredMember>,
    /// Those who left.
    pub left: Vec<StoredMember>,
    /// How much some of them have not seen.
    pub badges: Vec<Badge>,
    /// How many support chats are open now, where that changed.
    pub open_support: Option<u64>,
}

/// How much a member has not seen.
#[derive(Debug)]
pub struct Badge {
    /// Who.
    pub user_id: UserId,
    /// How many messages.
    pub count: u64,
    /// Up to when they have read, in milliseconds since the Unix epoch.
    pub last_viewed_at: Option<i64>,
}

impl Badge {
    /// The badge of that member as it is now.
    pub fn of(database: &Database, member: &StoredMember) -> Result<Self, DatabaseError> {
        Ok(Self {
            user_id: member.user_id.clone(),
            count: database.unread_of(member)?,
            last_viewed_at: member.last_viewed_at,
        })
    }
}

impl Hub {
    /// Tells the news to those who may see the feed, and to nobody else. The feed is given as it was while whoever left was
    /// still in it. Who left, or whose conversation is gone, is taken out of its websocket channel.
    pub fn tell(&self, feed: &Feed, news: &ConversationNews) {
        let now = now_millis();
        let send = |audience, entity: FeedEntity| {
            let frame = ServerFrame {
                feed_entity: Some(entity),
                ..ServerFrame::default()
            };
            self.send(&audience, None, frame);
        };
        if let Some(conversation) = &news.conversation {
            let entity = conversation_entity(conversation, news.is_deleted, now);
            send(Audience::People(feed, None), entity);
        }
        let members = news.members.iter().map(|member| (member, false));
        let left = news.left.iter().map(|member| (member, true));
        for (member, has_left) in members.chain(left) {
            let user_id = member.user_id.as_str();
            let entity = |is_own| member_entity(feed, member, has_left, is_own, now);
            send(Audience::User(user_id), entity(true));
            send(Audience::People(feed, Some(user_id)), entity(false));
        }
        for badge in &news.badges {
            send(Audience::User(&badge.user_id), badge_entity(feed, badge));
        }
        if let Some(open_count) = news.open_support {
            let frame = ServerFrame {
                support_ticket_badge_update: Some(SupportTicketBadgeUpdate {
                    open_count,
                    bot_id: company::COMPANY_ID.to_owned(),
                    extra: Extra::default(),
                }),
                ..ServerFrame::default()
            };
            self.send(&Audience::Admins, None, frame);
        }
        if news.is_deleted {
            self.show_out(feed.id(), None);
        }
        for member in &news.left {
            self.show_out(feed.id(), Some(&member.user_id));
        }
    }

    fn show_out(&self, feed_id: &ChannelId, user_id: Option<&str>) {
        let channel = channel(ChannelKind::Dms, feed_id.as_str());
        for id in self.evict(&channel, user_id) {
            let reason = DisconnectionReason::NoAccess;
            self.answer(id, subscription_state(channel.clone(), Some(reason)));
        }
    }
}

/// Remembers up to when a member has read (milliseconds since the Unix epoch; now, where they don't say), and tells it.
pub(super) async fn mark_read(
    sandbox: &Sandbox,
    conversation_id: ChannelId,
    user_id: UserId,
    until: Option<i64>,
) {
    let hub = sandbox.hub().clone();
    let marked = sandbox.store().run_then(
        move |database| {
            let Some(feed) = database.feed(&conversation_id)? else {
                return Ok(None);
            };
            let Some(member) = feed
                .conversation()
                .and_then(|conversation| conversation.member(&user_id))
            else {
                return Ok(None);
            };
            let now = now_millis();
            // Nobody has read what comes later, and what was read stays read.
            let until = until.unwrap_or(now).min(now);
            if member.last_viewed_at.is_some_and(|viewed| viewed >= until) {
                return Ok(None);
            }
            let member = StoredMember {
                last_viewed_at: Some(until),
                ..member.clone()
            };
            database.put_member(&member)?;
            let news = ConversationNews {
                badges: vec![Badge::of(database, &member)?],
                members: vec![member],
                ..ConversationNews::default()
            };
            Ok::<_, DatabaseError>(Some((feed, news)))
        },
        move |marked| {
            if let Some((feed, news)) = marked {
                hub.tell(feed, news);
            }
        },
    );
    if let Err(error) = marked.await {
        tracing::error!(%error, "a read mark could not be stored");
    }
}

fn conversation_entity(
    conversation: &StoredConversation,
    is_deleted: bool,
    now: i64,
) -> FeedEntity {
    let mut extra = entity_base("dms_feed");
    extra.insert("createdAt", json!(conversation.created_at));
    extra.insert("updatedAt", json!(now));
    extra.insert("feedType", json!("dms_feed"));
    extra.insert(
        "sortKey",
        json!(format!("{:015}", conversation.active_at())),
    );
    if let Some(company_id) = conversation
        .company_id
        .as_ref()
        .filter(|_| conversation.is_support())
    {
        extra.insert("botId", json!(company_id));
    }
    FeedEntity {
        dms_feed: Some(DmsFeed {
            entity_id: conversation.id.clone(),
            custom_name: conversation.name.clone().unwrap_or_default(),
            customer_user_id: conversation
                .customer
                .as_ref()
                .map(|customer| customer.id.clone()),
            resolved_at: conversation.resolved_at.map(Timestamp::from_unix_millis),
            deleted: is_deleted,
            extra,
        }),
        ..FeedEntity::default()
    }
}

/// What a member wants to be notified of is told to nobody else.
fn member_entity(
    feed: &Feed,
    member: &StoredMember,
    has_left: bool,
    is_own: bool,
    now: i64,
) -> FeedEntity {
    let mut extra = entity_base("dms_feed_member");
    let company_id = feed
        .conversation()
        .and_then(|conversation| conversation.company_id.as_deref());
    extra.insert("createdAt", json!(member.joined_at));
    extra.insert("updatedAt", json!(now));
    extra.insert("feedType", json!("dms_feed"));
    extra.insert("companyId", json!(company_id.unwrap_or_default()));
    extra.insert("sortKey", json!(format!("{:015}", member.joined_at)));
    extra.insert("lastTypedAt", json!(0));
    extra.insert("status", json!(status(&member.status)));
    let preference = match &member.notification_preference {
        _ if !is_own => "UNKNOWN_PREFERENCE",
        NotificationPreference::All => "ALL",
        NotificationPreference::Mentions => "MENTIONS",
        NotificationPreference::Nothing => "NONE",
        NotificationPreference::Unknown(value) => value,
    };
    extra.insert("notificationPreference", json!(preference));
    FeedEntity {
        dms_feed_member: Some(DmsFeedMember {
            entity_id: member.id.clone(),
            feed_id: member.conversation_id.clone(),
            user_id: member.user_id.clone(),
            last_viewed_at: Millis::new(member.last_viewed_at.unwrap_or_default()),
            deleted: has_left,
            extra,
        }),
        ..FeedEntity::default()
    }
}

/// The websocket has spellings of its own, and no word for `hidden` but this.
fn status(status: &MemberStatus) -> &str {
    match status {
        MemberStatus::Requested => "REQUESTED",
        MemberStatus::Accepted => "ACCEPTED",
        MemberStatus::Hidden => "REJECTED",
        MemberStatus::Closed => "CLOSED",
        MemberStatus::Archived => "ARCHIVED",
        MemberStatus::Unknown(value) => value,
    }
}

fn badge_entity(feed: &Feed, badge: &Badge) -> FeedEntity {
    let mut extra = Extra::default();
    extra.insert(
        "lastViewedAt",
        json!(badge.last_viewed_at.and_then(text_millis)),
    );
    FeedEntity {
        dms_unread_badge_update: Some(DmsUnreadBadgeUpdate {
            feed_id: feed.id().clone(),
            count: badge.count,
            extra,
        }),
        ..FeedEntity::default()
    }
}

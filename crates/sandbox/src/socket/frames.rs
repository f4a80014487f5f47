use crate::database::{Feed, ReactionMeaning, StoredChannel, StoredMessage, StoredReaction};
use serde_json::{Value, json};
use wire::rest::{Attachment, Message, MessageType, WhoCanPost, WhoCanReact};
use wire::socket::{
    ChatFeed, Dimensions, DmsPost, FeedEntity, FileAttachment, LinkEmbed, MutedUser,
    PostReactionCount, PostReactionCountUpdate, ReactionEntity, ReactionKind, ServerFrame,
    SocketUser, UpdatedFields,
};
use wire::{Extra, Millis};

/// A change of a feed, as the REST routes made it.
#[derive(Clone, Copy, Debug)]
pub enum FeedChange<'a> {
    /// A message was posted, edited or pinned.
    Post(&'a StoredMessage),
    /// A message was deleted.
    Deletion(&'a StoredMessage),
    /// A reaction or a vote was made, replaced or taken back.
    Reaction(ReactionChange<'a>),
    /// The channel's settings changed.
    Settings,
    /// A user was muted, or is not any more.
    Mute(Mute<'a>),
}

/// A mute of one user.
#[derive(Clone, Copy, Debug)]
pub struct Mute<'a> {
    /// Who.
    pub user_id: &'a str,
    /// Until when, in milliseconds since the Unix epoch; nothing when the mute was lifted.
    pub until: Option<i64>,
}

/// A change of one user's reaction.
#[derive(Clone, Copy, Debug)]
pub struct ReactionChange<'a> {
    /// The new reaction.
    pub added: Option<&'a StoredReaction>,
    /// The one that is gone.
    pub removed: Option<&'a StoredReaction>,
    /// The message as it is now.
    pub message: &'a StoredMessage,
}

/// From far, one of the sandbox's landscapes looks like the other: a dark sky, light towards the hills.
const BLURHASH: &str = "LHGRq~of00of~qofM{of00of?bof";

/// The frames that tell the change, in their order.
pub fn feed_frames(feed: &Feed, change: FeedChange<'_>, now: i64) -> Vec<ServerFrame> {
    let entities = match change {
        FeedChange::Post(message) => posts(feed, message),
        FeedChange::Deletion(message) => vec![deletion(feed, message, now)],
        FeedChange::Reaction(change) => reaction_entities(feed, change, now),
        FeedChange::Settings => feed
            .chat()
            .map(|channel| settings(channel, now))
            .into_iter()
            .collect(),
        FeedChange::Mute(change) => vec![mute(feed, change, now)],
    };
    entities
        .into_iter()
        .map(|entity| ServerFrame {
            feed_entity: Some(entity),
            ..ServerFrame::default()
        })
        .collect()
}

/// The frame as text, with its three times: made, heard of and sent at once, as everything here is one process.
pub fn text(mut frame: ServerFrame, now: i64) -> Result<String, serde_json::Error> {
    let now = text_millis(now);
    frame.created_at = frame.created_at.or_else(|| now.clone());
    frame.processed_at.clone_from(&now);
    frame.delivered_at = now;
    serde_json::to_string(&frame)
}

/// Milliseconds as protobuf's JSON writes them: a string.
pub fn text_millis(millis: i64) -> Option<Millis> {
    serde_json::from_value(Value::String(millis.to_string())).ok()
}

/// What every entity of a feed carries besides its own fields.
pub(super) fn entity_base(entity_type: &str) -> Extra {
    let mut extra = Extra::default();
    extra.insert("entityType", json!(entity_type));
    extra.insert("isSynced", json!(true));
    extra
}

/// One frame, or two where there are links: Whop tells of a message first and reads the pages that it links to then.
fn posts(feed: &Feed, stored: &StoredMessage) -> Vec<FeedEntity> {
    let finished = post(feed, stored);
    if stored.links.is_empty() {
        return vec![finished];
    }
    let mut unread = stored.clone();
    for link in &mut unread.links {
        *link = LinkEmbed {
            url: link.url.clone(),
            processing: true,
            ..LinkEmbed::default()
        };
    }
    vec![post(feed, &unread), finished]
}

fn post(feed: &Feed, stored: &StoredMessage) -> FeedEntity {
    let Message {
        content,
        message_type,
        attachments,
        ..
    } = &stored.message;
    let mut extra = entity_base("dms_post");
    extra.insert("parentId", json!(""));
    extra.insert("title", json!(""));
    extra.insert("childrenCount", json!(0));
    let content = content.clone().unwrap_or_default();
    let post = DmsPost {
        entity_id: stored.message.id.clone(),
        created_at: Millis::new(stored.created_at),
        updated_at: Millis::new(stored.updated_at),
        deleted: false,
        feed_id: feed.id().clone(),
        feed_type: feed.type_name().to_owned(),
        user_id: stored.message.user.id.clone(),
        is_edited: stored.message.is_edited,
        markdown_content: content.clone(),
        content,
        rich_content: String::new(),
        replying_to_post_id: stored
            .message
            .replying_to_message_id
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        replying_to_post: None,
        is_pinned: stored.message.is_pinned,
        everyone_mentioned: stored.message.mentions_everyone,
        mentioned_user_ids: stored.message.mentions.clone(),
        view_count: 0,
        post_reaction_counts: reaction_counts(&stored.message),
        // The websocket has spellings of its own.
        message_type: Some(MessageType::Unknown(message_type.as_str().to_uppercase())),
        user: Some(SocketUser {
            id: stored.message.user.id.clone(),
            name: stored.message.user.name.clone(),
            username: stored.message.user.username.clone(),
            profile_picture: stored.author_picture.as_ref().map(|url| FileAttachment {
                original_url: url.clone(),
                file_name: "portrait.png".to_owned(),
                content_type: "image/png".to_owned(),
                ..FileAttachment::default()
            }),
            ..SocketUser::default()
        }),
        files: attachments.iter().flatten().map(file).collect(),
        gifs: Vec::new(),
        links: stored.links.clone(),
        poll: stored.message.poll.clone(),
        is_poster_admin: stored.is_poster_admin,
        experience_id: feed.experience_id().cloned(),
        sort_key: format!("{:015}", stored.created_at),
        extra,
    };
    FeedEntity {
        dms_post: Some(Box::new(post)),
        ..FeedEntity::default()
    }
}

/// Tells which message is gone, and nothing of what it said.
fn deletion(feed: &Feed, stored: &StoredMessage, now: i64) -> FeedEntity {
    let post = DmsPost {
        entity_id: stored.message.id.clone(),
        created_at: Millis::new(stored.created_at),
        updated_at: Millis::new(now.max(stored.updated_at + 1)),
        deleted: true,
        feed_id: feed.id().clone(),
        feed_type: feed.type_name().to_owned(),
        user_id: stored.message.user.id.clone(),
        experience_id: feed.experience_id().cloned(),
        sort_key: format!("{:015}", stored.created_at),
        extra: entity_base("dms_post"),
        ..DmsPost::default()
    };
    FeedEntity {
        dms_post: Some(Box::new(post)),
        ..FeedEntity::default()
    }
}

fn file(attachment: &Attachment) -> FileAttachment {
    let content_type = attachment.content_type.clone().unwrap_or_default();
    let size = attachment
        .width
        .zip(attachment.height)
        .map(|(width, height)| Dimensions {
            width,
            height,
            blurhash: BLURHASH.to_owned(),
            ..Dimensions::default()
        });
    let (image, video) = if content_type.starts_with("video/") {
        (None, size)
    } else {
        (size, None)
    };
    FileAttachment {
        id: attachment.id.clone(),
        original_url: attachment.url.clone().unwrap_or_default(),
        file_name: attachment.filename.clone().unwrap_or_default(),
        byte_size: attachment.byte_size.unwrap_or_default(),
        content_type,
        image,
        video,
        extra: Extra::default(),
    }
}

fn tally(kind: ReactionKind, value: &str, count: u64) -> PostReactionCount {
    PostReactionCount {
        reaction_type: kind,
        value: value.to_owned(),
        total_score: count.cast_signed(),
        user_count: count,
        ..PostReactionCount::default()
    }
}

fn reaction_counts(message: &Message) -> Vec<PostReactionCount> {
    let emoji = message.reaction_counts.iter().map(|own| {
        let value = own.emoji.as_deref().unwrap_or_default();
        tally(ReactionKind::Emoji, value, own.count)
    });
    let votes = message.poll_votes.iter().map(|own| {
        let value = own.option_id.as_deref().unwrap_or_default();
        tally(ReactionKind::Vote, value, own.count)
    });
    emoji.chain(votes).collect()
}

fn reaction_entities(feed: &Feed, change: ReactionChange<'_>, now: i64) -> Vec<FeedEntity> {
    let message = &change.message.message;
    let entity = |reaction: &StoredReaction, deleted: bool| {
        let mut extra = entity_base("reaction");
        extra.insert("createdAt", json!(now));
        extra.insert("postType", json!("dms_post"));
        extra.insert("feedType", json!(feed.type_name()));
        FeedEntity {
            reaction: Some(ReactionEntity {
                entity_id: reaction.id.clone(),
                post_id: reaction.message_id.clone(),
                feed_id: feed.id().clone(),
                user_id: reaction.user_id.clone(),
                reaction_type: kind(&reaction.meaning),
                value: reaction.meaning.spelling().to_owned(),
                score: i64::from(!deleted),
                deleted,
                updated_at: Millis::new(now),
                extra,
            }),
            ..FeedEntity::default()
        }
    };
    let mut entities: Vec<FeedEntity> = change
        .removed
        .map(|reaction| entity(reaction, true))
        .into_iter()
        .chain(change.added.map(|reaction| entity(reaction, false)))
        .collect();
    // One emoji's count, or, where a vote may have moved from one option to another, all of them.
    let single = change
        .added
        .or(change.removed)
        .filter(|reaction| kind(&reaction.meaning) == ReactionKind::Emoji)
        .map(|reaction| {
            let value = reaction.meaning.spelling();
            let count = message
                .reaction_counts
                .iter()
                .find(|own| own.emoji.as_deref() == Some(value))
                .map_or(0, |own| own.count);
            tally(ReactionKind::Emoji, value, count)
        });
    let mut extra = Extra::default();
    extra.insert("postType", json!("dms_post"));
    extra.insert("feedType", json!(feed.type_name()));
    entities.push(FeedEntity {
        post_reaction_count_update: Some(PostReactionCountUpdate {
            post_id: message.id.clone(),
            feed_id: feed.id().clone(),
            updated_fields_bitmask: if single.is_some() {
                UpdatedFields::SINGLE_REACTION
            } else {
                UpdatedFields::ALL_REACTIONS
            },
            view_count: None,
            post_reaction_counts: if single.is_some() {
                Vec::new()
            } else {
                reaction_counts(message)
            },
            single_reaction_count_update: single,
            extra,
        }),
        ..FeedEntity::default()
    });
    entities
}

fn kind(meaning: &ReactionMeaning) -> ReactionKind {
    match meaning {
        ReactionMeaning::Emoji(_) => ReactionKind::Emoji,
        ReactionMeaning::Vote(_) => ReactionKind::Vote,
    }
}

fn mute(feed: &Feed, change: Mute<'_>, now: i64) -> FeedEntity {
    let mut extra = entity_base("muted_user");
    extra.insert("entityId", json!(format!("mute_{}", change.user_id)));
    extra.insert("createdAt", json!(now));
    extra.insert("feedType", json!(feed.type_name()));
    FeedEntity {
        muted_user: Some(MutedUser {
            user_id: change.user_id.into(),
            feed_id: feed.id().clone(),
            muted_until: Millis::new(change.until.unwrap_or(now)),
            deleted: change.until.is_none(),
            updated_at: Some(Millis::new(now)),
            extra,
        }),
        ..FeedEntity::default()
    }
}

fn settings(channel: &StoredChannel, now: i64) -> FeedEntity {
    let mut extra = entity_base("chat_feed");
    extra.insert("createdAt", json!(channel.created_at));
    extra.insert("feedType", json!("chat_feed"));
    extra.insert("requiredProductIdsToWrite", json!([]));
    let post = match &channel.who_can_post {
        WhoCanPost::Everyone => "EVERYONE",
        WhoCanPost::Members => "MEMBERS",
        WhoCanPost::Admins => "ADMINS",
        WhoCanPost::ProductOwners => "PRODUCT_OWNERS",
        WhoCanPost::NoOne => "NONE",
        WhoCanPost::Unknown(value) => value,
    };
    let react = match &channel.who_can_react {
        WhoCanReact::Everyone => "EVERYONE",
        WhoCanReact::Members => "MEMBERS",
        WhoCanReact::Admins => "ADMINS",
        WhoCanReact::ProductOwners => "PRODUCT_OWNERS",
        WhoCanReact::NoOne => "NONE",
        WhoCanReact::Unknown(value) => value,
    };
    FeedEntity {
        chat_feed: Some(ChatFeed {
            entity_id: channel.id.clone(),
            experience_id: Some(channel.experience_id.clone()),
            ban_urls: Some(channel.ban_urls),
            ban_media: Some(channel.ban_media),
            // The websocket has spellings of its own.
            who_can_post: Some(WhoCanPost::Unknown(post.to_owned())),
            who_can_react: Some(WhoCanReact::Unknown(react.to_owned())),
            user_posts_cooldown_seconds: Some(channel.cooldown_seconds.unwrap_or_default()),
            deleted: false,
            updated_at: Millis::new(now),
            extra,
        }),
        ..FeedEntity::default()
    }
}

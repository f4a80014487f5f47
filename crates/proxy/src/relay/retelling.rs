//! What the REST routes and the webhooks say of a message, as the websocket says it: the listeners know one language.

use super::hub::Frame;
use crate::reads::is_conversation;
use wire::rest::{Attachment, Message, Reaction};
use wire::socket::{
    Dimensions, DmsPost, FeedEntity, FileAttachment, PostReactionCount, PostReactionCountUpdate,
    ReactionEntity, ReactionKind, ServerFrame, SocketUser, UpdatedFields,
};
use wire::{ChannelId, Millis, Timestamp};

fn feed_type(feed: &ChannelId) -> String {
    if is_conversation(feed) {
        "dms_feed"
    } else {
        "chat_feed"
    }
    .to_owned()
}

/// A message as it is now.
pub fn post(feed: &ChannelId, message: &Message) -> Option<Frame> {
    let user = &message.user;
    frame(FeedEntity {
        dms_post: Some(Box::new(DmsPost {
            entity_id: message.id.clone(),
            created_at: millis(&message.created_at)?,
            updated_at: millis(&message.updated_at)?,
            feed_id: feed.clone(),
            feed_type: feed_type(feed),
            user_id: user.id.clone(),
            is_edited: message.is_edited,
            content: message.content.clone().unwrap_or_default(),
            replying_to_post_id: message
                .replying_to_message_id
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            is_pinned: message.is_pinned,
            everyone_mentioned: message.mentions_everyone,
            mentioned_user_ids: message.mentions.clone(),
            view_count: message.view_count.unwrap_or_default(),
            post_reaction_counts: tallies(message),
            message_type: Some(message.message_type.clone()),
            user: Some(SocketUser {
                id: user.id.clone(),
                name: user.name.clone(),
                username: user.username.clone(),
                profile_picture: user.profile_picture.as_ref().map(|picture| FileAttachment {
                    original_url: picture.url.clone().unwrap_or_default(),
                    ..FileAttachment::default()
                }),
                ..SocketUser::default()
            }),
            files: message.attachments.iter().flatten().map(file).collect(),
            poll: message.poll.clone(),
            sort_key: format!("{:015}", millis(&message.created_at)?.get()),
            ..DmsPost::default()
        })),
        ..FeedEntity::default()
    })
}

/// A message is gone. `at` in milliseconds since the Unix epoch.
pub fn deletion(feed: &ChannelId, message: &Message, at: i64) -> Option<Frame> {
    frame(FeedEntity {
        dms_post: Some(Box::new(DmsPost {
            entity_id: message.id.clone(),
            created_at: millis(&message.created_at)?,
            updated_at: Millis::new(at),
            deleted: true,
            feed_id: feed.clone(),
            feed_type: feed_type(feed),
            user_id: message.user.id.clone(),
            ..DmsPost::default()
        })),
        ..FeedEntity::default()
    })
}

/// Somebody reacted or voted. `at` in milliseconds since the Unix epoch.
pub fn reaction(feed: &ChannelId, reaction: &Reaction, at: i64) -> Option<Frame> {
    let (kind, value) = match (&reaction.poll_option_id, &reaction.emoji) {
        (Some(option), _) => (ReactionKind::Vote, option),
        (None, Some(emoji)) => (ReactionKind::Emoji, emoji),
        (None, None) => return None,
    };
    frame(FeedEntity {
        reaction: Some(ReactionEntity {
            entity_id: reaction.id.clone(),
            post_id: reaction.resource_id.clone(),
            feed_id: feed.clone(),
            user_id: reaction.user.id.clone(),
            reaction_type: kind,
            value: value.clone(),
            score: 1,
            updated_at: Millis::new(at),
            ..ReactionEntity::default()
        }),
        ..FeedEntity::default()
    })
}

/// How many reacted to a message, and how.
pub fn counts(feed: &ChannelId, message: &Message) -> Option<Frame> {
    frame(FeedEntity {
        post_reaction_count_update: Some(PostReactionCountUpdate {
            post_id: message.id.clone(),
            feed_id: feed.clone(),
            updated_fields_bitmask: UpdatedFields::ALL_REACTIONS,
            post_reaction_counts: tallies(message),
            ..PostReactionCountUpdate::default()
        }),
        ..FeedEntity::default()
    })
}

fn frame(entity: FeedEntity) -> Option<Frame> {
    let frame = ServerFrame {
        feed_entity: Some(entity),
        ..ServerFrame::default()
    };
    serde_json::to_string(&frame).ok().map(Frame::from)
}

fn millis(moment: &Timestamp) -> Option<Millis> {
    moment.unix_millis().map(Millis::new)
}

fn tallies(message: &Message) -> Vec<PostReactionCount> {
    let tally = |kind: ReactionKind, value: &str, count: u64| PostReactionCount {
        reaction_type: kind,
        value: value.to_owned(),
        total_score: count.cast_signed(),
        user_count: count,
        ..PostReactionCount::default()
    };
    let emoji = message.reaction_counts.iter().filter_map(|own| {
        let value = own.emoji.as_deref()?;
        Some(tally(ReactionKind::Emoji, value, own.count))
    });
    let votes = message.poll_votes.iter().filter_map(|own| {
        let value = own.option_id.as_deref()?;
        Some(tally(ReactionKind::Vote, value, own.count))
    });
    emoji.chain(votes).collect()
}

fn file(attachment: &Attachment) -> FileAttachment {
    let content_type = attachment.content_type.clone().unwrap_or_default();
    let size = attachment
        .width
        .zip(attachment.height)
        .map(|(width, height)| Dimensions {
            width,
            height,
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
        content_type,
        byte_size: attachment.byte_size.unwrap_or_default(),
        image,
        video,
        ..FileAttachment::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn message() -> Message {
        serde_json::from_value(json!({
            "id": "msg_1", "content": "**hi** @ada", "created_at": "2026-01-02T03:04:05.678Z",
            "updated_at": "2026-01-02T03:04:06.000Z", "is_edited": true, "is_pinned": true,
            "mentions": ["user_ada"], "mentions_everyone": true, "message_type": "regular",
            "poll": {"options": [{"id": "1", "text": "yes"}]}, "poll_votes": [{"option_id": "1", "count": 2}],
            "reaction_counts": [{"emoji": ":heart:", "count": 3}], "replying_to_message_id": "msg_0",
            "user": {"id": "user_bob", "name": null, "username": "bob"}, "view_count": 7,
            "attachments": [{"id": "file_1", "url": "https://x.whop.com/1", "filename": "1.mp4",
                "content_type": "video/mp4", "width": 16, "height": 9, "byte_size": 5}]
        }))
        .unwrap()
    }

    #[test]
    fn a_message_comes_back_as_it_was() {
        let frame = post(&"chat_feed_a".into(), &message()).unwrap();
        let frame: ServerFrame = wire::from_json(&frame).unwrap();
        let told = frame.feed_entity.unwrap().dms_post.unwrap();
        assert_eq!(told.feed_id.as_str(), "chat_feed_a");
        let mut back = told.into_message();
        let mut expected = message();
        // A row's moment is told in milliseconds either way; only its spelling differs.
        for message in [&mut back, &mut expected] {
            for moment in [&mut message.created_at, &mut message.updated_at] {
                *moment = Timestamp::from_unix_millis(moment.unix_millis().unwrap());
            }
            message.extra = wire::Extra::default();
        }
        assert_eq!(back, expected);
    }

    #[test]
    fn who_reacted_and_how_many_did_is_told() {
        let vote: Reaction = serde_json::from_value(json!({
            "id": "reac_1", "emoji": null, "resource_id": "msg_1", "poll_option_id": "1",
            "user": {"id": "user_ada", "username": "ada"}
        }))
        .unwrap();
        let frame = reaction(&"chat_feed_a".into(), &vote, 5).unwrap();
        let frame: ServerFrame = wire::from_json(&frame).unwrap();
        let told = frame.feed_entity.unwrap().reaction.unwrap();
        assert_eq!(
            (told.reaction_type, told.value.as_str()),
            (ReactionKind::Vote, "1")
        );
        let frame = counts(&"chat_feed_a".into(), &message()).unwrap();
        let frame: ServerFrame = wire::from_json(&frame).unwrap();
        let told = frame
            .feed_entity
            .unwrap()
            .post_reaction_count_update
            .unwrap();
        assert!(
            told.updated_fields_bitmask
                .contains(UpdatedFields::ALL_REACTIONS)
        );
        assert_eq!(told.post_reaction_counts.len(), 2);
    }
}

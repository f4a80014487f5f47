use super::{
    Database, DatabaseError, NewMessage, ReactionMeaning, StoredFile, StoredUser, World,
    WorldError, schema,
};
use crate::company;
use crate::correspondence;
use crate::seed::{self, SeededMessage};
use std::collections::HashMap;
use wire::rest::PollOption;
use wire::{ChannelId, MessageId};

/// What an empty database is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The same number gives the same conversation.
    pub number: u64,
    /// How many messages the general channel has.
    pub messages: usize,
    /// When its last message was posted, in milliseconds since the Unix epoch.
    pub last_millis: i64,
}

impl Database {
    /// Fills the database if nobody is in it yet. Says whether it did.
    pub fn seed_if_empty(&self, seed: Seed) -> Result<bool, DatabaseError> {
        let empty = self.is_empty()?;
        if empty {
            self.fill(seed)?;
        }
        Ok(empty)
    }

    /// Forgets everything but the keys, and fills the database with the seed.
    pub fn reset(&self, seed: Seed) -> Result<(), DatabaseError> {
        self.execute_batch(schema::EMPTY)?;
        self.fill(seed)
    }

    /// Forgets everything but the keys, and fills the database with that world.
    pub fn reset_to(&self, world: &World) -> Result<(), WorldError> {
        self.execute_batch(schema::EMPTY)?;
        self.fill_with(world)
    }

    fn fill(&self, seed: Seed) -> Result<(), DatabaseError> {
        let users = company::users();
        for user in &users {
            self.add_user(user)?;
        }
        for channel in company::channels() {
            self.put_channel(&channel)?;
        }
        self.add_forum(&company::forum())?;
        let users: HashMap<&str, &StoredUser> =
            users.iter().map(|user| (user.id.as_str(), user)).collect();
        let general = seed::messages(
            seed.number,
            seed.messages,
            seed.last_millis,
            &company::AUTHORS,
        );
        let channels = [
            (company::GENERAL, general),
            (
                company::ANNOUNCEMENTS,
                company::announcements(seed.last_millis),
            ),
            (company::LOUNGE, company::lounge(seed.last_millis)),
        ];
        for (channel, messages) in channels {
            self.add_seeded(&channel.into(), &messages, &users)?;
        }
        for (conversation, messages) in correspondence::conversations(seed.last_millis) {
            self.add_conversation(&conversation)?;
            self.add_seeded(&conversation.id, &messages, &users)?;
        }
        Ok(())
    }

    fn add_seeded(
        &self,
        channel_id: &ChannelId,
        messages: &[SeededMessage],
        users: &HashMap<&str, &StoredUser>,
    ) -> Result<(), DatabaseError> {
        for seeded in messages {
            for file in &seeded.attachments {
                self.add_file(&StoredFile {
                    id: file.id.as_str().into(),
                    filename: file.filename.clone(),
                    content_type: file.content_type.to_owned(),
                    width: file.width,
                    height: file.height,
                    byte_size: file.byte_size,
                    upload: None,
                })?;
            }
            self.add_message(&new_message(channel_id, seeded, messages))?;
            self.add_seeded_reactions(seeded, users)?;
        }
        Ok(())
    }

    fn add_seeded_reactions(
        &self,
        seeded: &SeededMessage,
        users: &HashMap<&str, &StoredUser>,
    ) -> Result<(), DatabaseError> {
        let reactions = seeded
            .reactions
            .iter()
            .map(|(emoji, who)| (ReactionMeaning::Emoji(emoji.clone()), who));
        let votes = seeded
            .votes
            .iter()
            .map(|(option, who)| (ReactionMeaning::Vote((option + 1).to_string()), who));
        for (meaning, who) in reactions.chain(votes) {
            let who = who.iter().filter(|id| users.contains_key(id.as_str()));
            self.add_reactions(&seeded.id, &meaning, who, seeded.created_at_millis)?;
        }
        Ok(())
    }
}

fn new_message(
    channel_id: &ChannelId,
    seeded: &SeededMessage,
    messages: &[SeededMessage],
) -> NewMessage {
    const EDITED_AFTER: i64 = 95_000;
    NewMessage {
        id: seeded.id.as_str().into(),
        channel_id: channel_id.clone(),
        user_id: seeded.user_id.as_str().into(),
        created_at: seeded.created_at_millis,
        updated_at: seeded.created_at_millis + if seeded.is_edited { EDITED_AFTER } else { 0 },
        content: seeded.content.clone(),
        is_edited: seeded.is_edited,
        is_pinned: seeded.is_pinned,
        mentions: seeded
            .mentions
            .iter()
            .map(|id| id.as_str().into())
            .collect(),
        mentions_everyone: seeded.mentions_everyone,
        message_type: seeded.message_type.to_owned(),
        poll_options: seeded
            .poll_options
            .iter()
            .enumerate()
            .map(|(index, text)| PollOption {
                id: (index + 1).to_string(),
                text: text.clone(),
                ..PollOption::default()
            })
            .collect(),
        replying_to: seeded
            .replying_to
            .and_then(|index| messages.get(index))
            .map(|earlier| MessageId::from(earlier.id.as_str())),
        files: seeded
            .attachments
            .iter()
            .map(|file| file.id.as_str().into())
            .collect(),
    }
}

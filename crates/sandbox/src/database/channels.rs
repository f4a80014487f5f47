use super::{Database, DatabaseError};
use crate::company;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;
use wire::rest::{ChatChannel, Experience, ExperienceReference, WhoCanPost, WhoCanReact};
use wire::{ChannelId, ExperienceId, Extra, Timestamp};

/// A chat channel with its settings, and the experience that shows it.
#[derive(Clone, Debug)]
pub struct StoredChannel {
    /// The channel's id.
    pub id: ChannelId,
    /// The experience that shows it; every channel has one of its own.
    pub experience_id: ExperienceId,
    /// The name of both.
    pub name: String,
    /// When both were made, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Images and videos are refused.
    pub ban_media: bool,
    /// Links are refused.
    pub ban_urls: bool,
    /// Words that are refused.
    pub banned_words: Vec<String>,
    /// Seconds between two posts of one user; `None` for no limit.
    pub cooldown_seconds: Option<u32>,
    /// Who may post.
    pub who_can_post: WhoCanPost,
    /// Who may react and vote.
    pub who_can_react: WhoCanReact,
}

impl StoredChannel {
    /// As the REST routes tell it. Only those who may moderate are told the banned words.
    pub fn entity(&self, may_moderate: bool) -> ChatChannel {
        ChatChannel {
            id: self.id.clone(),
            ban_media: self.ban_media,
            ban_urls: self.ban_urls,
            banned_words: if may_moderate {
                self.banned_words.clone()
            } else {
                Vec::new()
            },
            user_posts_cooldown_seconds: self.cooldown_seconds,
            who_can_post: self.who_can_post.clone(),
            who_can_react: self.who_can_react.clone(),
            experience: ExperienceReference {
                id: self.experience_id.clone(),
                name: self.name.clone(),
                extra: Extra::default(),
            },
            extra: Extra::default(),
        }
    }

    /// The experience that shows it.
    pub fn experience(&self) -> Experience {
        let mut extra = Extra::default();
        extra.insert(
            "app",
            json!({"id": company::APP_ID, "icon": null, "name": company::APP_NAME}),
        );
        extra.insert(
            "company",
            json!({
                "id": company::COMPANY_ID,
                "route": company::COMPANY_ROUTE,
                "title": company::COMPANY_TITLE,
            }),
        );
        extra.insert("image", json!(null));
        extra.insert("is_public", json!(false));
        extra.insert("order", json!(null));
        extra.insert(
            "products",
            json!([{
                "id": company::PRODUCT_ID,
                "route": company::PRODUCT_ROUTE,
                "title": company::PRODUCT_TITLE,
            }]),
        );
        Experience {
            id: self.experience_id.clone(),
            name: self.name.clone(),
            created_at: Timestamp::from_unix_millis(self.created_at),
            extra,
        }
    }
}

const COLUMNS: &str = "id, experience_id, name, created_at, ban_media, ban_urls, banned_words, \
                       user_posts_cooldown_seconds, who_can_post, who_can_react";

impl Database {
    /// The channel of that id, or the one that the experience of that id shows.
    pub fn channel(&self, id: &str) -> Result<Option<StoredChannel>, DatabaseError> {
        self.connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM channels WHERE id = ?1 OR experience_id = ?1"
            ))?
            .query_row([id], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// All channels in their order.
    pub fn channels(&self) -> Result<Vec<StoredChannel>, DatabaseError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM channels ORDER BY position"))?
            .query_map([], |row| Ok(read(row)))?
            .map(|row| row.map_err(DatabaseError::from).flatten())
            .collect()
    }

    /// Stores the channel's settings; adds the channel when it is new.
    pub fn put_channel(&self, channel: &StoredChannel) -> Result<(), DatabaseError> {
        self.add_feed(&channel.id)?;
        self.connection.execute(
            &format!(
                "INSERT INTO channels ({COLUMNS}, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, (SELECT COUNT(*) FROM channels))
                 ON CONFLICT (id) DO UPDATE SET
                     ban_media = excluded.ban_media,
                     ban_urls = excluded.ban_urls,
                     banned_words = excluded.banned_words,
                     user_posts_cooldown_seconds = excluded.user_posts_cooldown_seconds,
                     who_can_post = excluded.who_can_post,
                     who_can_react = excluded.who_can_react"
            ),
            params![
                channel.id.as_str(),
                channel.experience_id.as_str(),
                channel.name,
                channel.created_at,
                channel.ban_media,
                channel.ban_urls,
                serde_json::to_string(&channel.banned_words)?,
                channel.cooldown_seconds,
                channel.who_can_post.as_str(),
                channel.who_can_react.as_str(),
            ],
        )?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Result<StoredChannel, DatabaseError> {
    Ok(StoredChannel {
        id: row.get::<_, String>(0)?.into(),
        experience_id: row.get::<_, String>(1)?.into(),
        name: row.get(2)?,
        created_at: row.get(3)?,
        ban_media: row.get(4)?,
        ban_urls: row.get(5)?,
        banned_words: serde_json::from_str(&row.get::<_, String>(6)?)?,
        cooldown_seconds: row.get(7)?,
        who_can_post: row.get::<_, String>(8)?.as_str().into(),
        who_can_react: row.get::<_, String>(9)?.as_str().into(),
    })
}

use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, Row, params};
use wire::UserId;

/// A forum, which an experience of its own shows.
#[derive(Clone, Debug)]
pub struct StoredForum {
    /// The experience.
    pub experience_id: String,
    /// Its name.
    pub name: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_at: i64,
}

/// A post in a forum, or an answer to one.
#[derive(Clone, Debug)]
pub struct StoredForumPost {
    /// Its id.
    pub id: String,
    /// The forum's experience.
    pub experience_id: String,
    /// The post that it answers.
    pub parent_id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub content: String,
    /// Who wrote it.
    pub user_id: UserId,
    /// When, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// It stays at the top.
    pub is_pinned: bool,
}

const COLUMNS: &str =
    "id, experience_id, parent_id, title, content, user_id, created_at, is_pinned";

impl Database {
    /// The forum of that experience, or of that name.
    pub fn forum(&self, id_or_name: &str) -> Result<Option<StoredForum>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT experience_id, name, created_at FROM forums WHERE experience_id = ?1 OR name = ?1",
            )?
            .query_row([id_or_name], |row| {
                Ok(StoredForum {
                    experience_id: row.get(0)?,
                    name: row.get(1)?,
                    created_at: row.get(2)?,
                })
            })
            .optional()?)
    }

    /// Adds a forum.
    pub fn add_forum(&self, forum: &StoredForum) -> Result<(), DatabaseError> {
        self.connection.execute(
            "INSERT INTO forums (experience_id, name, created_at) VALUES (?1, ?2, ?3)",
            params![forum.experience_id, forum.name, forum.created_at],
        )?;
        Ok(())
    }

    /// The post of that id.
    pub fn forum_post(&self, id: &str) -> Result<Option<StoredForumPost>, DatabaseError> {
        Ok(self
            .connection
            .query_row(
                &format!("SELECT {COLUMNS} FROM forum_posts WHERE id = ?1"),
                [id],
                read,
            )
            .optional()?)
    }

    /// A forum's posts from before that moment (milliseconds since the Unix epoch), the newest first.
    pub fn forum_posts(
        &self,
        experience_id: &str,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<StoredForumPost>, DatabaseError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM forum_posts WHERE experience_id = ?1 AND created_at < ?2
                 ORDER BY created_at DESC, id DESC LIMIT ?3"
            ))?
            .query_map(
                params![experience_id, before.unwrap_or(i64::MAX), limit],
                read,
            )?
            .collect::<Result<_, _>>()?)
    }

    /// Stores a post.
    pub fn add_forum_post(&self, post: &StoredForumPost) -> Result<(), DatabaseError> {
        self.connection.execute(
            &format!("INSERT INTO forum_posts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
            params![
                post.id,
                post.experience_id,
                post.parent_id,
                post.title,
                post.content,
                post.user_id.as_str(),
                post.created_at,
                post.is_pinned
            ],
        )?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredForumPost> {
    Ok(StoredForumPost {
        id: row.get(0)?,
        experience_id: row.get(1)?,
        parent_id: row.get(2)?,
        title: row.get(3)?,
        content: row.get(4)?,
        user_id: row.get::<_, String>(5)?.into(),
        created_at: row.get(6)?,
        is_pinned: row.get(7)?,
    })
}

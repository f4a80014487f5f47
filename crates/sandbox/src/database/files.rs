use super::{Database, DatabaseError};
use crate::clock::now_seconds;
use crate::signed_address::{FileAddresses, Purpose};
use crate::uploads::kind::Found;
use rusqlite::{OptionalExtension, Row, params};
use wire::rest::{Attachment, UploadStatus};
use wire::{Extra, FileId, UserId};

/// A file that messages can carry.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The file's id.
    pub id: FileId,
    /// Its name as uploaded.
    pub filename: String,
    /// Its media type.
    pub content_type: String,
    /// Pixels across, of an image or a video.
    pub width: Option<u32>,
    /// Pixels down, of an image or a video.
    pub height: Option<u32>,
    /// Its length in bytes.
    pub byte_size: u64,
    /// Whose upload it is; nothing for the seed's files, whose bytes are made when they are asked for.
    pub upload: Option<Upload>,
}

/// What is known of an uploaded file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Who made it.
    pub creator_id: UserId,
    /// It is read by signed addresses only.
    pub is_private: bool,
    /// When it was announced, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// When it is looked at, in milliseconds since the Unix epoch; nothing before its bytes came.
    pub ready_at: Option<i64>,
    /// The bytes are not what the name says, or none.
    pub is_unusable: bool,
}

impl StoredFile {
    /// How far its upload has come at that moment, in milliseconds since the Unix epoch.
    pub fn status(&self, now: i64) -> UploadStatus {
        let Some(upload) = &self.upload else {
            return UploadStatus::Ready;
        };
        match upload.ready_at {
            None => UploadStatus::Pending,
            Some(ready) if now < ready => UploadStatus::Processing,
            Some(_) if upload.is_unusable => UploadStatus::Failed,
            Some(_) => UploadStatus::Ready,
        }
    }

    /// Whether it is read by signed addresses only.
    pub fn is_private(&self) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.is_private)
    }

    /// Whether that user uploaded it.
    pub fn is_of(&self, user_id: &str) -> bool {
        self.upload
            .as_ref()
            .is_some_and(|upload| upload.creator_id.as_str() == user_id)
    }

    /// Whether a channel that bans media refuses it.
    pub fn is_media(&self) -> bool {
        self.content_type.starts_with("image/") || self.content_type.starts_with("video/")
    }
}

pub(super) const COLUMNS: &str = "files.id, files.filename, files.content_type, files.width, files.height, files.byte_size, \
     files.creator_id, files.is_private, files.created_at, files.ready_at, files.is_unusable";

impl Database {
    /// The file of that id.
    pub fn file(&self, id: &str) -> Result<Option<StoredFile>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM files WHERE id = ?1"))?
            .query_row([id], read)
            .optional()?)
    }

    /// Adds a file.
    pub fn add_file(&self, file: &StoredFile) -> Result<(), DatabaseError> {
        self.connection
            .prepare_cached(
                "INSERT INTO files (id, filename, content_type, width, height, byte_size,
                     creator_id, is_private, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                file.id.as_str(),
                file.filename,
                file.content_type,
                file.width,
                file.height,
                file.byte_size.cast_signed(),
                file.upload
                    .as_ref()
                    .map(|upload| upload.creator_id.as_str()),
                file.is_private(),
                file.upload.as_ref().map_or(0, |upload| upload.created_at),
            ])?;
        Ok(())
    }

    /// Stores an upload's bytes and what they are, nothing when nobody can use them; from that moment on (milliseconds since
    /// the Unix epoch) it is told.
    pub fn receive_file(
        &self,
        id: &str,
        bytes: &[u8],
        found: Option<Found>,
        ready_at: i64,
    ) -> Result<(), DatabaseError> {
        let size = found.and_then(|found| found.size);
        self.connection.execute(
            "UPDATE files SET byte_size = ?2, width = ?3, height = ?4, ready_at = ?5, is_unusable = ?6
             WHERE id = ?1",
            params![
                id,
                i64::try_from(bytes.len()).unwrap_or(i64::MAX),
                size.map(|(width, _)| width),
                size.map(|(_, height)| height),
                ready_at,
                found.is_none(),
            ],
        )?;
        if found.is_some() {
            self.connection.execute(
                "INSERT OR REPLACE INTO file_contents (file_id, bytes) VALUES (?1, ?2)",
                params![id, bytes],
            )?;
        }
        Ok(())
    }

    /// An upload's bytes.
    pub fn file_bytes(&self, id: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
        Ok(self
            .connection
            .prepare_cached("SELECT bytes FROM file_contents WHERE file_id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?)
    }

    /// The addresses of files.
    pub fn file_addresses(&self) -> &FileAddresses {
        &self.file_addresses
    }

    /// Where a user's picture can be read.
    pub fn portrait_address(&self, user_id: &str) -> String {
        self.file_addresses.open(&format!("portrait_{user_id}"))
    }

    /// Where the file can be read. The address of a private one is good for an hour or two, and the same for all who ask in
    /// the same hour.
    pub fn file_address(&self, file: &StoredFile) -> String {
        if file.is_private() {
            let expires = (now_seconds() / 3_600 + 2) * 3_600;
            self.file_addresses
                .signed(Purpose::Content, &file.id, expires)
        } else {
            self.file_addresses.open(&file.id)
        }
    }

    /// As messages name the file.
    pub(super) fn attachment(&self, file: StoredFile) -> Attachment {
        Attachment {
            url: Some(self.file_address(&file)),
            id: file.id,
            filename: Some(file.filename),
            content_type: Some(file.content_type),
            width: file.width,
            height: file.height,
            byte_size: Some(file.byte_size),
            blurhash: None,
            thumbnail_url: None,
            extra: Extra::default(),
        }
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<StoredFile> {
    let creator_id: Option<String> = row.get(6)?;
    let upload = match creator_id {
        None => None,
        Some(creator_id) => Some(Upload {
            creator_id: creator_id.into(),
            is_private: row.get(7)?,
            created_at: row.get(8)?,
            ready_at: row.get(9)?,
            is_unusable: row.get(10)?,
        }),
    };
    Ok(StoredFile {
        upload,
        id: row.get::<_, String>(0)?.into(),
        filename: row.get(1)?,
        content_type: row.get(2)?,
        width: row.get(3)?,
        height: row.get(4)?,
        byte_size: row.get::<_, i64>(5)?.cast_unsigned(),
    })
}

use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, Row, params};
use wire::rest::Attachment;
use wire::{Extra, FileId};

/// A file that messages can carry. Its bytes are made when they are asked for.
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
}

impl StoredFile {
    /// Whether a channel that bans media refuses it.
    pub fn is_media(&self) -> bool {
        self.content_type.starts_with("image/") || self.content_type.starts_with("video/")
    }
}

pub(super) const COLUMNS: &str =
    "files.id, files.filename, files.content_type, files.width, files.height, files.byte_size";

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
                "INSERT INTO files (id, filename, content_type, width, height, byte_size)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                file.id.as_str(),
                file.filename,
                file.content_type,
                file.width,
                file.height,
                file.byte_size.cast_signed(),
            ])?;
        Ok(())
    }

    /// As messages name the file.
    pub(super) fn attachment(&self, file: StoredFile) -> Attachment {
        Attachment {
            url: Some(format!("{}{}/content", self.files_address, file.id)),
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
    Ok(StoredFile {
        id: row.get::<_, String>(0)?.into(),
        filename: row.get(1)?,
        content_type: row.get(2)?,
        width: row.get(3)?,
        height: row.get(4)?,
        byte_size: row.get::<_, i64>(5)?.cast_unsigned(),
    })
}

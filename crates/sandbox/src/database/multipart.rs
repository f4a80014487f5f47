use super::{Database, DatabaseError};
use rusqlite::{OptionalExtension, params};

/// An upload in parts that is not complete.
#[derive(Clone, Debug)]
pub struct MultipartUpload {
    /// Its id.
    pub id: String,
    /// How many parts it has.
    pub part_count: u32,
}

/// A part that has come.
#[derive(Clone, Debug)]
pub struct StoredPart {
    /// Counted from 1.
    pub number: u32,
    /// What its content is recognised by.
    pub tag: String,
    /// Its length in bytes.
    pub byte_size: u64,
}

impl Database {
    /// Says that a file's bytes come in parts.
    pub fn add_multipart_upload(
        &self,
        file_id: &str,
        upload: &MultipartUpload,
    ) -> Result<(), DatabaseError> {
        self.connection.execute(
            "INSERT INTO multipart_uploads (file_id, upload_id, part_count) VALUES (?1, ?2, ?3)",
            params![file_id, upload.id, upload.part_count],
        )?;
        Ok(())
    }

    /// A file's upload in parts, as long as it is not complete.
    pub fn multipart_upload(
        &self,
        file_id: &str,
    ) -> Result<Option<MultipartUpload>, DatabaseError> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(MultipartUpload {
                id: row.get(0)?,
                part_count: row.get(1)?,
            })
        };
        Ok(self
            .connection
            .prepare_cached(
                "SELECT upload_id, part_count FROM multipart_uploads WHERE file_id = ?1",
            )?
            .query_row([file_id], read)
            .optional()?)
    }

    /// Stores a part; instead of what came for it before.
    pub fn put_part(
        &self,
        file_id: &str,
        number: u32,
        tag: &str,
        bytes: &[u8],
    ) -> Result<(), DatabaseError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO file_parts (file_id, number, tag, bytes) VALUES (?1, ?2, ?3, ?4)",
            params![file_id, number, tag, bytes],
        )?;
        Ok(())
    }

    /// The parts that have come, in order.
    pub fn parts(&self, file_id: &str) -> Result<Vec<StoredPart>, DatabaseError> {
        self.connection
            .prepare_cached(
                "SELECT number, tag, LENGTH(bytes) FROM file_parts WHERE file_id = ?1 ORDER BY number",
            )?
            .query_map([file_id], |row| {
                Ok(StoredPart {
                    number: row.get(0)?,
                    tag: row.get(1)?,
                    byte_size: row.get::<_, i64>(2)?.cast_unsigned(),
                })
            })?
            .map(|part| Ok(part?))
            .collect()
    }

    /// All parts' bytes one after another. The parts are forgotten, and no more can come.
    pub fn take_parts(&self, file_id: &str) -> Result<Vec<u8>, DatabaseError> {
        let mut bytes = Vec::new();
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM file_parts WHERE file_id = ?1 ORDER BY number")?;
        let mut rows = statement.query([file_id])?;
        while let Some(row) = rows.next()? {
            bytes.extend_from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
        }
        self.connection.execute(
            "DELETE FROM multipart_uploads WHERE file_id = ?1",
            [file_id],
        )?;
        Ok(bytes)
    }
}

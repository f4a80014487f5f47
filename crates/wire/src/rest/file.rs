use crate::open_enum::open_enum;
use crate::read::read_object;
use crate::{Extra, FileId};
use serde::Serialize;

open_enum! {
    /// How far an upload has come.
    UploadStatus {
        /// The bytes have not arrived.
        Pending = "pending",
        /// They have, and are looked at.
        Processing = "processing",
        /// The file can be attached and shown.
        Ready = "ready",
        /// It can't; upload again.
        Failed = "failed",
    }
}

open_enum! {
    /// Who can read a file.
    FileVisibility {
        /// Whoever has its address.
        Public = "public",
        /// Whoever was given a signed address, for a while.
        Private = "private",
    }
}

/// The body of `POST /files`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FileCreate {
    /// The file's name with its ending.
    pub filename: String,
    /// Who can read it; private where it isn't said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<FileVisibility>,
    /// Send it in parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multipart: Option<bool>,
    /// Its length in bytes; needed where it is sent in parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte_size: Option<u64>,
}

read_object!(FileCreate {
    filename: required "filename",
    visibility: optional "visibility",
    multipart: optional "multipart",
    byte_size: optional "byte_size",
});

/// A file of `POST /files` and `GET /files/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct File {
    /// The file's id.
    pub id: FileId,
    /// Its name as uploaded.
    pub filename: Option<String>,
    /// Its media type.
    pub content_type: Option<String>,
    /// Where it can be read once it is ready.
    pub url: Option<String>,
    /// How far the upload has come.
    pub upload_status: UploadStatus,
    /// Fields that this version doesn't name: `size`, `upload_url`, `upload_headers`, `visibility` …
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(File {
    id: required "id",
    filename: optional "filename",
    content_type: optional "content_type",
    url: optional "url",
    upload_status: required "upload_status",
} extra);

use crate::read::read_object;
use crate::rest::Attachment;
use crate::{Extra, FileId};
use serde::Serialize;

/// A file as frames name it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileAttachment {
    /// The file's id.
    pub id: FileId,
    /// Where it can be read.
    pub original_url: String,
    /// Its name as uploaded.
    pub file_name: String,
    /// Its media type.
    pub content_type: String,
    /// Its length.
    pub byte_size: u64,
    /// Of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Dimensions>,
    /// Of a video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<Dimensions>,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(FileAttachment {
    id: or_default "id",
    original_url: or_default "originalUrl",
    file_name: or_default "fileName",
    content_type: or_default "contentType",
    byte_size: or_default "byteSize",
    image: optional "image",
    video: optional "video",
} extra);

/// The size of an image or a video.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dimensions {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it looks like from far (<https://blurha.sh>), or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub blurhash: String,
    /// A picture of a video, or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumbnail_url: String,
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Dimensions {
    width: or_default "width",
    height: or_default "height",
    blurhash: or_default "blurhash",
    thumbnail_url: or_default "thumbnailUrl",
} extra);

impl FileAttachment {
    /// The same file as messages of the REST routes name it.
    pub fn into_attachment(self) -> Attachment {
        let seen = self.image.or(self.video).unwrap_or_default();
        let has_size = seen.width > 0 && seen.height > 0;
        let known = |text: String| (!text.is_empty()).then_some(text);
        Attachment {
            id: self.id,
            url: known(self.original_url),
            filename: known(self.file_name),
            content_type: known(self.content_type),
            width: has_size.then_some(seen.width),
            height: has_size.then_some(seen.height),
            byte_size: (self.byte_size > 0).then_some(self.byte_size),
            blurhash: known(seen.blurhash),
            thumbnail_url: known(seen.thumbnail_url),
            extra: Extra::default(),
        }
    }
}

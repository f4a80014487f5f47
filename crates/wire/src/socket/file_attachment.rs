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
    /// Fields that this version doesn't know.
    #[cfg_attr(feature = "lossless", serde(flatten))]
    #[cfg_attr(not(feature = "lossless"), serde(skip))]
    pub extra: Extra,
}

read_object!(Dimensions {
    width: or_default "width",
    height: or_default "height",
} extra);

impl FileAttachment {
    /// The same file as messages of the REST routes name it.
    pub fn into_attachment(self) -> Attachment {
        let size = self
            .image
            .or(self.video)
            .filter(|size| size.width > 0 && size.height > 0);
        Attachment {
            id: self.id,
            url: (!self.original_url.is_empty()).then_some(self.original_url),
            filename: (!self.file_name.is_empty()).then_some(self.file_name),
            content_type: (!self.content_type.is_empty()).then_some(self.content_type),
            width: size.as_ref().map(|size| size.width),
            height: size.as_ref().map(|size| size.height),
            extra: Extra::default(),
        }
    }
}

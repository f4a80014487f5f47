//! What a file is: by its name, and by its bytes.

/// The media type that a name promises.
pub fn by_name(filename: &str) -> &'static str {
    let ending = filename
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "heic" | "heif" => "image/heic",
        "bmp" => "image/bmp",
        "svg" => "image/svg+xml",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "wav" => "audio/wav",
        "ogg" | "oga" => "audio/ogg",
        "flac" => "audio/flac",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "json" => "application/json",
        "csv" => "text/csv",
        "txt" | "md" => "text/plain",
        "html" | "htm" => "text/html",
        _ => "application/octet-stream",
    }
}

/// What was found in the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Pixels across and down, of an image.
    pub size: Option<(u32, u32)>,
}

/// Looks whether the bytes are what their media type says; nothing when nobody could use them.
pub fn inspect(content_type: &str, bytes: &[u8]) -> Option<Found> {
    if bytes.is_empty() {
        return None;
    }
    let begins =
        |at: usize, with: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(with));
    let is_mp4 = || begins(4, b"ftyp");
    let is_usable = match content_type {
        "image/svg+xml" => std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")),
        _ if content_type.starts_with("image/") => {
            let size = imagesize::blob_size(bytes).ok()?;
            let pixels = |length: usize| u32::try_from(length).ok().filter(|length| *length > 0);
            return Some(Found {
                size: Some((pixels(size.width)?, pixels(size.height)?)),
            });
        }
        "video/mp4" | "video/quicktime" | "audio/mp4" => is_mp4(),
        "video/webm" => begins(0, b"\x1a\x45\xdf\xa3"),
        "audio/mpeg" => {
            begins(0, b"ID3")
                || (begins(0, b"\xff") && bytes.get(1).is_some_and(|byte| byte & 0xe0 == 0xe0))
        }
        "audio/wav" => begins(0, b"RIFF") && begins(8, b"WAVE"),
        "audio/ogg" => begins(0, b"OggS"),
        "audio/flac" => begins(0, b"fLaC"),
        "application/pdf" => begins(0, b"%PDF-"),
        "application/zip" => begins(0, b"PK"),
        "application/json" => serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        _ => true,
    };
    is_usable.then(Found::default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bytes_must_agree() {
        let gif = b"GIF89a\x02\0\x03\0\x80\0\0";
        assert_eq!(
            inspect("image/gif", gif),
            Some(Found { size: Some((2, 3)) })
        );
        for (content_type, bytes) in [
            ("image/png", &b"not a picture"[..]),
            ("image/png", b""),
            ("text/plain", b""),
            ("video/mp4", b"GIF89a"),
            ("application/json", b"{"),
            ("image/svg+xml", b"\xff\xfe"),
        ] {
            assert_eq!(inspect(content_type, bytes), None, "{content_type}");
        }
        for (content_type, bytes) in [
            ("video/mp4", &b"\0\0\0\x20ftypisom"[..]),
            ("audio/mpeg", b"\xff\xfb\x90"),
            ("application/json", b"{}"),
            ("application/octet-stream", b"anything"),
        ] {
            assert_eq!(
                inspect(content_type, bytes),
                Some(Found::default()),
                "{content_type}"
            );
        }
        assert_eq!(by_name("Photo.JPG"), "image/jpeg");
        assert_eq!(by_name("archive"), "application/octet-stream");
    }
}

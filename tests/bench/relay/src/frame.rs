use memchr::memmem;
use serde_json::{Value, json};

/// Before a frame's number, which has as many digits as [`DIGITS`].
const MARK: &str = "frame number ";
const DIGITS: usize = 8;

/// A message of usual length in `chat_feed_quiet` as Whop's websocket tells it, with its number in it.
pub fn numbered(number: u32, millis: u128) -> Value {
    json!({"feedEntity": {"dmsPost": {
        "entityId": format!("post_load{number:08}"), "feedId": "chat_feed_quiet", "feedType": "dms_feed",
        "userId": "user_ada", "createdAt": millis.to_string(), "updatedAt": millis.to_string(),
        "content": format!(
            "{MARK}{number:08}: the light was gone by the time we got to the ridge, so these are all at ISO 3200; \
             would anybody keep the second one?"
        ),
        "richContent": "", "isPinned": false, "isEdited": false, "mentionedUserIds": [], "attachments": [],
        "reactionCounts": [], "viewCount": "0", "messageType": "regular", "isDeleted": false,
        "user": {
            "id": "user_ada", "name": "Ada Byron", "username": "ada",
            "profilePic16": {"original": "http://127.0.0.1:4710/files/portrait_user_ada/content"}
        }
    }}})
}

/// The number in a frame of [`numbered`].
pub fn number_in(frame: &[u8]) -> Option<u32> {
    let start = memmem::find(frame, MARK.as_bytes())? + MARK.len();
    let digits = frame.get(start..start + DIGITS)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frames_number_is_found_in_it() {
        let frame = numbered(4_711, 1_784_548_800_000).to_string();
        assert_eq!(number_in(frame.as_bytes()), Some(4_711));
        assert_eq!(number_in(b"{\"userPresence\":{}}"), None);
    }
}

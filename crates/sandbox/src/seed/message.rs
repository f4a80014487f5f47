/// One message of the seeded channel, before the store gives it rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededMessage {
    /// Opaque, `msg_…`; unique within one call.
    pub id: String,
    /// One of the authors that were given.
    pub user_id: String,
    /// Milliseconds since the Unix epoch; every message is later than the one before it.
    pub created_at_millis: i64,
    /// Markdown, or nothing where there are only attachments. A poll's question is its message's text.
    pub content: Option<String>,
    /// The text was changed after it was posted.
    pub is_edited: bool,
    /// Pinned to the top of the channel.
    pub is_pinned: bool,
    /// Authors that the text mentions as `@user_…`, each once.
    pub mentions: Vec<String>,
    /// The text mentions @everyone. Only the owner's does.
    pub mentions_everyone: bool,
    /// `regular`, `system` or `automated`.
    pub message_type: &'static str,
    /// A poll's options in order; their ids are `"1"`, `"2"` …. Empty where there is no poll.
    pub poll_options: Vec<String>,
    /// The index of the earlier message that this one answers.
    pub replying_to: Option<usize>,
    /// An emoji (unicode or `:shortcode:`) and who reacted with it, each user once.
    pub reactions: Vec<(String, Vec<String>)>,
    /// The index of a poll's option and who voted for it. Every user votes for one option at the most.
    pub votes: Vec<(usize, Vec<String>)>,
    /// Files, shown after the text.
    pub attachments: Vec<SeededAttachment>,
}

/// A file of a seeded message. The bytes themselves are the file store's to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededAttachment {
    /// Opaque, `file_…`; unique within one call.
    pub id: String,
    /// With its extension.
    pub filename: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Pixels across, of an image or a video.
    pub width: Option<u32>,
    /// Pixels down, of an image or a video.
    pub height: Option<u32>,
    /// Its length in bytes.
    pub byte_size: u64,
}

//! The tables.

/// Counted up with every change of [`TABLES`]; a file of another version is refused rather than misread.
pub const VERSION: i64 = 7;

/// Times are milliseconds since the Unix epoch; lists are JSON. A feed is whatever messages are posted in: a chat channel or a
/// conversation, which is a DM, or, where it has a customer, a support chat.
pub const TABLES: &str = "
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    company_id TEXT,
    scopes TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT,
    username TEXT NOT NULL UNIQUE,
    bio TEXT,
    created_at INTEGER NOT NULL,
    access_level TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE feeds (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
    id TEXT PRIMARY KEY REFERENCES feeds (id),
    experience_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    ban_media INTEGER NOT NULL DEFAULT 0,
    ban_urls INTEGER NOT NULL DEFAULT 0,
    banned_words TEXT NOT NULL DEFAULT '[]',
    user_posts_cooldown_seconds INTEGER,
    who_can_post TEXT NOT NULL,
    who_can_react TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
    name TEXT,
    company_id TEXT,
    pair TEXT UNIQUE,
    customer_id TEXT REFERENCES users (id),
    created_at INTEGER NOT NULL,
    resolved_at INTEGER,
    UNIQUE (company_id, customer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    is_admin INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    last_viewed_at INTEGER,
    notification_preference TEXT NOT NULL,
    status TEXT NOT NULL,
    UNIQUE (conversation_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_of_user ON members (user_id);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    content TEXT,
    is_edited INTEGER NOT NULL DEFAULT 0,
    is_pinned INTEGER NOT NULL DEFAULT 0,
    mentions TEXT NOT NULL DEFAULT '[]',
    mentions_everyone INTEGER NOT NULL DEFAULT 0,
    message_type TEXT NOT NULL,
    poll_options TEXT,
    replying_to_message_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_in_order ON messages (channel_id, created_at, id);
CREATE INDEX messages_of_user ON messages (channel_id, user_id, created_at);

CREATE TABLE mutes (
    channel_id TEXT NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    muted_until INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    id TEXT PRIMARY KEY,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    byte_size INTEGER NOT NULL,
    creator_id TEXT REFERENCES users (id),
    is_private INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT 0,
    ready_at INTEGER,
    is_unusable INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE file_contents (
    file_id TEXT PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE multipart_uploads (
    file_id TEXT PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    upload_id TEXT NOT NULL,
    part_count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE file_parts (
    file_id TEXT NOT NULL REFERENCES multipart_uploads (file_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    tag TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (file_id, number)
) STRICT;

CREATE TABLE notifications (
    sequence INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE notification_reads (
    sequence INTEGER NOT NULL REFERENCES notifications (sequence) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    PRIMARY KEY (sequence, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    api_version TEXT NOT NULL,
    api_version_date TEXT,
    enabled INTEGER NOT NULL,
    child_resource_events INTEGER NOT NULL,
    events TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attachments (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    file_id TEXT NOT NULL REFERENCES files (id),
    PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('emoji', 'vote')),
    meaning TEXT NOT NULL,
    spelling TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (message_id, user_id, kind, meaning)
) STRICT;
CREATE UNIQUE INDEX one_vote_per_user ON reactions (message_id, user_id) WHERE kind = 'vote';

CREATE TABLE forums (
    experience_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE forum_posts (
    id TEXT PRIMARY KEY,
    experience_id TEXT NOT NULL REFERENCES forums (experience_id),
    parent_id TEXT REFERENCES forum_posts (id),
    title TEXT,
    content TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    is_pinned INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX forum_posts_in_order ON forum_posts (experience_id, created_at, id);
";

/// Empties every table that the seed fills. Keys and grants stay: they are this installation's.
pub const EMPTY: &str = "
DELETE FROM forum_posts;
DELETE FROM forums;
DELETE FROM reactions;
DELETE FROM attachments;
DELETE FROM file_contents;
DELETE FROM multipart_uploads;
DELETE FROM files;
DELETE FROM notifications;
DELETE FROM webhooks;
DELETE FROM messages;
DELETE FROM mutes;
DELETE FROM members;
DELETE FROM conversations;
DELETE FROM channels;
DELETE FROM feeds;
DELETE FROM users;
";

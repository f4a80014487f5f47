//! The company that every sandbox starts with: who is in it, its channels, and the few messages of the small channels.
//! The long conversation of the general channel comes from [`crate::seed`].

use crate::database::{StoredChannel, StoredForum, StoredUser};
use crate::seed::SeededMessage;
use wire::rest::{AccessLevel, WhoCanPost, WhoCanReact};

/// The company.
pub const COMPANY_ID: &str = "biz_sandbox";
/// Its name.
pub const COMPANY_TITLE: &str = "Northlight Studio";
/// Its place on whop.com.
pub const COMPANY_ROUTE: &str = "northlight-studio";
/// The product whose members may see the channels.
pub const PRODUCT_ID: &str = "prod_members";
/// Its name.
pub const PRODUCT_TITLE: &str = "Film Photography, Slowly";
/// Its place on whop.com.
pub const PRODUCT_ROUTE: &str = "film-photography-slowly";
/// The app that shows the channels.
pub const APP_ID: &str = "app_sandbox";
/// Its name.
pub const APP_NAME: &str = "Community chat";
/// The user that the API key acts as.
pub const AGENT_ID: &str = "user_agent";
/// The owner.
pub const OWNER_ID: &str = "user_olivia";

/// The channel with the long conversation.
pub const GENERAL: &str = "chat_feed_general";
/// The channel in which only admins post.
pub const ANNOUNCEMENTS: &str = "chat_feed_announcements";
/// The channel without a message.
pub const QUIET: &str = "chat_feed_quiet";
/// The channel with a few messages.
pub const LOUNGE: &str = "chat_feed_lounge";

/// Who writes the seeded conversation: the owner, a moderator, members.
pub const AUTHORS: [&str; 10] = [
    "user_olivia",
    "user_marcus",
    "user_ada",
    "user_bob",
    "user_chen",
    "user_fatima",
    "user_noor",
    "user_sofia",
    "user_tomasz",
    "user_yuki",
];

/// When it was founded: 2025-01-15T09:00:00Z, in milliseconds since the Unix epoch.
pub const FOUNDED: i64 = 1_736_931_600_000;
const DAY: i64 = 86_400_000;

/// All users; those of [`AUTHORS`], the app's agent, and one who has no access.
pub fn users() -> Vec<StoredUser> {
    use AccessLevel::{Admin, Customer, NoAccess};
    [
        (
            OWNER_ID,
            "Olivia Lindqvist",
            "olivia",
            Admin,
            "Photographs harbours, teaches people to slow down.",
        ),
        (
            "user_marcus",
            "Marcus Okafor",
            "marcus",
            Admin,
            "Darkroom, moderation, terrible puns.",
        ),
        (
            "user_ada",
            "Ada Kowalska",
            "ada",
            Customer,
            "Half-frame and bicycles.",
        ),
        ("user_bob", "Bob", "bob", Customer, ""),
        ("user_chen", "陈立 Chen Li", "chen", Customer, "6×6, 街拍."),
        (
            "user_fatima",
            "فاطمة Fatima",
            "fatima",
            Customer,
            "أبيض وأسود فقط",
        ),
        (
            "user_noor",
            "Noor van Dijk",
            "noor",
            Customer,
            "Polders and fog.",
        ),
        (
            "user_sofia",
            "Sofía Núñez",
            "sofia",
            Customer,
            "Caffenol in the kitchen sink.",
        ),
        (
            "user_tomasz",
            "Tomasz Wójcik",
            "tomasz",
            Customer,
            "Repairs shutters.",
        ),
        (
            "user_yuki",
            "ゆき Yuki",
            "yuki",
            Customer,
            "Rangefinders, trains.",
        ),
        (
            AGENT_ID,
            "Community chat",
            "community_chat",
            Admin,
            "The app itself.",
        ),
        (
            "user_stranger",
            "Sam Stranger",
            "stranger",
            NoAccess,
            "Just passing by.",
        ),
    ]
    .into_iter()
    .zip(0..)
    .map(
        |((id, name, username, access_level, bio), index)| StoredUser {
            id: id.into(),
            name: Some(name.to_owned()),
            username: username.to_owned(),
            bio: (!bio.is_empty()).then(|| bio.to_owned()),
            created_at: FOUNDED + index * 3 * DAY,
            access_level,
        },
    )
    .collect()
}

/// All channels.
pub fn channels() -> Vec<StoredChannel> {
    [
        (GENERAL, "exp_general", "General", WhoCanPost::Everyone),
        (
            ANNOUNCEMENTS,
            "exp_announcements",
            "Announcements",
            WhoCanPost::Admins,
        ),
        (QUIET, "exp_quiet", "Quiet room", WhoCanPost::Everyone),
        (LOUNGE, "exp_lounge", "Lounge", WhoCanPost::Everyone),
    ]
    .into_iter()
    .zip(0..)
    .map(
        |((id, experience_id, name, who_can_post), index)| StoredChannel {
            id: id.into(),
            experience_id: experience_id.into(),
            name: name.to_owned(),
            created_at: FOUNDED + index * DAY,
            ban_media: false,
            ban_urls: false,
            banned_words: Vec::new(),
            cooldown_seconds: None,
            who_can_post,
            who_can_react: WhoCanReact::Everyone,
        },
    )
    .collect()
}

/// The forum, which only GraphQL knows. It has no posts yet.
pub fn forum() -> StoredForum {
    StoredForum {
        experience_id: "exp_forum".to_owned(),
        name: "Critique wall".to_owned(),
        created_at: FOUNDED,
    }
}

/// What the owner announced, the last a day before the given moment.
pub fn announcements(last_millis: i64) -> Vec<SeededMessage> {
    let mut messages = conversation(
        "announcement",
        last_millis - DAY,
        6 * DAY,
        &[
            (
                OWNER_ID,
                "Welcome to **Film Photography, Slowly**. Module 1, *Looking before metering*, is open.",
            ),
            (
                OWNER_ID,
                "The shared darkroom calendar is live. Please book at most two evenings a week so that everyone gets enlarger time.",
            ),
            (
                "user_marcus",
                "House rules, short version:\n\n1. Critique the photograph, not the photographer.\n2. Say what you *see* before what you would change.\n3. No gear wars.",
            ),
            (
                OWNER_ID,
                "@everyone Critique night moves to **Thursday, 19:00 CET**. Bring one frame you can't decide about.",
            ),
        ],
    );
    if let Some(rules) = messages.get_mut(2) {
        rules.is_pinned = true;
        rules.reactions = vec![(
            ":+1:".to_owned(),
            ids(&["user_ada", "user_chen", "user_yuki"]),
        )];
    }
    if let Some(critique) = messages.last_mut() {
        critique.mentions_everyone = true;
    }
    messages
}

/// A short chat, the last of it an hour before the given moment.
pub fn lounge(last_millis: i64) -> Vec<SeededMessage> {
    let mut messages = conversation(
        "lounge",
        last_millis - 3_600_000,
        240_000,
        &[
            ("user_bob", "Is the kettle on?"),
            ("user_noor", "Always. Earl Grey or something sensible?"),
            (
                "user_bob",
                "Whatever does not end up in a developing tank this time.",
            ),
            (
                "user_sofia",
                "That was **one** mix-up, and the negatives were lovely.",
            ),
            ("user_tomasz", "They smelled of bergamot for a month."),
        ],
    );
    if let [first, second, .., last] = messages.as_mut_slice() {
        second.reactions = vec![("☕".to_owned(), ids(&["user_bob", "user_ada"]))];
        last.reactions = vec![
            (
                "😂".to_owned(),
                ids(&["user_bob", "user_noor", "user_sofia"]),
            ),
            (":heart:".to_owned(), ids(&["user_ada"])),
        ];
        first.is_edited = true;
        second.replying_to = Some(0);
    }
    messages
}

pub(crate) fn conversation(
    name: &str,
    last_millis: i64,
    interval: i64,
    lines: &[(&str, &str)],
) -> Vec<SeededMessage> {
    (1..)
        .zip(lines)
        .map(|(number, (user_id, content))| SeededMessage {
            id: format!("msg_{name}_{number}"),
            user_id: (*user_id).to_owned(),
            created_at_millis: last_millis
                - interval * (i64::try_from(lines.len()).unwrap_or_default() - number),
            content: Some((*content).to_owned()),
            is_edited: false,
            is_pinned: false,
            mentions: Vec::new(),
            mentions_everyone: false,
            message_type: "regular",
            poll_options: Vec::new(),
            replying_to: None,
            reactions: Vec::new(),
            votes: Vec::new(),
            attachments: Vec::new(),
        })
        .collect()
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

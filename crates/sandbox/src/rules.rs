//! Who may do what in a channel, and which texts it refuses. Pure: rows in, a refusal or nothing out.

use crate::database::{StoredChannel, StoredFile};
use wire::rest::{AccessLevel, WhoCanPost, WhoCanReact};

/// The longest message, in characters.
pub const LONGEST_MESSAGE: usize = 10_000;
/// The most files of a message. Whop's own limit is not documented; without one, one message makes every page of its
/// channel megabytes long.
pub const MOST_ATTACHMENTS: usize = 50;
/// The most options of a poll.
pub const MOST_POLL_OPTIONS: usize = 10;

/// The most members of a DM.
pub const MOST_MEMBERS: usize = 50;

/// Why the channel refuses something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user may not post here at all.
    #[error("You can't post in this channel: only {0} can")]
    MayNotPost(&'static str),
    /// A moderator muted the user for a while.
    #[error("You are muted in this channel. You can post again in {0} s")]
    Muted(u64),
    /// The user may not react here at all.
    #[error("You can't react in this channel: only {0} can")]
    MayNotReact(&'static str),
    /// Too soon after the user's last post.
    #[error("This channel is in slow mode. You can post again in {0} s")]
    Cooldown(u64),
    /// A word that the channel bans. Which one is the moderators' secret.
    #[error("Your message contains a word that is not allowed in this channel")]
    BannedWord,
    /// A link.
    #[error("Links are not allowed in this channel")]
    Link,
    /// An image or a video.
    #[error("Images and videos are not allowed in this channel")]
    Media,
    /// More people than a DM takes.
    #[error("A DM takes {MOST_MEMBERS} members at the most")]
    TooManyMembers,
}

/// What is about to be posted, or to replace a text.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The text.
    pub content: &'a str,
    /// The poll's options.
    pub poll_options: &'a [&'a str],
    /// The files.
    pub files: &'a [StoredFile],
}

/// Whether somebody of that level may post.
///
/// # Errors
/// The refusal.
pub fn may_post(channel: &StoredChannel, level: &AccessLevel) -> Result<(), Refusal> {
    match (&channel.who_can_post, level) {
        (WhoCanPost::NoOne, _) => Err(Refusal::MayNotPost("nobody")),
        (WhoCanPost::Admins, AccessLevel::Admin) => Ok(()),
        (WhoCanPost::Admins, _) => Err(Refusal::MayNotPost("admins")),
        _ => Ok(()),
    }
}

/// Whether a DM takes so many members.
///
/// # Errors
/// The refusal.
pub fn room_for(members: usize) -> Result<(), Refusal> {
    if members > MOST_MEMBERS {
        return Err(Refusal::TooManyMembers);
    }
    Ok(())
}

/// Whether somebody who was muted until that moment (milliseconds since the Unix epoch) may say something again.
///
/// # Errors
/// The refusal, with the whole seconds that are left.
pub fn unmuted(muted_until: Option<i64>, now: i64) -> Result<(), Refusal> {
    match muted_until.map(|until| until - now) {
        Some(left) if left > 0 => Err(Refusal::Muted(left.cast_unsigned().div_ceil(1_000))),
        _ => Ok(()),
    }
}

/// Whether somebody of that level may react and vote.
///
/// # Errors
/// The refusal.
pub fn may_react(channel: &StoredChannel, level: &AccessLevel) -> Result<(), Refusal> {
    match (&channel.who_can_react, level) {
        (WhoCanReact::NoOne, _) => Err(Refusal::MayNotReact("nobody")),
        (WhoCanReact::Admins, AccessLevel::Admin) => Ok(()),
        (WhoCanReact::Admins, _) => Err(Refusal::MayNotReact("admins")),
        _ => Ok(()),
    }
}

/// Whether the channel's slow mode lets somebody post who last did at that moment (milliseconds since the Unix epoch).
/// Admins are exempt.
///
/// # Errors
/// The refusal, with the whole seconds that are left.
pub fn cooled_down(
    channel: &StoredChannel,
    level: &AccessLevel,
    last_post: Option<i64>,
    now: i64,
) -> Result<(), Refusal> {
    let (Some(cooldown), Some(last_post)) = (channel.cooldown_seconds, last_post) else {
        return Ok(());
    };
    let left = last_post + i64::from(cooldown) * 1_000 - now;
    if left <= 0 || *level == AccessLevel::Admin {
        return Ok(());
    }
    Err(Refusal::Cooldown(left.cast_unsigned().div_ceil(1_000)))
}

/// Whether the channel takes that text and those files. Admins are exempt.
///
/// # Errors
/// The refusal.
pub fn acceptable(
    channel: &StoredChannel,
    level: &AccessLevel,
    draft: Draft<'_>,
) -> Result<(), Refusal> {
    if *level == AccessLevel::Admin {
        return Ok(());
    }
    if channel.ban_media && draft.files.iter().any(StoredFile::is_media) {
        return Err(Refusal::Media);
    }
    for text in std::iter::once(&draft.content).chain(draft.poll_options) {
        if channel.ban_urls && contains_link(text) {
            return Err(Refusal::Link);
        }
        if contains_any(text, &channel.banned_words) {
            return Err(Refusal::BannedWord);
        }
    }
    Ok(())
}

/// Whether one of the words or phrases stands in the text, letters' case aside, not as a part of a longer word.
fn contains_any(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words
        .iter()
        .map(|word| word.trim().to_lowercase())
        .filter(|word| !word.is_empty())
        .any(|word| {
            text.match_indices(&word).any(|(start, found)| {
                let before = text[..start].chars().next_back();
                let after = text[start + found.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            })
        })
}

/// Whether something in the text leads to another site.
fn contains_link(text: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "com", "net", "org", "io", "co", "me", "gg", "dev", "app", "ly", "xyz", "info", "tv",
        "link",
    ];
    text.to_lowercase()
        .split(|character: char| {
            character.is_whitespace()
                || matches!(character, '(' | ')' | '<' | '>' | '[' | ']' | '"')
        })
        .any(|word| {
            if word.contains("://") || word.starts_with("www.") || word.starts_with("mailto:") {
                return true;
            }
            let host = word
                .split(['/', '?', '#', ':'])
                .next()
                .unwrap_or_default()
                .trim_end_matches(['.', ',', '!', ';']);
            host.rsplit_once('.').is_some_and(|(name, ending)| {
                !name.is_empty()
                    && ENDINGS.contains(&ending)
                    && name.chars().all(|character| {
                        character.is_alphanumeric() || matches!(character, '-' | '.')
                    })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn banned_words_are_whole_words() {
        let banned = words(&["Scam", "free money", " ", "дурак"]);
        for text in ["a SCAM!", "scam", "get Free Money now", "ты Дурак"] {
            assert!(contains_any(text, &banned), "{text}");
        }
        for text in ["scampi", "freemoney", "a free lunch", "", "дураки"] {
            assert!(!contains_any(text, &banned), "{text}");
        }
    }

    #[test]
    fn finds_links_and_leaves_prose_alone() {
        for text in [
            "see https://example.org",
            "[x](http://a.b)",
            "www.example",
            "try example.com.",
            "discord.gg/abc",
            "<mailto:a@b>",
        ] {
            assert!(contains_link(text), "{text}");
        }
        for text in ["f/2.8 at 1.5 m", "e.g. this", "end.Start", "10:30", "…"] {
            assert!(!contains_link(text), "{text}");
        }
    }
}

//! `@username`, `@everyone` and `#experience`. Whop keeps mentions as plain text in the content. Users are listed beside
//! it, and only names from that list are mentions. Experiences are not listed: the channel's own is known by its name,
//! and whatever else looks like one (`#help`) is marked as a name that leads nowhere.

use super::document::MentionTarget;
use super::emoji::EmojiNames;
use super::unicode;

const EVERYONE: &str = "everyone";
/// Longest name of an experience that is not known, in bytes.
const MAX_TAG: usize = 64;

/// What is known about a message besides its source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The users that the message mentions.
    pub mentions: &'a [KnownUser<'a>],
    /// Whether the message mentions everyone.
    pub everyone: bool,
    /// Id of the user who looks at it.
    pub viewer: Option<&'a str>,
    /// The experience that the channel belongs to. Without one `#` names nothing.
    pub experience: Option<KnownExperience<'a>>,
    /// The names of emoji.
    pub emoji: EmojiNames<'a>,
}

/// A user who is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownUser<'a> {
    /// `user_…`
    pub id: &'a str,
    /// Name without `@`.
    pub username: &'a str,
    /// The name that others see; may contain spaces.
    pub name: Option<&'a str>,
}

/// An experience whose name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownExperience<'a> {
    /// `exp_…`
    pub id: &'a str,
    /// Name without `#`; may contain spaces.
    pub name: &'a str,
}

/// A mention in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) target: MentionTarget,
    pub(super) of_viewer: bool,
}

/// The mention whose `@` or `#` is at `at`. The longest name wins; ASCII case does not matter.
pub(super) fn find(text: &str, at: usize, context: &Context<'_>) -> Option<Found> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|character| {
        unicode::joins_words(character) || matches!(character, '/' | '@' | '#' | '&')
    }) {
        return None;
    }
    let rest = &text[at + 1..];
    let (length, target, of_viewer) = if text.as_bytes()[at] == b'#' {
        let (length, id) = experience(rest, context.experience?)?;
        (length, MentionTarget::Experience(id), false)
    } else {
        user(rest, context)?
    };
    Some(Found {
        end: at + 1 + length,
        target,
        of_viewer,
    })
}

fn user(text: &str, context: &Context<'_>) -> Option<(usize, MentionTarget, bool)> {
    let mut longest: (usize, Option<&str>) = (0, None);
    for user in context.mentions {
        for name in std::iter::once(user.username).chain(user.name) {
            if name.len() > longest.0 && starts_with_name(text, name) {
                longest = (name.len(), Some(user.id));
            }
        }
    }
    if context.everyone && EVERYONE.len() > longest.0 && starts_with_name(text, EVERYONE) {
        longest = (EVERYONE.len(), None);
    }
    match longest {
        (0, _) => None,
        (length, Some(id)) => Some((
            length,
            MentionTarget::User(id.to_owned()),
            context.viewer == Some(id),
        )),
        (length, None) => Some((length, MentionTarget::Everyone, context.viewer.is_some())),
    }
}

/// The known experience, or a word that could be another one's name: not a number (`#1`), not a colour (`#c0ffee`).
fn experience(text: &str, known: KnownExperience<'_>) -> Option<(usize, Option<String>)> {
    if starts_with_name(text, known.name) {
        return Some((known.name.len(), Some(known.id.to_owned())));
    }
    let is_word = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '_' | '-')
            || !character.is_ascii() && unicode::is_name_character(character)
    };
    let length = text.find(|character| !is_word(character));
    let word = text[..length.unwrap_or(text.len())].trim_end_matches('-');
    let is_color =
        matches!(word.len(), 3 | 6 | 8) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let begins = word
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || !first.is_ascii());
    (begins && (2..=MAX_TAG).contains(&word.len()) && !is_color).then_some((word.len(), None))
}

fn starts_with_name(text: &str, name: &str) -> bool {
    let matches = text
        .as_bytes()
        .get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()));
    if !matches || name.is_empty() {
        return false;
    }
    let mut after = text[name.len()..].chars();
    match after.next() {
        // `@ada-lovelace` is not `@ada`, but `@ada-` and `@ada - hello` are.
        Some('-' | '.') => !after.next().is_some_and(unicode::joins_words),
        Some(next) => !unicode::joins_words(next),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: [KnownUser<'_>; 3] = [
        KnownUser {
            id: "user_1",
            username: "ada",
            name: Some("Ada Lovelace"),
        },
        KnownUser {
            id: "user_2",
            username: "ada_l",
            name: None,
        },
        KnownUser {
            id: "user_3",
            username: "zoé",
            name: Some(""),
        },
    ];

    fn target(text: &str) -> Option<(String, MentionTarget, bool)> {
        let context = Context {
            mentions: &USERS,
            everyone: true,
            viewer: Some("user_1"),
            experience: Some(KnownExperience {
                id: "exp_1",
                name: "The Darkroom",
            }),
            emoji: EmojiNames::COMMON,
        };
        let at = text.find(['@', '#'])?;
        find(text, at, &context).map(|found| {
            (
                text[at..found.end].to_owned(),
                found.target,
                found.of_viewer,
            )
        })
    }

    fn user(text: &str, id: &str, of_viewer: bool) -> (String, MentionTarget, bool) {
        (
            text.to_owned(),
            MentionTarget::User(id.to_owned()),
            of_viewer,
        )
    }

    #[test]
    fn the_longest_known_name_wins() {
        assert_eq!(target("hi @ada!"), Some(user("@ada", "user_1", true)));
        assert_eq!(target("@ADA_L's"), Some(user("@ADA_L", "user_2", false)));
        assert_eq!(
            target("@ada lovelace, hi"),
            Some(user("@ada lovelace", "user_1", true))
        );
        assert_eq!(target("(@zoé)"), Some(user("@zoé", "user_3", false)));
        assert_eq!(target("@ada님"), Some(user("@ada", "user_1", true)));
        assert_eq!(
            target("@everyone."),
            Some(("@everyone".into(), MentionTarget::Everyone, true))
        );
    }

    #[test]
    fn words_and_unknown_names_are_not_mentions() {
        for text in [
            "mail@ada",
            "@adam",
            "@bob",
            "@",
            "@@ada",
            "site/@ada",
            "@ada.example",
            "@everyones",
        ] {
            assert_eq!(target(text), None, "{text:?}");
        }
        assert_eq!(find("@everyone", 0, &Context::default()), None);
    }
    #[test]
    fn experiences_by_name_and_words_that_could_be_one() {
        let known = |text: &str| {
            let id = MentionTarget::Experience(Some("exp_1".into()));
            Some((text.to_owned(), id, false))
        };
        let other = |text: &str| Some((text.to_owned(), MentionTarget::Experience(None), false));
        assert_eq!(target("see #the darkroom!"), known("#the darkroom"));
        assert_eq!(target("(#The Darkroom)"), known("#The Darkroom"));
        assert_eq!(target("#The Darkrooms"), other("#The"));
        assert_eq!(target("in #help-desk, please"), other("#help-desk"));
        assert_eq!(target("#фото- "), other("#фото"));
        assert_eq!(target("#写真"), other("#写真"));
        for text in [
            "#1", "#", "# a", "#a", "a#b", "/#b", "&#x41;", "##ab", "#c0ffee", "#FFF",
        ] {
            assert_eq!(target(text), None, "{text:?}");
        }
        assert_eq!(target(&format!("#{}", "a".repeat(65))), None);
        assert_eq!(find("#help", 0, &Context::default()), None);
    }
}

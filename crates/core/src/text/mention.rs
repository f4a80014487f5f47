//! `@username` and `@everyone`. Whop keeps mentions as plain text in the content and lists the
//! mentioned users beside it; only names from that list are mentions.

use super::document::MentionTarget;
use super::unicode;

const EVERYONE: &str = "everyone";

/// What is known about a message besides its source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The users that the message mentions.
    pub mentions: &'a [KnownUser<'a>],
    /// Whether the message mentions everyone.
    pub everyone: bool,
    /// Id of the user who looks at it.
    pub viewer: Option<&'a str>,
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

/// A mention in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) target: MentionTarget,
    pub(super) of_viewer: bool,
}

/// The mention whose `@` is at `at`. The longest name wins; ASCII case does not matter.
pub(super) fn find(text: &str, at: usize, context: &Context<'_>) -> Option<Found> {
    let before = text[..at].chars().next_back();
    if before
        .is_some_and(|character| unicode::joins_words(character) || matches!(character, '/' | '@'))
    {
        return None;
    }
    let rest = &text[at + 1..];
    let mut longest: (usize, Option<&str>) = (0, None);
    for user in context.mentions {
        for name in std::iter::once(user.username).chain(user.name) {
            if name.len() > longest.0 && starts_with_name(rest, name) {
                longest = (name.len(), Some(user.id));
            }
        }
    }
    if context.everyone && EVERYONE.len() > longest.0 && starts_with_name(rest, EVERYONE) {
        longest = (EVERYONE.len(), None);
    }
    let (target, of_viewer) = match longest {
        (0, _) => return None,
        (_, Some(id)) => (
            MentionTarget::User(id.to_owned()),
            context.viewer == Some(id),
        ),
        (_, None) => (MentionTarget::Everyone, context.viewer.is_some()),
    };
    Some(Found {
        end: at + 1 + longest.0,
        target,
        of_viewer,
    })
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
        };
        let at = text.find('@')?;
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
}

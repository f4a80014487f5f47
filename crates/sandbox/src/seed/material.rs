use super::random::{Deck, Random};

/// Who says what in a hand-written dialogue.
#[derive(Clone)]
pub(super) struct Turn {
    /// 0 for A, 1 for B …
    pub(super) speaker: usize,
    /// It answers the last message of another speaker, and says so.
    pub(super) is_reply: bool,
    /// A template, see [`super::phrase`].
    pub(super) text: &'static str,
}

/// What may be asked, answered and added about one subject.
pub(super) struct Topic {
    pub(super) questions: Deck<&'static str>,
    pub(super) answers: Deck<&'static str>,
    pub(super) follow_ups: Deck<&'static str>,
}

/// A question and its options.
#[derive(Clone)]
pub(super) struct PollText {
    pub(super) question: &'static str,
    pub(super) options: Vec<&'static str>,
}

/// All the text there is, shuffled.
pub(super) struct Material {
    pub(super) topics: Vec<Topic>,
    pub(super) topic_order: Deck<usize>,
    pub(super) dialogues: Deck<Vec<Turn>>,
    pub(super) languages: Deck<Vec<Turn>>,
    pub(super) rich: Deck<&'static str>,
    pub(super) hostile: Deck<&'static str>,
    pub(super) extreme: Deck<&'static str>,
    pub(super) polls: Deck<PollText>,
    pub(super) captions: Deck<&'static str>,
    pub(super) critiques: Deck<&'static str>,
    pub(super) file_captions: Deck<&'static str>,
    pub(super) remarks: Deck<&'static str>,
    pub(super) thanks: Deck<&'static str>,
    pub(super) openers: Deck<&'static str>,
    pub(super) emoji: Deck<&'static str>,
    pub(super) announcements: Deck<&'static str>,
    pub(super) system: Deck<&'static str>,
    pub(super) automated: Deck<&'static str>,
}

/// The file with the one very long message.
pub(super) const ESSAY: &str = include_str!("text/essay.md");

impl Material {
    pub(super) fn shuffled(random: &mut Random) -> Self {
        let topics: Vec<Topic> = sections(include_str!("text/topics.txt"))
            .map(|section| topic(section, random))
            .collect();
        let languages = [
            include_str!("text/languages/romance.txt"),
            include_str!("text/languages/european.txt"),
            include_str!("text/languages/asian.txt"),
            include_str!("text/languages/right_to_left.txt"),
        ];
        let mut lines = |text: &'static str| Deck::new(lines(text), random);
        Self {
            captions: lines(include_str!("text/captions.txt")),
            critiques: lines(include_str!("text/critiques.txt")),
            file_captions: lines(include_str!("text/file_captions.txt")),
            remarks: lines(include_str!("text/remarks.txt")),
            thanks: lines(include_str!("text/thanks.txt")),
            openers: lines(include_str!("text/openers.txt")),
            emoji: lines(include_str!("text/emoji.txt")),
            system: lines(include_str!("text/system.txt")),
            automated: Deck::new(blocks(include_str!("text/automated.md")), random),
            announcements: Deck::new(blocks(include_str!("text/announcements.md")), random),
            rich: Deck::new(blocks(include_str!("text/rich.md")), random),
            hostile: Deck::new(blocks(include_str!("text/hostile.txt")), random),
            extreme: Deck::new(blocks(include_str!("text/extreme.txt")), random),
            polls: Deck::new(
                sections(include_str!("text/polls.txt"))
                    .filter_map(poll)
                    .collect(),
                random,
            ),
            dialogues: Deck::new(
                sections(include_str!("text/dialogues.txt"))
                    .map(dialogue)
                    .collect(),
                random,
            ),
            languages: Deck::new(
                languages
                    .into_iter()
                    .flat_map(sections)
                    .map(dialogue)
                    .collect(),
                random,
            ),
            topic_order: Deck::new((0..topics.len()).collect(), random),
            topics,
        }
    }
}

/// One message a line.
pub(super) fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

/// Messages of several lines, with a line `%%` between them.
fn blocks(text: &'static str) -> Vec<&'static str> {
    text.split("\n%%\n")
        .map(|block| block.trim_matches('\n'))
        .collect()
}

/// Paragraphs of lines.
fn sections(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split("\n\n")
        .map(|section| section.trim_matches('\n'))
        .filter(|section| !section.is_empty())
}

/// Lines `A: text`, or `A^: text` for a reply.
fn dialogue(section: &'static str) -> Vec<Turn> {
    section
        .lines()
        .filter_map(|line| {
            let (head, text) = line.split_once(": ")?;
            let letter = *head.as_bytes().first()?;
            Some(Turn {
                speaker: usize::from(letter.checked_sub(b'A')?),
                is_reply: head.ends_with('^'),
                text,
            })
        })
        .collect()
}

/// Lines `? question`, `! answer`, `+ follow-up`.
fn topic(section: &'static str, random: &mut Random) -> Topic {
    let mut of_kind = |kind: &str| {
        let lines = section.lines().filter_map(|line| line.strip_prefix(kind));
        Deck::new(lines.collect(), random)
    };
    Topic {
        questions: of_kind("? "),
        answers: of_kind("! "),
        follow_ups: of_kind("+ "),
    }
}

/// A question, then an option a line.
fn poll(section: &'static str) -> Option<PollText> {
    let mut lines = section.lines();
    Some(PollText {
        question: lines.next()?,
        options: lines.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_files_is_read() {
        for text in [
            include_str!("text/dialogues.txt"),
            include_str!("text/languages/romance.txt"),
            include_str!("text/languages/european.txt"),
            include_str!("text/languages/asian.txt"),
            include_str!("text/languages/right_to_left.txt"),
        ] {
            for section in sections(text) {
                let turns = dialogue(section);
                assert_eq!(turns.len(), section.lines().count(), "{section}");
                assert!(turns.iter().all(|turn| turn.speaker < 5), "{section}");
                assert_eq!(turns[0].speaker, 0, "{section}");
                assert!(!turns[0].is_reply, "{section}");
            }
        }
        for section in sections(include_str!("text/topics.txt")) {
            for line in section.lines() {
                assert!(
                    ["? ", "! ", "+ "]
                        .iter()
                        .any(|prefix| line.starts_with(prefix)),
                    "{line}"
                );
            }
        }
        for section in sections(include_str!("text/polls.txt")) {
            assert!((2..=10).contains(&poll(section).unwrap().options.len()));
        }
    }
}

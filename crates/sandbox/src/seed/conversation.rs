use super::files;
use super::material::{ESSAY, Material, Turn};
use super::message::SeededAttachment;
use super::phrase::Scene;
use super::random::Random;

/// What a conversation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Topic,
    Dialogue,
    Language,
    Rich,
    Photos,
    File,
    /// A film, a sound and a document.
    Media,
    Poll,
    Announcement,
    System,
    Automated,
    EmojiOnly,
    Hostile,
    Extreme,
    Essay,
}

/// How many conversations of a thousand are of that kind.
const KINDS: [(Kind, usize); 13] = [
    (Kind::Topic, 330),
    (Kind::Dialogue, 190),
    (Kind::Language, 75),
    (Kind::Rich, 110),
    (Kind::Photos, 110),
    (Kind::File, 30),
    (Kind::Poll, 40),
    (Kind::Announcement, 20),
    (Kind::System, 35),
    (Kind::Automated, 15),
    (Kind::EmojiOnly, 25),
    (Kind::Hostile, 12),
    (Kind::Extreme, 8),
];

impl Kind {
    pub(super) fn any(random: &mut Random) -> Self {
        let mut ticket = random.below(1_000);
        for (kind, share) in KINDS {
            if ticket < share {
                return kind;
            }
            ticket -= share;
        }
        Self::Topic
    }
}

/// A message of a conversation, before it has a place in time.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) author: usize,
    pub(super) text: String,
    pub(super) mentions: Vec<String>,
    pub(super) mentions_everyone: bool,
    /// Which earlier draft of the same conversation it answers.
    pub(super) reply_to: Option<usize>,
    /// `regular` where nothing is said.
    pub(super) message_type: Option<&'static str>,
    pub(super) poll_options: Vec<String>,
    pub(super) attachments: Vec<SeededAttachment>,
}

/// A conversation under way.
struct Writer<'a, 'b> {
    scene: Scene<'a>,
    drafts: Vec<Draft>,
    material: &'b mut Material,
    random: &'b mut Random,
}

/// The author that owns the community: announces, pins, mentions everyone.
const OWNER: usize = 0;

pub(super) fn write(
    kind: Kind,
    authors: &[&str],
    material: &mut Material,
    random: &mut Random,
) -> Vec<Draft> {
    let cast = cast(authors.len(), random);
    let mut writer = Writer {
        scene: Scene::new(authors, cast),
        drafts: Vec::new(),
        material,
        random,
    };
    match kind {
        Kind::Topic => writer.topic(),
        Kind::Dialogue => {
            let turns = writer.material.dialogues.draw(writer.random);
            writer.play(&turns.unwrap_or_default());
        }
        Kind::Language => {
            let turns = writer.material.languages.draw(writer.random);
            writer.play(&turns.unwrap_or_default());
        }
        Kind::Rich => {
            let text = writer.material.rich.draw(writer.random);
            writer.say(0, text);
            writer.remarks(0, 3);
        }
        Kind::Photos => writer.photos(),
        Kind::File => {
            let text = writer.material.file_captions.draw(writer.random);
            let attachment = files::document(writer.random);
            writer.say(0, text);
            writer.attach(vec![attachment]);
            writer.remarks(0, 2);
        }
        Kind::Media => writer.media(),
        Kind::Poll => writer.poll(),
        Kind::Announcement => {
            writer.scene.cast[0] = OWNER;
            let text = writer.material.announcements.draw(writer.random);
            writer.say(0, text);
            writer.remarks(0, 3);
        }
        Kind::System => {
            let text = writer.material.system.draw(writer.random);
            writer.say(0, text);
            writer.mark("system");
        }
        Kind::Automated => {
            writer.scene.cast[0] = OWNER;
            let text = writer.material.automated.draw(writer.random);
            writer.say(0, text);
            writer.mark("automated");
        }
        Kind::EmojiOnly => {
            for speaker in 0..writer.random.between(1, 3) {
                let text = writer.material.emoji.draw(writer.random);
                writer.say(usize::try_from(speaker).unwrap_or_default(), text);
            }
        }
        Kind::Hostile => {
            let text = writer.material.hostile.draw(writer.random);
            writer.say(0, text);
        }
        Kind::Extreme => {
            let text = writer.material.extreme.draw(writer.random);
            writer.say(0, text);
            writer.remarks(0, 1);
        }
        Kind::Essay => {
            writer.say(0, Some(ESSAY.trim()));
            writer.remarks(1, 3);
        }
    }
    writer.drafts
}

/// Five speakers. Some authors are heard more often than others; none speaks for two.
fn cast(authors: usize, random: &mut Random) -> Vec<usize> {
    let mut cast = Vec::new();
    for _ in 0..40 {
        let author = random.below(authors).min(random.below(authors));
        if !cast.contains(&author) {
            cast.push(author);
        }
        if cast.len() == 5 {
            break;
        }
    }
    // A small community: its members speak for two.
    while cast.len() < 5 {
        cast.push(random.below(authors));
    }
    cast
}

impl Writer<'_, '_> {
    /// Adds a message of that speaker; none where there is no text.
    fn say(&mut self, speaker: usize, template: Option<&str>) {
        let Some(template) = template else { return };
        let Some(author) = self.scene.cast.get(speaker).copied() else {
            return;
        };
        let phrase = self.scene.phrase(template, self.random);
        self.drafts.push(Draft {
            author,
            mentions_everyone: author == OWNER && phrase.text.contains("@everyone"),
            text: phrase.text,
            mentions: phrase.mentions,
            ..Draft::default()
        });
    }

    /// Makes the last message an answer to the last one by somebody else.
    fn answer(&mut self) {
        let Some((last, earlier)) = self.drafts.split_last_mut() else {
            return;
        };
        last.reply_to = earlier
            .iter()
            .rposition(|draft| draft.author != last.author && draft.message_type.is_none());
    }

    fn attach(&mut self, attachments: Vec<SeededAttachment>) {
        if let Some(last) = self.drafts.last_mut() {
            last.attachments = attachments;
        }
    }

    fn mark(&mut self, message_type: &'static str) {
        if let Some(last) = self.drafts.last_mut() {
            last.message_type = Some(message_type);
        }
    }

    fn play(&mut self, turns: &[Turn]) {
        for turn in turns {
            self.say(turn.speaker, Some(turn.text));
            if turn.is_reply {
                self.answer();
            }
        }
    }

    /// Up to so many short remarks by others.
    fn remarks(&mut self, fewest: i64, most: i64) {
        for count in 0..self.random.between(fewest, most) {
            let text = self.material.remarks.draw(self.random);
            self.say(1 + usize::try_from(count).unwrap_or_default() % 4, text);
            if self.random.chance(250) {
                self.answer();
            }
        }
    }

    /// A question, answers, a question about them, thanks.
    fn topic(&mut self) {
        let Some(at) = self.material.topic_order.draw(self.random) else {
            return;
        };
        if self.random.chance(180) {
            let text = self.material.openers.draw(self.random);
            self.say(0, text);
        }
        let question = self.material.topics[at].questions.draw(self.random);
        self.say(0, question);
        for count in 0..self.random.between(1, 4) {
            let speaker = 1 + usize::try_from(count).unwrap_or_default() % 4;
            let text = self.material.topics[at].answers.draw(self.random);
            self.say(speaker, text);
            if self.random.chance(220) {
                self.answer();
            }
            if self.random.chance(150) {
                let text = self.material.remarks.draw(self.random);
                let speaker = self.random.below(5);
                self.say(speaker, text);
            }
        }
        if self.random.chance(550) {
            let text = self.material.topics[at].follow_ups.draw(self.random);
            self.say(0, text);
            let text = self.material.topics[at].answers.draw(self.random);
            self.say(1, text);
            if self.random.chance(400) {
                self.answer();
            }
        }
        if self.random.chance(450) {
            let text = self.material.thanks.draw(self.random);
            self.say(0, text);
            if self.random.chance(200) {
                self.answer();
            }
        }
    }

    fn media(&mut self) {
        for (speaker, name) in [
            (0, "shutter-test.mp4"),
            (0, "shutter-sound.mp3"),
            (1, "development-times.pdf"),
        ] {
            let text = self.material.file_captions.draw(self.random);
            self.say(speaker, text);
            let files = files::named(name, self.random);
            self.attach(files.into_iter().collect());
        }
    }

    fn photos(&mut self) {
        let caption = self.material.captions.draw(self.random);
        let without_words = self.random.chance(300);
        self.say(0, if without_words { Some("") } else { caption });
        let attachments = files::pictures(self.random);
        self.attach(attachments);
        let critiques = self.random.between(0, 4);
        for count in 0..critiques {
            let text = self.material.critiques.draw(self.random);
            self.say(1 + usize::try_from(count).unwrap_or_default() % 4, text);
            if self.random.chance(250) {
                self.answer();
            }
        }
        if critiques > 0 && self.random.chance(400) {
            let text = self.material.thanks.draw(self.random);
            self.say(0, text);
        }
    }

    fn poll(&mut self) {
        let Some(poll) = self.material.polls.draw(self.random) else {
            return;
        };
        self.say(0, Some(poll.question));
        let filled = |option: &&str| self.scene.phrase(option, self.random).text;
        let options = poll.options.iter().map(filled).collect();
        if let Some(last) = self.drafts.last_mut() {
            last.poll_options = options;
        }
        self.remarks(0, 3);
    }
}

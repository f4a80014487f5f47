use super::conversation::{self, Draft, Kind};
use super::material::Material;
use super::message::SeededMessage;
use super::random::Random;
use super::{feedback, files, schedule};

/// What the newest screen of the channel shows, oldest first: something of everything.
const FINALE: [Kind; 10] = [
    Kind::Announcement,
    Kind::Topic,
    Kind::Photos,
    Kind::Language,
    Kind::Rich,
    Kind::Poll,
    Kind::Media,
    Kind::Topic,
    Kind::Photos,
    Kind::Dialogue,
];

/// With as many messages as this, one of them is the very long one.
const WITH_ESSAY: usize = 1_000;

/// A draft in its place.
struct Placed {
    draft: Draft,
    conversation: usize,
    /// Its index within its conversation.
    turn: usize,
    /// Relative to the last message.
    millis: i64,
}

/// That many messages, oldest first, the last one posted at `last_millis` (milliseconds since the Unix epoch).
///
/// The same seed, count and authors make the same messages on every machine; another `last_millis` only moves
/// all times alike. 5,000 messages span a half year. `authors` are user ids (`user_ada` is mentioned as `@ada`):
/// the first is the community's owner, who announces and mentions everyone; those at the front are heard more
/// often. Without authors there are no messages.
pub fn messages(seed: u64, count: usize, last_millis: i64, authors: &[&str]) -> Vec<SeededMessage> {
    if authors.is_empty() || count == 0 {
        return Vec::new();
    }
    let mut random = Random::new(seed);
    let conversations = conversations(count, authors, &mut random);
    let placed = place(conversations, count, &mut random);
    finish(placed, last_millis, authors, &mut random)
}

fn conversations(count: usize, authors: &[&str], random: &mut Random) -> Vec<Vec<Draft>> {
    let mut material = Material::shuffled(random);
    let mut finale: Vec<Vec<Draft>> = FINALE
        .iter()
        .map(|kind| conversation::write(*kind, authors, &mut material, random))
        .collect();
    let of_finale: usize = finale.iter().map(Vec::len).sum();
    let before = count.saturating_sub(of_finale);
    let mut conversations = Vec::new();
    let mut written = 0;
    let mut has_essay = count < WITH_ESSAY;
    while written < before {
        let kind = if !has_essay && written > before / 3 {
            has_essay = true;
            Kind::Essay
        } else {
            Kind::any(random)
        };
        let mut drafts = conversation::write(kind, authors, &mut material, random);
        drafts.truncate(before - written);
        written += drafts.len();
        conversations.push(drafts);
    }
    conversations.append(&mut finale);
    conversations
}

/// Gives every draft its time and sorts all by it: conversations overlap as they do in a chat.
fn place(conversations: Vec<Vec<Draft>>, count: usize, random: &mut Random) -> Vec<Placed> {
    let early = conversations.len().saturating_sub(FINALE.len());
    let mut beginnings = schedule::beginnings(early, count, random);
    // The finale is one evening, conversation after conversation.
    let mut before = 0;
    let mut evening: Vec<i64> = (0..FINALE.len())
        .map(|_| {
            before += random.between(4, 14) * schedule::MINUTE;
            before
        })
        .collect();
    evening.reverse();
    for beginning in &mut beginnings {
        *beginning += before;
    }
    beginnings.append(&mut evening);

    let mut placed = Vec::new();
    for (at, (drafts, beginning)) in conversations.into_iter().zip(beginnings).enumerate() {
        let mut millis = -beginning;
        let mut last_author = None;
        for (turn, draft) in drafts.into_iter().enumerate() {
            millis += schedule::pause(last_author == Some(draft.author), random);
            last_author = Some(draft.author);
            placed.push(Placed {
                draft,
                conversation: at,
                turn,
                millis,
            });
        }
    }
    placed.sort_by_key(|placed| (placed.millis, placed.conversation, placed.turn));
    // A small count cuts the finale's beginning.
    let surplus = placed.len().saturating_sub(count);
    placed.drain(..surplus);
    for at in 1..placed.len() {
        placed[at].millis = placed[at].millis.max(placed[at - 1].millis + 1);
    }
    let last = placed.last().map_or(0, |placed| placed.millis);
    for placed in &mut placed {
        placed.millis -= last;
    }
    placed
}

/// How many conversations there are.
fn conversations_of(placed: &[Placed]) -> usize {
    let last = placed.iter().map(|placed| placed.conversation).max();
    last.map_or(0, |last| last + 1)
}

fn finish(
    placed: Vec<Placed>,
    last_millis: i64,
    authors: &[&str],
    random: &mut Random,
) -> Vec<SeededMessage> {
    let turns_in_order: Vec<(usize, usize)> = placed
        .iter()
        .map(|placed| (placed.conversation, placed.turn))
        .collect();
    let total = placed.len();
    let pin_every = (total / 12).max(25);
    // What the newest screen's owner says, and asks, is pinned.
    let finale = conversations_of(&placed).saturating_sub(FINALE.len());
    let mut wants_pin = false;
    let mut finished = Vec::with_capacity(total);
    for (at, placed) in placed.into_iter().enumerate() {
        let draft = placed.draft;
        let is_regular = draft.message_type.is_none();
        let is_showpiece = !draft.attachments.is_empty()
            || draft.mentions_everyone
            || !draft.poll_options.is_empty();
        wants_pin |= at % pin_every == pin_every / 2;
        let in_finale = placed.conversation >= finale && placed.turn == 0;
        let is_headline = placed.conversation == finale || !draft.poll_options.is_empty();
        let is_pinned = wants_pin && (is_showpiece || draft.text.len() > 300);
        wants_pin &= !is_pinned;
        let is_pinned = is_pinned || (in_finale && is_headline);
        let replying_to = draft.reply_to.and_then(|turn| {
            let start = at.saturating_sub(400);
            let within = turns_in_order[start..at]
                .iter()
                .rposition(|place| *place == (placed.conversation, turn))?;
            Some(start + within)
        });
        let votes = if draft.poll_options.is_empty() {
            Vec::new()
        } else {
            feedback::votes(draft.poll_options.len(), authors, random)
        };
        let reactions = if is_regular {
            feedback::reactions(draft.author, is_showpiece, authors, random)
        } else {
            Vec::new()
        };
        finished.push(SeededMessage {
            id: files::id("msg", random),
            user_id: authors[draft.author].to_owned(),
            created_at_millis: last_millis + placed.millis,
            is_edited: is_regular && !draft.text.is_empty() && random.chance(40),
            content: (!draft.text.is_empty()).then_some(draft.text),
            is_pinned,
            mentions: draft.mentions,
            mentions_everyone: draft.mentions_everyone,
            message_type: draft.message_type.unwrap_or("regular"),
            poll_options: draft.poll_options,
            replying_to,
            reactions,
            votes,
            attachments: draft.attachments,
        });
    }
    finished
}

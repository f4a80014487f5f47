use super::random::Random;

const EMOJI: [&str; 34] = [
    "👍",
    "❤️",
    "🔥",
    "😂",
    "👀",
    "🙏",
    "💯",
    "🎉",
    "📷",
    "🎞️",
    "😍",
    "🤯",
    "👏🏽",
    "🫶",
    "✨",
    "😭",
    "🤔",
    "🇵🇹",
    "🧑🏿‍🎨",
    "✅",
    ":+1:",
    ":heart:",
    ":fire:",
    ":joy:",
    ":eyes:",
    ":tada:",
    ":100:",
    ":pray:",
    ":camera_flash:",
    ":thinking:",
    ":white_check_mark:",
    ":sob:",
    ":clap:",
    ":film_strip:",
];

/// Who reacted with what: nobody to most messages, many to a few.
pub(super) fn reactions(
    author: usize,
    is_showpiece: bool,
    authors: &[&str],
    random: &mut Random,
) -> Vec<(String, Vec<String>)> {
    if !random.chance(if is_showpiece { 750 } else { 170 }) {
        return Vec::new();
    }
    let kinds = match random.below(100) {
        0..=59 => 1,
        60..=84 => 2,
        85..=96 => 4,
        _ => 14,
    };
    let mut reactions: Vec<(String, Vec<String>)> = Vec::new();
    for _ in 0..kinds {
        let Some(emoji) = random.pick(&EMOJI) else {
            continue;
        };
        if reactions.iter().any(|(other, _)| other == emoji) {
            continue;
        }
        // Many reactions are few users' each; one's own message is not usually one's own to applaud.
        let most = if is_showpiece { authors.len() } else { 3 };
        let users = crowd(authors, most, random, |at| at != author);
        if !users.is_empty() {
            reactions.push(((*emoji).to_owned(), users));
        }
    }
    reactions
}

/// Who voted for which option. Every author votes once or not at all.
pub(super) fn votes(
    options: usize,
    authors: &[&str],
    random: &mut Random,
) -> Vec<(usize, Vec<String>)> {
    let mut votes: Vec<(usize, Vec<String>)> =
        (0..options).map(|option| (option, Vec::new())).collect();
    for user in crowd(authors, authors.len(), random, |_| true) {
        // The lesser of two draws: there is a favourite.
        let option = random.below(options).min(random.below(options));
        if let Some((_, users)) = votes.get_mut((option + 1) % options.max(1)) {
            users.push(user);
        }
    }
    votes.retain(|(_, users)| !users.is_empty());
    votes
}

/// At least one and at most that many authors in any order, of those that may be.
fn crowd(
    authors: &[&str],
    most: usize,
    random: &mut Random,
    may: impl Fn(usize) -> bool,
) -> Vec<String> {
    let mut candidates: Vec<usize> = (0..authors.len()).filter(|at| may(*at)).collect();
    random.shuffle(&mut candidates);
    let count = 1 + random.below(most);
    candidates
        .into_iter()
        .take(count)
        .map(|at| authors[at].to_owned())
        .collect()
}

use super::random::Random;

pub(super) const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How busy each hour of the day is, counted back from the hour of the last message (an evening).
const BUSY: [usize; 24] = [
    100, 95, 80, 65, 50, 45, 50, 60, 65, 60, 50, 40, 30, 20, 10, 4, 2, 1, 2, 6, 20, 50, 75, 95,
];

/// When conversations begin, in milliseconds before the last message, earliest first: over a half year where there
/// are as many as 5,000 messages make, with days and nights, some days busier than others.
pub(super) fn beginnings(conversations: usize, messages: usize, random: &mut Random) -> Vec<i64> {
    let days = (i64::try_from(messages).unwrap_or_default() * 182 / 5_000).max(2);
    let moods: Vec<usize> = (0..=days).map(|_| 25 + random.below(76)).collect();
    let mut beginnings: Vec<i64> = (0..conversations)
        .map(|_| one(days, &moods, random))
        .collect();
    beginnings.sort_unstable_by_key(|before| std::cmp::Reverse(*before));
    beginnings
}

fn one(days: i64, moods: &[usize], random: &mut Random) -> i64 {
    loop {
        let (day, hour) = (random.between(0, days - 1), random.below(24));
        let mood = usize::try_from(day).ok().and_then(|day| moods.get(day));
        let is_busy = random.below(100) < BUSY[hour];
        if is_busy && random.below(100) < mood.copied().unwrap_or(100) {
            let hour = i64::try_from(hour).unwrap_or_default();
            // The newest conversations have had half an hour to happen.
            return day * DAY + hour * HOUR + random.between(0, HOUR - 1) + 30 * MINUTE;
        }
    }
}

/// How long after the message before it a message comes: at once from the same author, sooner or later from another.
pub(super) fn pause(same_author: bool, random: &mut Random) -> i64 {
    let second = 1_000;
    if same_author {
        return random.between(3 * second, 40 * second);
    }
    match random.below(10) {
        0..=5 => random.between(8 * second, 90 * second),
        6..=8 => random.between(MINUTE, 6 * MINUTE),
        _ => random.between(6 * MINUTE, 35 * MINUTE),
    }
}

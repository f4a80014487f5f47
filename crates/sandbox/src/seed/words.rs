/// The words that a slot of that name may become; nothing where there is no such slot.
pub(super) fn pool(name: &str) -> Option<Vec<&'static str>> {
    include_str!("text/words.txt").lines().find_map(|line| {
        let (pool, words) = line.split_once(": ")?;
        (pool == name).then(|| words.split("; ").collect())
    })
}

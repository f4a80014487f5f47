use crate::address::is_safe;
use crate::pen::Pen;
use chat_core::{Kind, Row};

/// How many tints there are for those without a picture.
const TINTS: u32 = 8;

/// The author's picture, or their initials on a colour that is always theirs. Only a group's first and last row can
/// show it.
pub(super) fn draw<P: Pen>(pen: &P, avatar: &P::Element, row: &Row) {
    pen.clear(avatar);
    if row.kind == Kind::System || !(row.starts_group || row.ends_group) {
        return;
    }
    pen.set(
        avatar,
        "data-tint",
        &tint(row.author.id.as_str()).to_string(),
    );
    pen.text(avatar, &initials(&row.author.name));
    let picture = row.author.picture.as_deref().filter(|url| is_safe(url));
    if let Some(url) = picture
        && let Some(image) = pen.element(avatar, "img", "")
    {
        pen.set(&image, "alt", "");
        pen.set(&image, "loading", "lazy");
        pen.set(&image, "referrerpolicy", "no-referrer");
        pen.set(&image, "src", url);
    }
}

/// FNV-1a of the id: the same colour on every device.
fn tint(id: &str) -> u32 {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash / 7 % TINTS
}

/// The first letters of the first and last word that have one; of a script without capitals, and of a mixture, the
/// first one alone.
fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|character| character.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back().filter(|letter| {
        let has_case = |letter: char| letter.is_lowercase() || letter.is_uppercase();
        has_case(*letter) && first.is_some_and(has_case)
    });
    let mut initials = String::new();
    for letter in first.into_iter().chain(last) {
        initials.extend(letter.to_uppercase());
    }
    initials
}

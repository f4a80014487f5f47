use super::{RowSignal, read};
use crate::ui::address::is_safe;
use chat_core::Kind;
use leptos::prelude::*;

/// How many tints there are for those without a picture.
const TINTS: u32 = 8;
const DIGITS: [&str; TINTS as usize] = ["0", "1", "2", "3", "4", "5", "6", "7"];

/// The author's picture, or their initials on a colour that is always theirs.
pub(super) fn view(row: RowSignal) -> impl IntoView {
    move || {
        let author = read(row, |row| {
            let shown = (row.starts_group || row.ends_group) && row.kind != Kind::System;
            shown.then(|| row.author.clone())
        })
        .flatten();
        author.map(|author| {
            let picture = author.picture.filter(|url| is_safe(url));
            view! {
                <span class="avatar" aria-hidden="true" data-tint=tint(author.id.as_str())>
                    {initials(&author.name)}
                    {picture.map(|url| view! {
                        <img src=url alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" draggable="false"/>
                    })}
                </span>
            }
        })
    }
}

/// FNV-1a of the id: the same colour on every device.
fn tint(id: &str) -> &'static str {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    DIGITS[(hash / 7 % TINTS) as usize]
}

/// The first letters of the first and last word that have one.
fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|character| character.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .take(3)
        .collect()
}

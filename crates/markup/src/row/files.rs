use super::attachments::{address, kind, size};
use crate::address::is_safe;
use crate::icons::FILE;
use crate::pen::Pen;
use strings::Strings;
use wire::rest::Attachment;

/// What a video whose size is not known is given room for, in pixels.
const UNKNOWN_VIDEO: (u32, u32) = (640, 360);

/// A file that is no picture: a film, a sound, or its name and length.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, file: &Attachment) {
    let Some(url) = address(file) else { return };
    match kind(file) {
        "image" => {}
        "video" | "audio" => media(pen, place, file, url),
        _ => card(pen, place, file, url),
    }
}

/// Nothing plays by itself, and only what is needed to play is loaded before.
fn media<P: Pen>(pen: &P, place: &P::Element, file: &Attachment, url: &str) {
    let kind = kind(file);
    let Some(player) = pen.element(place, kind, kind) else {
        return;
    };
    let is_video = kind == "video";
    let fallback = if is_video {
        pen.strings().video()
    } else {
        pen.strings().audio()
    };
    let name = file.filename.as_deref().unwrap_or(fallback);
    pen.set(&player, "aria-label", name);
    pen.set(&player, "controls", "");
    pen.set(&player, "preload", "metadata");
    if is_video {
        let (width, height) = size(file).unwrap_or(UNKNOWN_VIDEO);
        let ratio = [&width.to_string(), " / ", &height.to_string()].concat();
        pen.set(&player, "playsinline", "");
        pen.set_property(&player, "--ratio", &ratio);
        if let Some(poster) = file.thumbnail_url.as_deref().filter(|url| is_safe(url)) {
            pen.set(&player, "poster", poster);
        }
    }
    pen.set(&player, "src", url);
}

fn card<P: Pen>(pen: &P, place: &P::Element, file: &Attachment, url: &str) {
    let Some(link) = pen.link(place, "file", url) else {
        return;
    };
    let name = file.filename.as_deref().unwrap_or(pen.strings().file());
    if let Some(icon) = pen.element(&link, "span", "file-icon") {
        pen.icon(&icon, FILE);
    }
    if let Some(text) = pen.element(&link, "span", "file-text") {
        pen.label(&text, "bdi", "file-name", name);
        if let Some(line) = pen.element(&text, "span", "file-line") {
            pen.label(&line, "span", "file-type", format(file, name));
            if let Some(length) = file.byte_size {
                pen.label(&line, "span", "file-size", &readable(pen.strings(), length));
            }
        }
    }
}

/// `PDF` rather than `application/pdf`.
fn format<'a>(file: &'a Attachment, name: &'a str) -> &'a str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|ending| (1..=5).contains(&ending.len()));
    let media_type = file.content_type.as_deref().unwrap_or_default();
    let format = media_type.split_once('/').map_or("", |(_, format)| format);
    ending.unwrap_or(format)
}

/// `1.2 MB`: at most one decimal, below ten.
fn readable(strings: &Strings, bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => (1, strings.bytes()),
        1_000..1_000_000 => (1_000, strings.kilobytes()),
        1_000_000..1_000_000_000 => (1_000_000, strings.megabytes()),
        _ => (1_000_000_000, strings.gigabytes()),
    };
    let number = if unit > 1 && bytes / unit < 10 {
        strings.tenths(bytes / (unit / 10))
    } else {
        strings.number(bytes / unit)
    };
    name.with(&[("n", &number)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_short() {
        for (bytes, english, french) in [
            (0, "0 B", "0 o"),
            (9, "9 B", "9 o"),
            (999, "999 B", "999 o"),
            (1_000, "1 kB", "1 ko"),
            (9_990, "9.9 kB", "9,9 ko"),
            (12_345, "12 kB", "12 ko"),
            (24_000_000, "24 MB", "24 Mo"),
            (1_250_000_000, "1.2 GB", "1,2 Go"),
            (5_000_000_000_000, "5,000 GB", "5\u{202f}000 Go"),
            (
                u64::MAX,
                "18,446,744,073 GB",
                "18\u{202f}446\u{202f}744\u{202f}073 Go",
            ),
        ] {
            let readable = |language| readable(strings::catalogs::of(language).unwrap(), bytes);
            assert_eq!(readable("en"), english);
            assert_eq!(readable("fr"), french.replace(' ', "\u{a0}"));
        }
    }
}

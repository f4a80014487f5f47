use super::{blur, files};
use crate::address::is_safe;
use crate::pen::Pen;
use wire::rest::Attachment;

/// How many pictures a message shows before the rest is a number.
const MOST_PICTURES: usize = 4;
/// What a picture whose size is not known is given room for, in pixels.
const UNKNOWN_SIZE: (u32, u32) = (400, 300);
/// How big a picture is that stands alone, in pixels.
const MOST_WIDTH: u64 = 400;
const MOST_HEIGHT: u64 = 320;
const LEAST_WIDTH: u64 = 96;

/// The pictures among files, in the order in which they are shown.
pub fn pictures(files: &[Attachment]) -> impl Iterator<Item = &Attachment> {
    files.iter().filter(|file| is_picture(file))
}

fn is_picture(file: &Attachment) -> bool {
    kind(file) == "image" && address(file).is_some()
}

/// Where a file may be requested from.
pub(super) fn address(file: &Attachment) -> Option<&str> {
    file.url.as_deref().filter(|url| is_safe(url))
}

/// What stands before the slash of the media type.
pub(super) fn kind(file: &Attachment) -> &str {
    let media_type = file.content_type.as_deref().unwrap_or_default();
    media_type.split('/').next().unwrap_or_default()
}

/// Pixels across and down, where both are known.
pub(super) fn size(file: &Attachment) -> Option<(u32, u32)> {
    let size = file.width.zip(file.height);
    size.filter(|(width, height)| *width > 0 && *height > 0)
}

/// The files of a message: pictures in a grid, then the rest. A file whose address is missing or must not be requested
/// is not shown.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, files: &[Attachment]) {
    pen.clear(place);
    let count = pictures(files).count();
    if count > 0
        && let Some(grid) = pen.element(place, "div", "pictures")
    {
        pen.set(&grid, "data-count", &count.min(MOST_PICTURES).to_string());
        for (index, file) in pictures(files).take(MOST_PICTURES).enumerate() {
            let is_last = index + 1 == MOST_PICTURES;
            let hidden = if is_last { count - MOST_PICTURES } else { 0 };
            picture(pen, &grid, file, index, hidden);
        }
    }
    for file in files.iter().filter(|file| !is_picture(file)) {
        files::draw(pen, place, file);
    }
}

/// A picture in room that is kept free for it. It is a link to itself until the widget shows it larger.
fn picture<P: Pen>(pen: &P, grid: &P::Element, file: &Attachment, index: usize, hidden: usize) {
    let Some(url) = address(file) else { return };
    let Some(link) = pen.link(grid, "picture", url) else {
        return;
    };
    let (width, height) = size(file).unwrap_or(UNKNOWN_SIZE);
    let name = file.filename.as_deref().unwrap_or(pen.strings().image());
    pen.set(&link, "data-act", "view");
    pen.set(&link, "data-value", &index.to_string());
    pen.set(&link, "title", name);
    let ratio = [&width.to_string(), " / ", &height.to_string()].concat();
    pen.set_property(&link, "--ratio", &ratio);
    let shown = [&shown_width(width, height).to_string(), "px"].concat();
    pen.set_property(&link, "--width", &shown);
    if let Some(corners) = file.blurhash.as_deref().and_then(blur::corners) {
        for (name, colour) in ["--blur-1", "--blur-2", "--blur-3", "--blur-4"]
            .into_iter()
            .zip(corners)
        {
            pen.set_property(&link, name, &colour);
        }
    }
    if let Some(image) = pen.element(&link, "img", "") {
        pen.set(&image, "alt", name);
        pen.set(&image, "loading", "lazy");
        pen.set(&image, "decoding", "async");
        pen.set(&image, "referrerpolicy", "no-referrer");
        pen.set(&image, "src", url);
    }
    if hidden > 0 {
        let more = ["+", &hidden.to_string()].concat();
        pen.label(&link, "span", "picture-more", &more);
    } else if file.content_type.as_deref() == Some("image/gif") {
        pen.label(&link, "span", "picture-kind", pen.strings().gif());
    }
}

/// How wide a picture is that stands alone: its own size, or what fits.
fn shown_width(width: u32, height: u32) -> u64 {
    let (width, height) = (u64::from(width), u64::from(height));
    let fits = MOST_WIDTH.min(MOST_HEIGHT * width / height);
    width.min(fits).max(LEAST_WIDTH)
}

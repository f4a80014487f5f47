use crate::address::is_safe;
use crate::icons::FILE;
use crate::pen::Pen;
use wire::rest::Attachment;

/// How many pictures a message shows before the rest is a number.
const MOST_PICTURES: usize = 4;
/// What a picture whose size is not known is given room for, in pixels.
const UNKNOWN_SIZE: (u32, u32) = (400, 300);
/// The same for a video.
const UNKNOWN_VIDEO: (u32, u32) = (640, 360);
/// How big a picture is that stands alone, in pixels.
const MOST_WIDTH: u64 = 400;
const MOST_HEIGHT: u64 = 320;
const LEAST_WIDTH: u64 = 96;

/// The files of a message: pictures in a grid, then the rest. A file whose address is missing or must not be requested
/// is not shown.
pub(super) fn draw<P: Pen>(pen: &P, place: &P::Element, files: &[Attachment]) {
    pen.clear(place);
    let safe = || files.iter().filter_map(File::new);
    let count = safe().filter(File::is_picture).count();
    if count > 0
        && let Some(grid) = pen.element(place, "div", "pictures")
    {
        pen.set(&grid, "data-count", &count.min(MOST_PICTURES).to_string());
        for (index, file) in safe()
            .filter(File::is_picture)
            .take(MOST_PICTURES)
            .enumerate()
        {
            let hidden = count.saturating_sub(MOST_PICTURES);
            let more = if index + 1 == MOST_PICTURES {
                hidden
            } else {
                0
            };
            picture(pen, &grid, &file, more);
        }
    }
    for file in safe() {
        match file.kind {
            "image" => {}
            "video" | "audio" => media(pen, place, &file),
            _ => card(pen, place, &file),
        }
    }
}

struct File<'a> {
    url: &'a str,
    name: Option<&'a str>,
    /// What stands before the slash of the media type.
    kind: &'a str,
    /// What stands behind it.
    format: &'a str,
    size: Option<(u32, u32)>,
}

impl<'a> File<'a> {
    fn new(attachment: &'a Attachment) -> Option<Self> {
        let url = attachment.url.as_deref().filter(|url| is_safe(url))?;
        let media_type = attachment.content_type.as_deref().unwrap_or_default();
        let (kind, format) = media_type.split_once('/').unwrap_or_default();
        let size = attachment.width.zip(attachment.height);
        Some(Self {
            url,
            name: attachment.filename.as_deref(),
            kind,
            format,
            size: size.filter(|(width, height)| *width > 0 && *height > 0),
        })
    }

    fn is_picture(&self) -> bool {
        self.kind == "image"
    }
}

fn picture<P: Pen>(pen: &P, grid: &P::Element, file: &File<'_>, more: usize) {
    let (width, height) = file.size.unwrap_or(UNKNOWN_SIZE);
    let Some(link) = pen.link(grid, "picture", file.url) else {
        return;
    };
    let name = file.name.unwrap_or(pen.strings().image);
    pen.set(&link, "title", name);
    let ratio = [&width.to_string(), " / ", &height.to_string()].concat();
    pen.set_property(&link, "--ratio", &ratio);
    let shown = [&shown_width(width, height).to_string(), "px"].concat();
    pen.set_property(&link, "--width", &shown);
    if let Some(image) = pen.element(&link, "img", "") {
        pen.set(&image, "alt", name);
        pen.set(&image, "loading", "lazy");
        pen.set(&image, "decoding", "async");
        pen.set(&image, "referrerpolicy", "no-referrer");
        pen.set(&image, "src", file.url);
    }
    if more > 0 {
        pen.label(
            &link,
            "span",
            "picture-more",
            &["+", &more.to_string()].concat(),
        );
    }
}

/// How wide a picture is that stands alone: its own size, or what fits.
fn shown_width(width: u32, height: u32) -> u64 {
    let (width, height) = (u64::from(width), u64::from(height));
    let fits = MOST_WIDTH.min(MOST_HEIGHT * width / height);
    width.min(fits).max(LEAST_WIDTH)
}

fn media<P: Pen>(pen: &P, place: &P::Element, file: &File<'_>) {
    let Some(player) = pen.element(place, file.kind, file.kind) else {
        return;
    };
    let is_video = file.kind == "video";
    let fallback = if is_video {
        pen.strings().video
    } else {
        pen.strings().audio
    };
    pen.set(&player, "aria-label", file.name.unwrap_or(fallback));
    pen.set(&player, "controls", "");
    pen.set(&player, "preload", "metadata");
    if is_video {
        let (width, height) = file.size.unwrap_or(UNKNOWN_VIDEO);
        pen.set(&player, "playsinline", "");
        pen.set(&player, "width", &width.to_string());
        pen.set(&player, "height", &height.to_string());
    }
    pen.set(&player, "src", file.url);
}

fn card<P: Pen>(pen: &P, place: &P::Element, file: &File<'_>) {
    let Some(link) = pen.link(place, "file", file.url) else {
        return;
    };
    let name = file.name.unwrap_or(pen.strings().file);
    if let Some(icon) = pen.element(&link, "span", "file-icon") {
        pen.icon(&icon, FILE);
    }
    if let Some(text) = pen.element(&link, "span", "file-text") {
        pen.label(&text, "bdi", "file-name", name);
        // `PDF` rather than `application/pdf`.
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let ending = ending.filter(|ending| (1..=5).contains(&ending.len()));
        pen.label(&text, "span", "file-type", ending.unwrap_or(file.format));
    }
}

use super::{RowSignal, read};
use crate::ui::address::is_safe;
use crate::ui::icons::{FILE, icon};
use crate::ui::scene::Scene;
use leptos::prelude::*;
use wire::rest::Attachment;

/// How many pictures a message shows before the rest is a number.
const MOST_PICTURES: usize = 4;
/// What a picture whose size is not known is given room for, in pixels.
const UNKNOWN_SIZE: (u32, u32) = (400, 300);
/// How big a picture is that stands alone, in pixels.
const MOST_WIDTH: u64 = 400;
const MOST_HEIGHT: u64 = 320;
const LEAST_WIDTH: u64 = 96;

/// The files of a message: pictures and videos in a grid, then sound, then the rest as cards.
pub(super) fn view(row: RowSignal, scene: Scene) -> impl IntoView {
    move || {
        read(row, |row| row.attachments.clone()).filter(|files| !files.is_empty()).map(|files| {
            let files: Vec<File> = files.into_iter().filter_map(File::new).collect();
            let (pictures, others): (Vec<_>, Vec<_>) =
                files.into_iter().partition(|file| file.kind == FileKind::Picture);
            let hidden = pictures.len().saturating_sub(MOST_PICTURES);
            let count = pictures.len().min(MOST_PICTURES);
            let pictures = pictures
                .into_iter()
                .take(MOST_PICTURES)
                .enumerate()
                .map(|(index, file)| {
                    let more = (hidden > 0 && index + 1 == MOST_PICTURES).then_some(hidden);
                    picture(file, more, scene)
                })
                .collect_view();
            let others = others.into_iter().map(|file| other(file, scene)).collect_view();
            view! {
                <div class="attachments">
                    {(count > 0).then(|| view! { <div class="pictures" data-count=count>{pictures}</div> })}
                    {others}
                </div>
            }
        })
    }
}

#[derive(PartialEq)]
enum FileKind {
    Picture,
    Video,
    Sound,
    Other,
}

struct File {
    url: String,
    name: Option<String>,
    media_type: String,
    size: Option<(u32, u32)>,
    kind: FileKind,
}

impl File {
    /// Nothing where the address is missing or must not be requested.
    fn new(attachment: Attachment) -> Option<Self> {
        let url = attachment.url.filter(|url| is_safe(url))?;
        let media_type = attachment.content_type.unwrap_or_default();
        let kind = match media_type.split('/').next() {
            Some("image") => FileKind::Picture,
            Some("video") => FileKind::Video,
            Some("audio") => FileKind::Sound,
            _ => FileKind::Other,
        };
        let size = attachment
            .width
            .zip(attachment.height)
            .filter(|(width, height)| *width > 0 && *height > 0);
        Some(Self {
            url,
            name: attachment.filename,
            media_type,
            size,
            kind,
        })
    }
}

fn picture(file: File, more: Option<usize>, scene: Scene) -> impl IntoView {
    let (width, height) = file.size.unwrap_or(UNKNOWN_SIZE);
    let ratio = [&width.to_string(), " / ", &height.to_string()].concat();
    let shown = [&shown_width(width, height).to_string(), "px"].concat();
    let name = file.name.unwrap_or_else(|| scene.strings.image.to_owned());
    let (address, title) = (file.url.clone(), name.clone());
    let more = more.map(|more| ["+", &more.to_string()].concat());
    view! {
        <a
            class="picture"
            href=address
            target="_blank"
            rel="noopener noreferrer nofollow ugc"
            title=title
            style=("--ratio", ratio)
            style=("--width", shown)
        >
            <img src=file.url alt=name loading="lazy" decoding="async" referrerpolicy="no-referrer"/>
            {more.map(|more| view! { <span class="picture-more">{more}</span> })}
        </a>
    }
}

/// How wide a picture is that stands alone: its own size, or what fits.
fn shown_width(width: u32, height: u32) -> u64 {
    let (width, height) = (u64::from(width), u64::from(height));
    let fits = MOST_WIDTH.min(MOST_HEIGHT * width / height);
    width.min(fits).max(LEAST_WIDTH)
}

fn other(file: File, scene: Scene) -> AnyView {
    let strings = scene.strings;
    match file.kind {
        FileKind::Video => {
            let (width, height) = file.size.unwrap_or((640, 360));
            let name = file.name.unwrap_or_else(|| strings.video.to_owned());
            view! {
                <video class="video" src=file.url aria-label=name width=width height=height controls=true preload="metadata" playsinline=true></video>
            }
            .into_any()
        }
        FileKind::Sound => {
            let name = file.name.unwrap_or_else(|| strings.audio.to_owned());
            view! { <audio class="sound" src=file.url aria-label=name controls=true preload="metadata"></audio> }.into_any()
        }
        FileKind::Picture | FileKind::Other => {
            let name = file.name.unwrap_or_else(|| strings.file.to_owned());
            let detail = short_type(&name, &file.media_type);
            view! {
                <a class="file" href=file.url target="_blank" rel="noopener noreferrer nofollow ugc">
                    <span class="file-icon">{icon(FILE)}</span>
                    <span class="file-text">
                        <bdi class="file-name">{name}</bdi>
                        <span class="file-type">{detail}</span>
                    </span>
                </a>
            }
            .into_any()
        }
    }
}

/// `PDF` rather than `application/pdf`.
fn short_type(name: &str, media_type: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ending = ending.filter(|ending| (1..=5).contains(&ending.len()) && ending.is_ascii());
    ending
        .or_else(|| media_type.rsplit('/').next())
        .unwrap_or_default()
        .to_uppercase()
}

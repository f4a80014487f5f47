//! `GET /files/{id}/content`: the bytes of an upload, or of a seeded file, made when they are asked for, always the same for a
//! file.

use crate::database::StoredFile;
use crate::range;
use crate::rest::{ApiError, PathOf, QueryOf};
use crate::signed_address::Permission;
use crate::state::Sandbox;
use crate::uploads;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The largest image that is drawn, in pixels; a larger one would take seconds.
const MOST_PIXELS: u64 = 20_000_000;

/// `GET /files/{id}/content`.
pub async fn content(
    State(sandbox): State<Sandbox>,
    PathOf(id): PathOf<String>,
    QueryOf(permission): QueryOf<Permission>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = match of_nobody(&id) {
        Some(file) => file,
        None => sandbox
            .store()
            .run(move |database| database.file(&id))
            .await?
            .ok_or(ApiError::NotFound("file"))?,
    };
    if file.upload.is_some() {
        return uploads::content(&sandbox, file, permission, &headers).await;
    }
    let drawn = tokio::task::spawn_blocking(move || bytes(&file))
        .await
        .map_err(|_| crate::database::DatabaseError::Stopped)?;
    let (content_type, bytes) = drawn.ok_or(ApiError::NotFound(
        "content (the sandbox makes images, films, sounds and documents)",
    ))?;
    let content_type = HeaderValue::from_static(content_type);
    Ok(served(content_type, false, bytes, &headers))
}

/// A file's bytes, or those of them that were asked for; never a page of this origin, whatever the file says it is.
pub fn served(
    content_type: HeaderValue,
    is_private: bool,
    bytes: Vec<u8>,
    asked: &HeaderMap,
) -> Response {
    let cache = if is_private {
        "private, max-age=3600"
    } else {
        "public, max-age=31536000, immutable"
    };
    let headers = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::CACHE_CONTROL, cache),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)));
    let content_type = [(header::CONTENT_TYPE, content_type)];
    (content_type, headers, range::answer(asked, bytes)).into_response()
}

/// Pictures that no message carries: users' portraits, and those of link cards. One portrait is lost.
fn of_nobody(id: &str) -> Option<StoredFile> {
    let (what, whose) = id.split_once('_')?;
    let (width, height) = match what {
        "portrait" if whose != "user_noor" => (128, 128),
        "card" => (480, 320),
        "icon" => (32, 32),
        _ => return None,
    };
    Some(StoredFile {
        id: id.into(),
        filename: String::new(),
        content_type: "image/png".to_owned(),
        width: Some(width),
        height: Some(height),
        byte_size: 0,
        upload: None,
    })
}

/// Two seconds of a ball that rolls, 320 × 180: the film of every message. Recorded by Chromium.
const CLIP: &[u8] = include_bytes!("clip.webm");

/// Media type and bytes. Every image is a PNG, whatever its name says.
fn bytes(file: &StoredFile) -> Option<(&'static str, Vec<u8>)> {
    let kind = file.content_type.as_str();
    if kind.starts_with("image/") {
        let (width, height) = (file.width.unwrap_or(640), file.height.unwrap_or(480));
        return Some(("image/png", picture(width, height, hash(&file.id))?));
    }
    if kind.starts_with("video/") {
        return Some(("video/webm", CLIP.to_vec()));
    }
    if kind.starts_with("audio/") {
        return Some(("audio/wav", tone(hash(&file.id))));
    }
    match kind {
        "application/pdf" => Some(("application/pdf", document(&file.filename))),
        // An archive without entries.
        "application/zip" => {
            let mut bytes = b"PK\x05\x06".to_vec();
            bytes.resize(22, 0);
            Some(("application/zip", bytes))
        }
        "text/csv" => Some((
            "text/csv; charset=utf-8",
            b"frame,aperture,shutter,note\n1,f/8,1/125,harbour\n2,f/2.8,1/60,kitchen\n".to_vec(),
        )),
        "application/json" => Some((
            "application/json",
            b"{\"film\":\"HP5\",\"speed\":400,\"developer\":\"HC-110 B\"}\n".to_vec(),
        )),
        _ if kind.starts_with("text/") => Some((
            "text/plain; charset=utf-8",
            file.filename.clone().into_bytes(),
        )),
        _ => None,
    }
}

fn hash(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A landscape: sky from one colour to another, a sun, two ranges of hills. 256 colours keep it small.
fn picture(width: u32, height: u32, seed: u32) -> Option<Vec<u8>> {
    const SKY: u64 = 200;
    const SUN: u8 = 200;
    const FAR: u8 = 201;
    const NEAR: u8 = 202;
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return None;
    }
    let warm: [[u8; 3]; 4] = [
        [0x2b, 0x1d, 0x3a],
        [0x1c, 0x2f, 0x4a],
        [0x3a, 0x2a, 0x22],
        [0x12, 0x33, 0x3d],
    ];
    let low: [[u8; 3]; 4] = [
        [0xf2, 0xa6, 0x5a],
        [0xf6, 0xd6, 0xa8],
        [0xe8, 0x8d, 0x72],
        [0xc9, 0xd8, 0xc5],
    ];
    let (top, bottom) = (warm[(seed % 4) as usize], low[(seed / 4 % 4) as usize]);
    let mut palette: Vec<u8> = (0..SKY)
        .flat_map(|step| {
            [0, 1, 2].map(|part| {
                let (from, to) = (u64::from(top[part]), u64::from(bottom[part]));
                u8::try_from((from * (SKY - 1 - step) + to * step) / (SKY - 1)).unwrap_or_default()
            })
        })
        .collect();
    palette.extend([0xff, 0xf1, 0xd0, 0x4a, 0x45, 0x55, 0x1d, 0x1f, 0x2b]);

    let (wide, tall) = (f64::from(width), f64::from(height));
    let phase = f64::from(seed % 628) / 100.0;
    let sun = (
        wide * (0.2 + 0.6 * f64::from(seed % 97) / 97.0),
        tall * 0.42,
        wide.min(tall) * 0.09,
    );
    let horizon = |column: f64, base: f64, swing: f64, waves: f64| {
        tall * (base + swing * (column / wide * waves + phase).sin())
    };
    let ridges: Vec<(f64, f64)> = (0..width)
        .map(|column| {
            let column = f64::from(column);
            (
                horizon(column, 0.66, 0.05, 9.0),
                horizon(column, 0.8, 0.07, 5.0),
            )
        })
        .collect();
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for row in 0..height {
        let sky = u8::try_from(u64::from(row) * SKY / u64::from(height)).unwrap_or_default();
        let y = f64::from(row);
        let near_sun = (y - sun.1).abs() <= sun.2;
        pixels.extend(ridges.iter().zip(0..width).map(|((far, near), column)| {
            if y > *near {
                NEAR
            } else if y > *far {
                FAR
            } else if near_sun && (f64::from(column) - sun.0).hypot(y - sun.1) <= sun.2 {
                SUN
            } else {
                sky
            }
        }));
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_compression(png::Compression::Fast);
    // Most rows repeat the one above.
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// A second of a quiet tone, as 8-bit WAV.
fn tone(seed: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let period = 12 + seed % 24;
    let samples = (0..RATE).map(|sample| {
        if sample % period < period / 2 {
            118
        } else {
            138
        }
    });
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + RATE).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(RATE.to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend(b"\x01\0\x08\0data");
    bytes.extend(RATE.to_le_bytes());
    bytes.extend(samples);
    bytes
}

/// A PDF of one page that shows the file's name.
fn document(name: &str) -> Vec<u8> {
    let shown: String = name
        .chars()
        .filter(|character| {
            character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | ' ')
        })
        .collect();
    let stream = format!("BT /F 18 Tf 60 760 Td ({shown}) Tj ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{stream}\nendstream", stream.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = b"0000000000 65535 f \n".to_vec();
    for (number, object) in (1..).zip(&objects) {
        table.extend(format!("{:010} 00000 n \n", bytes.len()).into_bytes());
        bytes.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let (start, count) = (bytes.len(), objects.len() + 1);
    bytes.extend(format!("xref\n0 {count}\n").into_bytes());
    bytes.extend(table);
    let trailer = format!("trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    bytes.extend(trailer.into_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_their_size_and_are_always_the_same() {
        for (width, height) in [(1, 1), (48, 48), (300, 200), (700, 5200)] {
            let bytes = picture(width, height, 7).unwrap();
            assert_eq!(bytes, picture(width, height, 7).unwrap());
            let decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
            let reader = decoder.read_info().unwrap();
            assert_eq!((reader.info().width, reader.info().height), (width, height));
        }
        assert!(picture(0, 5, 7).is_none());
        assert!(picture(100_000, 100_000, 7).is_none());
    }

    #[test]
    fn a_document_points_at_its_parts() {
        let bytes = document("(evil) \\name.pdf");
        let text = String::from_utf8(bytes).unwrap();
        let start: usize = text
            .rsplit("startxref\n")
            .next()
            .and_then(|rest| rest.lines().next())
            .and_then(|line| line.parse().ok())
            .unwrap();
        assert!(text[start..].starts_with("xref\n"));
        assert!(text.contains("(evil name.pdf) Tj"));
    }
}

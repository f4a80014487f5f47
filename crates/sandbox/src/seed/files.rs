use super::message::SeededAttachment;
use super::random::Random;

/// Of photographs, scans, screenshots, and of what breaks layouts: a panorama, a contact strip, an icon, a pixel.
const PICTURE_SIZES: [(u32, u32); 18] = [
    (2048, 1365),
    (1365, 2048),
    (1600, 1600),
    (3000, 2000),
    (1200, 800),
    (800, 1200),
    (1080, 1350),
    (1920, 1080),
    (1170, 2532),
    (640, 480),
    (4000, 3000),
    (2400, 1080),
    (6000, 900),
    (7200, 1200),
    (700, 5200),
    (480, 3600),
    (48, 48),
    (1, 1),
];

const PICTURE_NAMES: [&str; 16] = [
    "roll",
    "scan",
    "IMG",
    "DSC",
    "frame",
    "contact-sheet",
    "lisboa",
    "harbour",
    "portrait",
    "negativo",
    "darkroom print",
    "фото",
    "写真",
    "light-leak",
    "test strip",
    "Screenshot",
];

const PICTURE_TYPES: [(&str, &str); 6] = [
    ("jpg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
];

/// Name, media type, size of the picture, smallest and largest length.
type Document = (&'static str, &'static str, Option<(u32, u32)>, i64, i64);

const DOCUMENTS: [Document; 16] = [
    (
        "development-times.pdf",
        "application/pdf",
        None,
        80_000,
        900_000,
    ),
    (
        "zine-layout-v3-FINAL-final.pdf",
        "application/pdf",
        None,
        2_000_000,
        24_000_000,
    ),
    (
        "Ilford HP5 datasheet.pdf",
        "application/pdf",
        None,
        150_000,
        600_000,
    ),
    (
        "photowalk-map.pdf",
        "application/pdf",
        None,
        400_000,
        4_000_000,
    ),
    (
        "camera-manual-scan-1967-complete-with-all-the-appendices-and-the-errata-sheet.pdf",
        "application/pdf",
        None,
        9_000_000,
        60_000_000,
    ),
    (
        "shutter-test.mp4",
        "video/mp4",
        Some((1920, 1080)),
        3_000_000,
        40_000_000,
    ),
    (
        "darkroom-tour.mp4",
        "video/mp4",
        Some((1080, 1920)),
        8_000_000,
        90_000_000,
    ),
    (
        "super8-test.mov",
        "video/quicktime",
        Some((1440, 1080)),
        20_000_000,
        150_000_000,
    ),
    (
        "loading-a-reel.webm",
        "video/webm",
        Some((1280, 720)),
        1_000_000,
        12_000_000,
    ),
    ("shutter-sound.mp3", "audio/mpeg", None, 40_000, 900_000),
    ("voice note.m4a", "audio/mp4", None, 60_000, 2_000_000),
    (
        "podcast-ep12-draft.ogg",
        "audio/ogg",
        None,
        8_000_000,
        45_000_000,
    ),
    ("presets.zip", "application/zip", None, 300_000, 30_000_000),
    ("exposure-log.csv", "text/csv", None, 900, 40_000),
    (
        "reciprocity.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        None,
        12_000,
        90_000,
    ),
    ("settings.json", "application/json", None, 120, 9_000),
];

/// One to six pictures of one camera.
pub(super) fn pictures(random: &mut Random) -> Vec<SeededAttachment> {
    let count = match random.below(10) {
        0..=5 => 1,
        6 | 7 => 2,
        8 => 4,
        _ => 6,
    };
    let name = random.pick(&PICTURE_NAMES).copied().unwrap_or("scan");
    let number = random.between(1, 9_000);
    // The last six sizes are rare.
    let usual = if random.chance(850) {
        12
    } else {
        PICTURE_SIZES.len()
    };
    (0..count)
        .map(|offset| {
            let (width, height) = PICTURE_SIZES[random.below(usual)];
            let (extension, content_type) = PICTURE_TYPES[random.below(PICTURE_TYPES.len())];
            let filename = format!("{name}_{:04}.{extension}", number + offset);
            let pixels = i64::from(width) * i64::from(height);
            let length = random.between(pixels / 12 + 40, pixels / 3 + 400);
            attachment(
                filename,
                content_type,
                Some((width, height)),
                length,
                random,
            )
        })
        .collect()
}

/// A file that is no picture: a document, a film, a sound.
pub(super) fn document(random: &mut Random) -> SeededAttachment {
    let (name, content_type, size, smallest, largest) = DOCUMENTS[random.below(DOCUMENTS.len())];
    let length = random.between(smallest, largest);
    attachment(name.to_owned(), content_type, size, length, random)
}

/// The file of that name.
pub(super) fn named(name: &str, random: &mut Random) -> Option<SeededAttachment> {
    let (name, content_type, size, smallest, largest) =
        *DOCUMENTS.iter().find(|(other, ..)| *other == name)?;
    let length = random.between(smallest, largest);
    Some(attachment(
        name.to_owned(),
        content_type,
        size,
        length,
        random,
    ))
}

fn attachment(
    filename: String,
    content_type: &'static str,
    size: Option<(u32, u32)>,
    length: i64,
    random: &mut Random,
) -> SeededAttachment {
    SeededAttachment {
        id: id("file", random),
        filename,
        content_type,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        byte_size: u64::try_from(length).unwrap_or_default(),
    }
}

/// An opaque id of 16 letters and digits (80 bits).
pub(super) fn id(prefix: &str, random: &mut Random) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let opaque: String = (0..16)
        .map(|_| char::from(DIGITS[random.below(DIGITS.len())]))
        .collect();
    format!("{prefix}_{opaque}")
}

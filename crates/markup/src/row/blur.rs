//! What a picture looks like from far, before it is there: the four corners of its `BlurHash`
//! (<https://blurha.sh>), which the style sheet blends into one another.

const DIGITS: &[u8; 83] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
/// The cosine of each eighth of a turn.
const COSINES: [f32; 8] = [1.0, ROOT, 0.0, -ROOT, -1.0, -ROOT, 0.0, ROOT];
const ROOT: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The colours a quarter of the way in from each corner, as `rgb(…)`: upper left, upper right, lower left, lower right.
/// Nothing for what is no `BlurHash`.
pub(super) fn corners(hash: &str) -> Option<[String; 4]> {
    let hash = hash.as_bytes();
    let size = number(hash.get(..1)?)?;
    let (across, down) = (size % 9 + 1, size / 9 + 1);
    if hash.len() != 4 + 2 * across * down {
        return None;
    }
    let most = (as_float(number(hash.get(1..2)?)?) + 1.0) / 166.0;
    let mut sums = [[0.0_f32; 3]; 4];
    for component in 0..across * down {
        let colour = if component == 0 {
            let value = number(hash.get(2..6)?)?;
            [value >> 16, value >> 8 & 255, value & 255].map(|part| square(as_float(part) / 255.0))
        } else {
            let start = 4 + component * 2;
            let value = number(hash.get(start..start + 2)?)?;
            [value / 361, value / 19 % 19, value % 19].map(|part| {
                let part = (as_float(part) - 9.0) / 9.0;
                part * part.abs() * most
            })
        };
        for (corner, sum) in sums.iter_mut().enumerate() {
            // An odd multiple of a quarter: cos(π · n · ¼) or cos(π · n · ¾).
            let along = |step: usize, far: bool| COSINES[step * if far { 3 } else { 1 } % 8];
            let basis =
                along(component % across, corner % 2 == 1) * along(component / across, corner > 1);
            for (sum, part) in sum.iter_mut().zip(colour) {
                *sum += part * basis;
            }
        }
    }
    Some(sums.map(|[red, green, blue]| {
        [
            "rgb(",
            &shown(red),
            " ",
            &shown(green),
            " ",
            &shown(blue),
            ")",
        ]
        .concat()
    }))
}

/// In base 83.
fn number(digits: &[u8]) -> Option<usize> {
    digits.iter().try_fold(0, |value, digit| {
        let at = DIGITS.iter().position(|other| other == digit)?;
        Some(value * 83 + at)
    })
}

#[expect(clippy::cast_precision_loss, reason = "these are bytes and smaller")]
fn as_float(value: usize) -> f32 {
    value as f32
}

/// Light that adds up, from a colour. A square is near enough to sRGB's curve for a blur, and needs no power function.
fn square(part: f32) -> f32 {
    part * part
}

/// A part of a colour, from light.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 255"
)]
fn shown(light: f32) -> String {
    ((light.clamp(0.0, 1.0).sqrt() * 255.0) as u8).to_string()
}

#[cfg(test)]
mod tests {
    use super::corners;

    #[test]
    fn one_colour_is_the_same_in_all_corners() {
        // 1 × 1 components: only the average, here 0x8080ff.
        let average = 0x80_80ff_usize;
        let digit = |power: u32| char::from(super::DIGITS[average / 83_usize.pow(power) % 83]);
        let hash: String = ['0', '0', digit(3), digit(2), digit(1), digit(0)]
            .iter()
            .collect();
        assert_eq!(corners(&hash).unwrap(), ["rgb(128 128 255)"; 4]);
    }

    #[test]
    fn corners_differ_as_the_picture_does() {
        let corners = corners("LEHV6nWB2yk8pyo0adR*.7kCMdnj").unwrap();
        assert_ne!(corners[0], corners[3]);
    }

    #[test]
    fn what_is_no_hash_is_nothing() {
        for bad in [
            "",
            "L",
            "00000",
            "LEHV6nWB2yk8",
            "\u{e9}aaaaa",
            "00 000",
            "0000000000",
        ] {
            assert_eq!(corners(bad), None, "{bad}");
        }
    }
}

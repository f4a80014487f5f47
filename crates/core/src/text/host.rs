//! Names of hosts that look like others (X8): `аpple.com` with a Cyrillic а. They are shown as browsers show them, in
//! the ASCII form that such a name has on the wire (RFC 3492). The link itself is left as it is.

/// Whether some label of a host is written in scripts that no language mixes, or in letters of one that all look Latin.
pub(super) fn is_deceptive(host: &str) -> bool {
    !host.is_ascii()
        && host
            .split(['.', '@'])
            .any(|label| is_mixed(label) || is_lookalike(label, host))
}

/// The host with each label that is not ASCII as `xn--…`. Nothing is checked: it is for showing.
pub(super) fn to_ascii(host: &str, out: &mut String) {
    let mut rest = host;
    while !rest.is_empty() {
        let end = rest.find(['.', '@']).unwrap_or(rest.len());
        let (label, after) = rest.split_at(end);
        // No host has a longer label; a mail's domain may be anything.
        if label.is_ascii() || label.len() > MOST_LABEL_BYTES {
            out.push_str(label);
        } else {
            out.push_str("xn--");
            punycode(label, out);
        }
        let separator = after.len().min(1);
        out.push_str(&after[..separator]);
        rest = &after[separator..];
    }
}

/// Latin with Chinese, Japanese or Korean is what those languages do; every other mixture is a disguise.
fn is_mixed(label: &str) -> bool {
    let mut scripts = label.chars().filter_map(script);
    let mut other = None;
    let mut latin = false;
    scripts.any(|script| {
        if script == LATIN {
            latin = true;
        } else if other.is_some_and(|other| other != script) {
            return true;
        } else {
            other = Some(script);
        }
        latin && other.is_some_and(|other| other != EAST_ASIAN)
    })
}

/// Whether all letters of a label are Cyrillic or Greek and look like Latin ones, where the name does not end in that
/// script (`аррӏе.com`, but not `хор.рф`).
fn is_lookalike(label: &str, host: &str) -> bool {
    const LOOKALIKES: &str = "асԁеһіјӏорԛѕԝхуѵгпъьЬАВЕЅІЈКМНОРСТХУԌԚԜαορνυιγκχτωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
    let mut letters = label
        .chars()
        .filter(|character| script(*character).is_some());
    let own_end = host
        .rsplit('.')
        .find(|label| !label.is_empty())
        .is_some_and(|last| !last.is_ascii());
    !own_end && !label.is_ascii() && letters.all(|letter| LOOKALIKES.contains(letter))
}

/// RFC 1035, section 2.3.4.
const MOST_LABEL_BYTES: usize = 63;
const LATIN: u32 = 0;
const EAST_ASIAN: u32 = 1;

/// What a character is written in: a number that is the same for all characters of a script, as far as Unicode's blocks
/// can tell. `None` for what every script has: digits, hyphens, combining marks.
fn script(character: char) -> Option<u32> {
    let code = u32::from(character);
    Some(match code {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => LATIN,
        0..=0xBF | 0x2B0..=0x36F => return None,
        0x250..=0x2AF => 2,
        0x370..=0x3FF | 0x1F00..=0x1FFF => 3,
        0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => 4,
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF => 5,
        0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F => 6,
        0x13A0..=0x13FF | 0xAB70..=0xABBF => 7,
        0x1100..=0x11FF
        | 0x2E80..=0x2FDF
        | 0x3005..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF
        | 0xF900..=0xFAFF
        | 0x1B000..=0x1B16F
        | 0x20000..=0x3FFFF => EAST_ASIAN,
        // The other scripts have blocks of their own, most of them of 128 characters.
        _ => 8 + (code >> 7),
    })
}

/// RFC 3492, section 6.3, with the case folded as far as the deceptive scripts need it.
fn punycode(label: &str, out: &mut String) {
    const BASE: u32 = 36;
    let letters: Vec<u32> = label
        .chars()
        .map(|letter| u32::from(lower(letter)))
        .collect();
    out.extend(
        letters
            .iter()
            .filter_map(|code| char::from_u32(*code).filter(char::is_ascii)),
    );
    let basic = letters.iter().filter(|code| **code < 0x80).count();
    if basic > 0 {
        out.push('-');
    }
    let basic = u32::try_from(basic).unwrap_or_default();
    let (mut next, mut delta, mut bias, mut handled) = (0x80, 0, 72, basic);
    while let Some(least) = letters.iter().copied().filter(|code| *code >= next).min() {
        // No overflow: a label has at most 63 bytes.
        delta += (least - next) * (handled + 1);
        next = least;
        for code in &letters {
            if *code < next {
                delta += 1;
            }
            if *code != next {
                continue;
            }
            let mut rest = delta;
            for threshold in (1..).map(|step| (step * BASE).saturating_sub(bias).clamp(1, 26)) {
                if rest < threshold {
                    break;
                }
                out.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
                rest = (rest - threshold) / (BASE - threshold);
            }
            out.push(digit(rest));
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta += 1;
        next += 1;
    }
}

/// RFC 3492, section 6.1.
fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

fn digit(value: u32) -> char {
    let offset = u8::try_from(value).unwrap_or_default();
    char::from(if offset < 26 {
        b'a' + offset
    } else {
        b'0' + offset - 26
    })
}

/// Small letters of the alphabets that imitate one another; `char::to_lowercase` would bring all of Unicode's.
fn lower(letter: char) -> char {
    let offset = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => 0x20,
        'Ѐ'..='Џ' => 0x50,
        'Ѡ'..='ѿ' | 'Ҋ'..='ҿ' | 'Ӑ'..='ԯ' => 1 - (u32::from(letter) & 1),
        _ => 0,
    };
    char::from_u32(u32::from(letter) + offset).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascii(host: &str) -> String {
        let mut out = String::new();
        to_ascii(host, &mut out);
        out
    }

    #[test]
    fn x8_tells_disguises_from_names() {
        for host in [
            "аpple.com",
            "раypal.com",
            "www.gооgle.com",
            "gοogle.com",
            "аррӏе.com",
            "сосо.org",
            "login.аррӏе.co.uk",
            "exаmple.рф",
            "ада\u{3b1}.com",
            "ʏoutube.com",
            "ada@exаmple.com",
            "例а.jp",
        ] {
            assert!(is_deceptive(host), "{host}");
        }
        for host in [
            "apple.com",
            "bücher.de",
            "пример.рф",
            "хор.рф",
            "почта.com",
            "例え.jp",
            "日本語-abc.jp",
            "한국어.kr",
            "παράδειγμα.gr",
            "مثال.السعودية",
            "उदाहरण.com",
            "xn--80ak6aa92e.com",
            "münchen-2024.de",
            "",
        ] {
            assert!(!is_deceptive(host), "{host}");
        }
    }

    #[test]
    fn x8_the_ascii_form_is_what_browsers_make_of_it() {
        for host in [
            "аpple.com",
            "раypal.com",
            "аррӏе.com",
            "bücher.de",
            "Раypal.com",
            "ГООГЛЕ.com",
            "例え.jp",
            "www.例え-abc.co.jp",
            "münchen-2024.de",
            "ليهمابتكلموشعربي؟",
            "他们为什么不说中文",
            "почемужеонинеговорятпорусски",
            "3年b組金八先生",
            "안녕하세요.kr",
            "a.b.c",
        ] {
            // The oracle has all of Unicode's tables.
            let expected = url::Url::parse(&format!("http://{host}/"));
            if let Ok(url) = expected {
                assert_eq!(Some(ascii(host).as_str()), url.host_str(), "{host}");
            }
        }
        assert_eq!(ascii("ليهمابتكلموشعربي؟"), "xn--egbpdaj6bu4bxfgehfvwxn");
        assert_eq!(ascii("аррӏе.com"), "xn--80ak6aa92e.com");
        assert_eq!(ascii("ada@аррӏе.com"), "ada@xn--80ak6aa92e.com");
    }
}

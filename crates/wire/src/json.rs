use std::borrow::Cow;

/// Deeper than that is nothing that Whop sends, and something that would use up the stack.
const MAX_DEPTH: u8 = 127;

/// A JSON value, borrowed from its text where nothing in it is escaped.
///
/// `serde_json`'s own makes a tree of strings and needs the tables by which floats are parsed: much for a visitor to download,
/// where every number that is read is an integer (docs/adr/0008).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'t> {
    /// `null`, or nothing at all.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(Cow<'t, str>),
    /// A string.
    String(Cow<'t, str>),
    /// A list.
    Array(Vec<Self>),
    /// Fields in the order in which they are written. Of those that share a name, the last counts.
    Object(Vec<(Cow<'t, str>, Self)>),
}

impl<'t> Value<'t> {
    /// Parses a JSON text. `None` where it is none, or is nested too deep.
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(MAX_DEPTH)?;
        parser.peek().is_none().then_some(value)
    }

    /// An object's field of that name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else {
            return None;
        };
        let found = fields.iter().rfind(|(field, _)| field == name);
        found.map(|(_, value)| value)
    }

    /// The string that this is.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A number's part before the point, and whether nothing but zeros comes after it.
    pub(crate) fn whole(&self) -> Option<(i64, bool)> {
        let Self::Number(number) = self else {
            return None;
        };
        if let Ok(integer) = number.parse() {
            return Some((integer, true));
        }
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (units, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let positive = units.trim_start_matches('-');
        let exponent: i32 = exponent.parse().ok()?;
        let mut shift = i64::from(exponent) + i64::try_from(positive.len()).ok()?;
        let (mut integer, mut exact) = (0_i64, true);
        for digit in positive.bytes().chain(fraction.bytes()) {
            let digit = i64::from(digit - b'0');
            if shift > 0 {
                integer = integer.checked_mul(10)?.checked_add(digit)?;
            } else {
                exact &= digit == 0;
            }
            shift -= 1;
        }
        while shift > 0 && integer != 0 {
            integer = integer.checked_mul(10)?;
            shift -= 1;
        }
        if positive.len() < units.len() {
            integer = -integer;
        }
        Some((integer, exact))
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    /// The next byte, whatever it is.
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Whether that comes next; then it is behind.
    fn takes(&mut self, word: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..);
        let is_next = rest.is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn value(&mut self, depth: u8) -> Option<Value<'t>> {
        let word = |taken: bool, value| taken.then_some(value);
        match self.peek()? {
            b'"' => self.string().map(Value::String),
            b'{' => self.object(depth.checked_sub(1)?).map(Value::Object),
            b'[' => self.array(depth.checked_sub(1)?).map(Value::Array),
            b't' => word(self.takes("true"), Value::Bool(true)),
            b'f' => word(self.takes("false"), Value::Bool(false)),
            b'n' => word(self.takes("null"), Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn array(&mut self, depth: u8) -> Option<Vec<Value<'t>>> {
        let mut items = Vec::new();
        while self.continues(b']', items.is_empty())? {
            items.push(self.value(depth)?);
        }
        Some(items)
    }

    fn object(&mut self, depth: u8) -> Option<Vec<(Cow<'t, str>, Value<'t>)>> {
        let mut fields = Vec::new();
        while self.continues(b'}', fields.is_empty())? {
            self.peek().filter(|byte| *byte == b'"')?;
            let name = self.string()?;
            self.peek().filter(|byte| *byte == b':')?;
            self.at += 1;
            fields.push((name, self.value(depth)?));
        }
        Some(fields)
    }

    /// Goes beyond what opens, parts or closes a list: whether something follows in it.
    fn continues(&mut self, close: u8, is_first: bool) -> Option<bool> {
        if is_first {
            self.at += 1;
            if self.peek()? != close {
                return Some(true);
            }
        }
        let byte = self.peek()?;
        self.at += 1;
        (byte == close || byte == b',').then_some(byte != close)
    }

    fn digits(&mut self) -> Option<()> {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    fn number(&mut self) -> Option<Cow<'t, str>> {
        let from = self.at;
        self.takes("-");
        if !self.takes("0") {
            self.digits()?;
        }
        if self.takes(".") {
            self.digits()?;
        }
        if self.takes("e") || self.takes("E") {
            let _ = self.takes("+") || self.takes("-");
            self.digits()?;
        }
        self.text.get(from..self.at).map(Cow::Borrowed)
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        self.at += 1;
        let mut from = self.at;
        let mut unescaped = String::new();
        loop {
            let byte = self.byte()?;
            if byte < b' ' {
                return None;
            }
            if byte != b'"' && byte != b'\\' {
                self.at += 1;
                continue;
            }
            let piece = self.text.get(from..self.at)?;
            self.at += 1;
            if byte == b'"' {
                if unescaped.is_empty() {
                    return Some(Cow::Borrowed(piece));
                }
                unescaped.push_str(piece);
                return Some(Cow::Owned(unescaped));
            }
            unescaped.push_str(piece);
            unescaped.push(self.escaped()?);
            from = self.at;
        }
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Option<char> {
        let byte = self.byte()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                // The first half of a pair; a half that is alone is no character.
                if first & 0xFC00 == 0xD800 && self.takes("\\u") {
                    let second = self.unit().filter(|unit| unit & 0xFC00 == 0xDC00)?;
                    return char::from_u32(0x1_0000 + ((first & 0x3FF) << 10) + (second & 0x3FF));
                }
                return char::from_u32(first);
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.byte()?).to_digit(16)?;
            self.at += 1;
        }
        Some(unit)
    }
}

#[cfg(test)]
mod tests;

//! What a message may cost (X3, X4). Beyond a limit the source is shown as text, never dropped.
//!
//! Measured with pulldown-cmark 0.13.6 (release, one core): 40,000 random repetitions of markdown
//! fragments, at 5, 20 and 100 kB, take about 0.1 µs per byte or less; with footnotes off, the
//! `[^` patterns of its issue 1076 do too, and it caps reference links itself (844). Two inputs
//! do not: containers nested thousands deep followed by lazy lines (5 kB: 2.6 ms, 100 kB: 840 ms)
//! and wide tables with short rows, whose missing cells are events (5 kB: 530,000 events, 13 ms).
//! Both are limited here. The whole of `parse` then takes at most 2 ms for 5 kB and 50 ms for
//! 100 kB, over 100,000 random inputs.

/// Levels of quotes and lists.
pub const MAX_BLOCK_DEPTH: usize = 16;
/// Levels of emphasis, links and the like.
pub const MAX_INLINE_DEPTH: usize = 16;
/// Bytes of source that are parsed as markdown.
pub const MAX_PARSED_BYTES: usize = 100_000;

/// Quote and list markers at the start of one line.
const MAX_MARKERS_PER_LINE: usize = 2 * MAX_BLOCK_DEPTH;
/// Cells that tables may be filled up with, on top of one per byte of source.
const FREE_TABLE_CELLS: usize = 8_192;

/// Splits a source into what is parsed and the rest, at a line's end if there is one nearby.
pub(super) fn cut(source: &str) -> (&str, &str) {
    if source.len() <= MAX_PARSED_BYTES {
        return (source, "");
    }
    let mut end = MAX_PARSED_BYTES;
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    if let Some(line_end) = source[..end].rfind('\n')
        && line_end > end / 2
    {
        end = line_end + 1;
    }
    source.split_at(end)
}

/// What must not be given to the parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// Some line nests too deep: show the source as text.
    pub(super) too_deep: bool,
    /// Tables would be blown up: parse without tables.
    pub(super) tables_too_big: bool,
}

/// Looks once at every line. Expects `\n` line ends.
pub(super) fn survey(source: &str) -> Survey {
    let (mut lines, mut columns, mut too_deep) = (0, 0, false);
    for line in source.as_bytes().split(|byte| *byte == b'\n') {
        lines += 1;
        too_deep = too_deep || markers(line) > MAX_MARKERS_PER_LINE;
        columns = columns.max(delimiters(line));
    }
    Survey {
        too_deep,
        tables_too_big: columns > 1 && columns * lines > FREE_TABLE_CELLS + source.len(),
    }
}

/// Counts the quote and list markers that a line starts with.
fn markers(line: &[u8]) -> usize {
    let (mut count, mut at, mut rule) = (0, 0, line.first().copied());
    while let Some(byte) = line.get(at).copied() {
        let length = match byte {
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            b'>' | b'-' | b'+' | b'*' => 1,
            b'0'..=b'9' => {
                let digits = line[at..]
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                if !matches!(line.get(at + digits), Some(b'.' | b')')) {
                    break;
                }
                digits + 1
            }
            _ => break,
        };
        if byte != b'>' && !matches!(line.get(at + length), None | Some(b' ' | b'\t')) {
            break;
        }
        if rule != Some(byte) {
            rule = None;
        }
        count += 1;
        at += length;
    }
    // `* * * *` and `- - - -` are thematic breaks, however long.
    if at == line.len() && matches!(rule, Some(b'-' | b'*')) {
        0
    } else {
        count
    }
}

/// An upper bound for the columns of the table whose delimiter row this line may be: such a row
/// ends in nothing but these characters.
fn delimiters(line: &[u8]) -> usize {
    let mut pipes = 0;
    for byte in line.iter().rev() {
        match byte {
            b'|' => pipes += 1,
            b'-' | b':' | b' ' | b'\t' => {}
            _ => break,
        }
    }
    if pipes == 0 { 0 } else { pipes + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_a_line_end_or_at_least_between_characters() {
        let line = "é".repeat(400) + "\n";
        let source = line.repeat(200);
        let (head, rest) = cut(&source);
        assert!(head.len() <= MAX_PARSED_BYTES && head.ends_with('\n'));
        assert_eq!(head.len() + rest.len(), source.len());
        let (head, rest) = cut("short");
        assert_eq!((head, rest), ("short", ""));
        let long = "a".to_owned() + &"é".repeat(60_000);
        assert_eq!(cut(&long).0.len(), MAX_PARSED_BYTES - 1);
    }

    #[test]
    fn counts_markers() {
        assert_eq!(markers(b"> - 1. 12) text - > no"), 4);
        assert_eq!(markers(b"-no"), 0);
        assert_eq!(markers(b"* * * *"), 0);
        assert_eq!(markers(b"+ + + +"), 4);
        assert_eq!(markers(b"1984 was"), 0);
        assert!(survey(&">".repeat(33)).too_deep);
        assert!(!survey(&"> ".repeat(32)).too_deep);
        assert!(!survey(&"- ".repeat(500)).too_deep);
    }

    #[test]
    fn finds_tables_that_would_be_blown_up() {
        let bomb = format!(
            "{}\n{}\n{}",
            "|a".repeat(600),
            "|-".repeat(600),
            "a\n".repeat(1_200)
        );
        assert!(survey(&bomb).tables_too_big);
        let honest = format!("|a|b|c|d|\n|-|-|-|-|\n{}", "|1|2|3|4|\n".repeat(3_000));
        assert!(!survey(&honest).tables_too_big);
    }
}

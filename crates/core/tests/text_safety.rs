//! Rendering safely: X1 to X7 of the text.

use std::time::{Duration, Instant};

use chat_core::text::{
    Block, Context, Document, Inline, LinkKind, MAX_BLOCK_DEPTH, MAX_COMBINING_MARKS,
    MAX_INLINE_DEPTH, MAX_PARSED_BYTES, SafeUrl, parse,
};
use proptest::prelude::*;

mod text_nasty;

fn document(source: &str) -> Document {
    parse(source, &Context::default())
}

fn plain(source: &str) -> String {
    document(source).plain_text()
}

/// Everything that a walk over a document can find out.
#[derive(Debug, Default)]
struct Findings {
    nodes: usize,
    block_depth: usize,
    inline_depth: usize,
    urls: Vec<String>,
    texts: Vec<String>,
    link_in_link: bool,
}

impl Findings {
    fn of(document: &Document) -> Self {
        let mut findings = Self::default();
        findings.blocks(&document.blocks, 0);
        findings
    }

    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        self.block_depth = self.block_depth.max(depth);
        for block in blocks {
            self.nodes += 1;
            match block {
                Block::Paragraph(content) | Block::Heading { content, .. } => {
                    self.inlines(content, 0, false);
                }
                Block::BlockQuote(inner) => self.blocks(inner, depth + 1),
                Block::List { items, .. } => {
                    for item in items {
                        self.nodes += 1;
                        self.blocks(&item.blocks, depth + 1);
                    }
                }
                Block::CodeBlock { language, text } => {
                    self.texts.extend(language.clone());
                    self.texts.push(text.clone());
                }
                Block::Table {
                    alignments,
                    head,
                    rows,
                } => {
                    self.nodes += alignments.len();
                    for cell in std::iter::once(head).chain(rows).flatten() {
                        self.nodes += 1;
                        self.inlines(cell, 0, false);
                    }
                }
                Block::Rule => {}
            }
        }
    }

    fn inlines(&mut self, parts: &[Inline], depth: usize, in_link: bool) {
        self.inline_depth = self.inline_depth.max(depth);
        for part in parts {
            self.nodes += 1;
            match part {
                Inline::Text(text) | Inline::Code(text) => self.texts.push(text.clone()),
                Inline::Emphasis(inner)
                | Inline::Strong(inner)
                | Inline::Strikethrough(inner)
                | Inline::Spoiler(inner) => self.inlines(inner, depth + 1, in_link),
                Inline::Link {
                    url, title, label, ..
                } => {
                    self.link_in_link |= in_link;
                    self.urls.push(url.as_str().to_owned());
                    self.texts.extend(title.clone());
                    self.inlines(label, depth + 1, true);
                }
                Inline::Mention(mention) => self.texts.push(mention.text.clone()),
                Inline::Emoji { .. } | Inline::LineBreak | Inline::SoftBreak => {}
            }
        }
    }
}

#[test]
fn x1_raw_html_is_the_text_it_is() {
    for source in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=\"alert(1)\">b</b> c",
        "<!-- comment --> x",
        "<![CDATA[ x ]]>",
        "<?php x ?>",
        "<!DOCTYPE html>",
        "<div>\n*not emphasised*\n</div>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<a href=\"https://evil.com\">x</a>",
        "<pre>\n\n  indented\n</pre>",
    ] {
        assert_eq!(plain(source), source);
        assert!(Findings::of(&document(source)).urls.is_empty(), "{source}");
    }
    assert_eq!(plain("- <b>a</b>\n- **c** <i>"), "• <b>a</b>\n• c <i>");
}

/// Destinations that must never become links, each written in five ways.
const EVIL: &[&str] = &[
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "jAvAsCrIpT:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3a;alert(1)",
    "javascript&#x3A;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#0000106;avascript:alert(1)",
    "java&#x09;script:alert(1)",
    "java&#x0A;script:alert(1)",
    "java&#x0D;script:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "&#x1f;javascript:alert(1)",
    "&#32;javascript:alert(1)",
    "&#xA0;javascript:alert(1)",
    "&#x200b;javascript:alert(1)",
    "\u{1}javascript:alert(1)",
    "\u{feff}javascript:alert(1)",
    "java\u{0}script:alert(1)",
    "java\\script:alert(1)",
    "javascript\\:alert(1)",
    "javascript://example.com/%0aalert(1)",
    "javascript://https://example.com",
    "javascript:https://a.com",
    "javascript:%61lert(1)",
    "%6Aavascript:alert(1)",
    "javascript%3Aalert(1)",
    "javascript:",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "DATA:image/svg+xml,x",
    "data&colon;text/html,x",
    "vbscript:msgbox(1)",
    "VBScript:msgbox(1)",
    "vb&#x0a;script:x",
    "blob:https://example.com/1234",
    "file:///etc/passwd",
    "filesystem:https://a.com/x",
    "about:blank",
    "view-source:https://a.com",
    "ftp://example.com",
    "ws://example.com",
    "chrome://settings",
    "intent://x#Intent;scheme=https;end",
    "tel:+15551234",
    "sms:+15551234",
    "feed:javascript:alert(1)",
    "jar:https://a.com!/x",
    "ms-msdt:/id",
    "x-apple.systempreferences:",
    "//evil.com",
    "/\\evil.com",
    "\\\\\\\\evil.com",
    "/path",
    "path",
    "?query",
    "#fragment",
    ".",
    "..",
    "https:evil",
    "http:/evil.com",
    "https://",
    "http:///",
    "https://?x",
    "mailto:",
    "https",
    "https//a.com",
    "://a.com",
    ":",
    "http\u{ff1a}//a.com",
    "h\u{2028}ttps:javascript",
    "ｊavascript:alert(1)",
    "https://%00",
    "https://a%2fb",
    "https://a.com:port/",
];

#[test]
fn x2_no_evil_destination_becomes_a_link() {
    assert!(EVIL.len() >= 60);
    for evil in EVIL {
        for source in [
            format!("[label]({evil})"),
            format!("[label](<{evil}>)"),
            format!("[label][x]\n\n[x]: {evil}"),
            format!("![label]({evil})"),
            format!("<{evil}>"),
            format!("[label]({evil} \"title\")"),
            format!("[![label]({evil})]({evil})"),
        ] {
            let document = document(&source);
            let findings = Findings::of(&document);
            for url in &findings.urls {
                // An honest address within the text (`javascript:https://a.com`) may be a link of its own.
                assert!(
                    url.starts_with("https://a.com") || url.starts_with("https://example.com"),
                    "{source:?} gave {url}"
                );
            }
            for link in links(&document) {
                assert_eq!(link, LinkKind::Bare, "{source:?}");
            }
            let label = source.contains("label");
            assert!(
                !label || document.plain_text().contains("label"),
                "{source:?} lost its label"
            );
        }
    }
}

fn links(document: &Document) -> Vec<LinkKind> {
    let mut kinds = Vec::new();
    for block in &document.blocks {
        if let Block::Paragraph(parts) = block {
            for part in parts {
                if let Inline::Link { kind, .. } = part {
                    kinds.push(*kind);
                }
            }
        }
    }
    kinds
}

#[test]
fn x2_a_refused_link_shows_what_was_typed() {
    assert_eq!(
        plain("a [b *c*](javascript:x) d"),
        "a [b *c*](javascript:x) d"
    );
    assert_eq!(plain("<javascript:x>"), "<javascript:x>");
    assert_eq!(plain("![b](data:x)"), "![b](data:x)");
}

#[test]
fn x3_nesting_is_capped_and_the_rest_is_text() {
    let quotes = "> ".repeat(30) + "deep";
    let findings = Findings::of(&document(&quotes));
    assert_eq!(findings.block_depth, MAX_BLOCK_DEPTH);
    assert_eq!(plain(&quotes), "> ".repeat(30 - MAX_BLOCK_DEPTH) + "deep");

    let mut lists = String::new();
    for level in 0..40 {
        lists.push_str(&"  ".repeat(level));
        lists.push_str("- item");
        lists.push_str(&level.to_string());
        lists.push('\n');
    }
    let text = plain(&lists);
    assert_eq!(Findings::of(&document(&lists)).block_depth, MAX_BLOCK_DEPTH);
    assert!(
        (0..40).all(|level| text.contains(&format!("item{level}"))),
        "{text}"
    );

    let stars = "*a **b ".repeat(20) + "c" + &"** *".repeat(20);
    let findings = Findings::of(&document(&stars));
    assert!(
        findings.inline_depth <= MAX_INLINE_DEPTH,
        "{}",
        findings.inline_depth
    );
    let nested = "*".repeat(40) + "deep" + &"*".repeat(40);
    assert!(Findings::of(&document(&nested)).inline_depth <= MAX_INLINE_DEPTH);
    assert!(plain(&nested).contains("deep"));
}

#[test]
fn x3_thousands_of_levels_are_shown_as_typed() {
    for marker in ["> ", ">", "1. ", "+ ", "- > "] {
        let source = marker.repeat(2_000) + "deep";
        assert_eq!(plain(&source), source);
    }
}

/// The quickest of a few, which is what a busy machine disturbs least.
fn time_of(source: &str) -> Duration {
    (0..5)
        .map(|_| {
            let start = Instant::now();
            document(source);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// Work is proportional to the source: counted, so that the test is the same everywhere, and compared with that of four
/// times as much, so that it catches what the count does not see.
#[test]
fn x4_bombs_cost_no_more_than_their_size() {
    for (bomb, larger) in text_nasty::bombs(5_000)
        .into_iter()
        .zip(text_nasty::bombs(20_000))
    {
        let document = document(&bomb);
        let findings = Findings::of(&document);
        let name: String = bomb.chars().take(40).collect();
        let seen = bomb.len();
        assert!(
            findings.nodes <= 2 * seen + 16,
            "{} nodes from {seen} bytes: {name}",
            findings.nodes
        );
        let text: usize = findings.texts.iter().map(String::len).sum();
        // Reference links repeat their address as label; pulldown-cmark caps that at 100 kB.
        assert!(text <= 3 * seen + 100_000, "{text} bytes of text: {name}");
        let (spent, at_most) = (time_of(&larger), 12 * time_of(&bomb));
        assert!(spent < at_most, "{spent:?}, not {at_most:?}: {name}");
    }
}

#[test]
fn x10_what_is_beyond_the_limit_is_kept_as_text() {
    let line = "**bold** word\n";
    let source = line.repeat(3 * MAX_PARSED_BYTES / line.len());
    let document = document(&source);
    assert!(document.truncated);
    let text = document.plain_text();
    assert!(text.starts_with("bold word\n"));
    assert!(text.ends_with("**bold** word"));
    assert_eq!(text.matches("bold").count(), source.matches("bold").count());
    assert!(!self::document("**short**").truncated);
}

#[test]
fn x8_hosts_of_mixed_scripts_are_shown_as_punycode() {
    for source in [
        "https://\u{430}pple.com/a",
        "<https://\u{430}pple.com/a>",
        "[](https://\u{430}pple.com/a)",
    ] {
        let document = document(source);
        assert_eq!(
            document.plain_text(),
            "https://xn--pple-43d.com/a",
            "{source}"
        );
        // The link still leads where it was written to.
        assert_eq!(Findings::of(&document).urls, ["https://\u{430}pple.com/a"]);
    }
    assert_eq!(
        plain("www.g\u{43e}\u{43e}gle.com"),
        "http://www.xn--ggle-55da.com"
    );
    assert_eq!(plain("https://例え.jp/é"), "https://例え.jp/é");
    assert_eq!(plain("https://пример.рф"), "https://пример.рф");
    let shown = |address| SafeUrl::parse(address).unwrap().shown_host().into_owned();
    assert_eq!(
        shown("https://bank.com@\u{430}pple.com:80/"),
        "xn--pple-43d.com"
    );
    assert_eq!(shown("https://bücher.de/"), "bücher.de");
    let longest = ["mailto:ada@\u{430}", &"z".repeat(1_900), "\u{10ffff}.com"].concat();
    assert!(
        document(&["<", &longest, ">"].concat())
            .plain_text()
            .contains("zzz")
    );
}

#[test]
fn x5_images_are_links() {
    for source in [
        "![a](https://x.com/p.png)",
        "![a][x]\n\n[x]: https://x.com/p.png",
        "![https://x.com/p.png](https://x.com/p.png)",
    ] {
        assert_eq!(
            Findings::of(&document(source)).urls,
            ["https://x.com/p.png"]
        );
        assert_eq!(links(&document(source)), [LinkKind::Image]);
    }
}

#[test]
fn x6_bidi_controls_end_with_their_text() {
    assert_eq!(plain("a \u{202E}b"), "a \u{202E}b\u{202C}");
    assert_eq!(plain("a &#x202e;b"), "a \u{202E}b\u{202C}");
    assert_eq!(plain("**a \u{2067}b** c"), "a \u{2067}b\u{2069} c");
    assert_eq!(plain("`\u{202E}x` y"), "\u{202E}x\u{202C} y");
    assert_eq!(plain("a\u{2069}\u{202C} b"), "a b");
    assert_eq!(
        plain("[\u{202E}moc.knab](https://x.com)"),
        "\u{202E}moc.knab\u{202C}"
    );
}

#[test]
fn x7_stacked_marks_are_capped() {
    let tower = "a".to_owned() + &"\u{336}\u{489}".repeat(500);
    assert_eq!(
        plain(&tower).chars().count(),
        1 + usize::from(MAX_COMBINING_MARKS)
    );
    let split = "a".to_owned() + &"**\u{301}\u{301}\u{301}\u{301}\u{301}** *x*".repeat(3);
    assert!(longest_stack(&plain(&split)) <= usize::from(MAX_COMBINING_MARKS));
    let entities = "a".to_owned() + &"&#x301;".repeat(50);
    assert_eq!(
        longest_stack(&plain(&entities)),
        usize::from(MAX_COMBINING_MARKS)
    );
}

fn longest_stack(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for character in text.chars() {
        run = if ('\u{300}'..='\u{36F}').contains(&character) {
            run + 1
        } else {
            0
        };
        longest = longest.max(run);
    }
    longest
}

fn check_invariants(source: &str, document: &Document) -> Result<(), TestCaseError> {
    let findings = Findings::of(document);
    prop_assert!(findings.block_depth <= MAX_BLOCK_DEPTH);
    prop_assert!(findings.inline_depth <= 2 * MAX_INLINE_DEPTH);
    prop_assert!(!findings.link_in_link);
    prop_assert!(
        findings.nodes <= 2 * source.len() + 16,
        "{} nodes",
        findings.nodes
    );
    for url in &findings.urls {
        prop_assert!(
            ["http://", "https://", "mailto:"]
                .iter()
                .any(|scheme| url.starts_with(scheme)),
            "{url}"
        );
        prop_assert!(
            !url.contains(['"', '<', '>', '\n', '\t', ' ', '\0']),
            "{url}"
        );
        let again = SafeUrl::parse(url);
        prop_assert_eq!(again.as_ref().map(SafeUrl::as_str), Some(url.as_str()));
    }
    for text in &findings.texts {
        prop_assert!(
            !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'),
            "{text:?}"
        );
        prop_assert!(longest_stack(text) <= usize::from(MAX_COMBINING_MARKS));
        prop_assert!(bidi_balanced(text), "{text:?}");
    }
    Ok(())
}

fn bidi_balanced(text: &str) -> bool {
    text.split('\n').all(|line| {
        let mut open = Vec::new();
        for character in line.chars() {
            match character {
                '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => open.push('\u{202C}'),
                '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
                '\u{202C}' | '\u{2069}' if open.pop() != Some(character) => return false,
                _ => {}
            }
        }
        open.is_empty()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_gives_a_bounded_document(source in any::<String>()) {
        let document = parse(&source, &text_nasty::context());
        check_invariants(&source, &document)?;
        prop_assert_eq!(parse(&source, &text_nasty::context()), document);
    }

    #[test]
    fn nasty_markdown_gives_a_bounded_document(source in text_nasty::markdown()) {
        let document = parse(&source, &text_nasty::context());
        check_invariants(&source, &document)?;
        prop_assert_eq!(parse(&source, &text_nasty::context()), document);
    }

    #[test]
    fn plain_words_are_all_kept(words in prop::collection::vec("[a-zA-Z0-9éñßж中文👍]{1,8}[,;]?", 1..20)) {
        let source = words.join(" ");
        prop_assert_eq!(plain(&source), source);
    }

    #[test]
    fn no_letter_is_lost_in_any_markup(source in text_nasty::wrapped()) {
        let letters = |text: &str| text.matches('Q').count();
        let document = document(&source);
        let findings = Findings::of(&document);
        let kept: usize = findings.texts.iter().map(|text| letters(text)).sum();
        prop_assert_eq!(kept, letters(&source));
    }
}

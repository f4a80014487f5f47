//! How events become parts.

use super::*;
use crate::text::{KnownUser, ListItem, Mention, MentionTarget};

fn blocks(source: &str) -> Vec<Block> {
    parse(source, &Context::default()).blocks
}

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![Inline::Text(text.to_owned())])
}

#[test]
fn folds_blocks() {
    assert_eq!(
        blocks("# Hi\n\n> quoted\n\n```rust x\nlet a;\n\nb\n```\n***\nend"),
        [
            Block::Heading {
                level: 1,
                content: vec![text("Hi")]
            },
            Block::BlockQuote(vec![paragraph("quoted")]),
            Block::CodeBlock {
                language: Some("rust x".into()),
                text: "let a;\n\nb".into()
            },
            Block::Rule,
            paragraph("end"),
        ]
    );
}

#[test]
fn folds_lists_tight_and_loose() {
    let item = |blocks| ListItem { task: None, blocks };
    let inner = Block::List {
        start: None,
        tight: true,
        items: vec![item(vec![paragraph("b")])],
    };
    assert_eq!(
        blocks("3. a\n   - b\n4. c"),
        [Block::List {
            start: Some(3),
            tight: true,
            items: vec![
                item(vec![paragraph("a"), inner]),
                item(vec![paragraph("c")])
            ],
        }]
    );
    assert_eq!(
        blocks("- [x] a\n\n- [ ] b"),
        [Block::List {
            start: None,
            tight: false,
            items: vec![
                ListItem {
                    task: Some(true),
                    blocks: vec![paragraph("a")]
                },
                ListItem {
                    task: Some(false),
                    blocks: vec![paragraph("b")]
                },
            ],
        }]
    );
    assert_eq!(
        blocks("- [x] a"),
        [Block::List {
            start: None,
            tight: true,
            items: vec![ListItem {
                task: Some(true),
                blocks: vec![paragraph("a")]
            }],
        }]
    );
}

#[test]
fn folds_tables_without_the_cells_that_are_missing() {
    assert_eq!(
        blocks("|a|b|\n|:-|-:|\n|1|\n|1|`2`|"),
        [Block::Table {
            alignments: vec![Alignment::Left, Alignment::Right],
            head: vec![vec![text("a")], vec![text("b")]],
            rows: vec![
                vec![vec![text("1")]],
                vec![vec![text("1")], vec![Inline::Code("2".into())]],
            ],
        }]
    );
}

#[test]
fn folds_inline_elements() {
    assert_eq!(
        blocks("*a* **b** ~~c~~ `d`  \n:fire: ||e *f*||\n|| g :nothing:"),
        [Block::Paragraph(vec![
            Inline::Emphasis(vec![text("a")]),
            text(" "),
            Inline::Strong(vec![text("b")]),
            text(" "),
            Inline::Strikethrough(vec![text("c")]),
            text(" "),
            Inline::Code("d".into()),
            Inline::LineBreak,
            Inline::Emoji {
                character: "🔥".into(),
                shortcode: "fire".into()
            },
            text(" "),
            Inline::Spoiler(vec![text("e "), Inline::Emphasis(vec![text("f")])]),
            Inline::SoftBreak,
            text("|| g :nothing:"),
        ])]
    );
    assert_eq!(blocks("a ||b"), [paragraph("a ||b")]);
    assert_eq!(
        blocks("if a || b and c || d"),
        [paragraph("if a || b and c || d")]
    );
    assert_eq!(blocks("||||"), [paragraph("||||")]);
}

#[test]
fn links_of_every_kind() {
    fn link(label: &str, url: &str, kind: LinkKind) -> Inline {
        let url = SafeUrl::parse(url).unwrap();
        Inline::Link {
            url,
            title: None,
            label: vec![text(label)],
            kind,
        }
    }
    for (source, expected) in [
        (
            "[a](https://x.com)",
            link("a", "https://x.com", LinkKind::Written),
        ),
        (
            "[](https://x.com)",
            link("https://x.com", "https://x.com", LinkKind::Written),
        ),
        (
            "[&#x200b;](https://x.com)",
            link("https://x.com", "https://x.com", LinkKind::Written),
        ),
        (
            "<https://x.com/_a_>",
            link("https://x.com/_a_", "https://x.com/_a_", LinkKind::Bare),
        ),
        (
            "<a@x.com>",
            link("a@x.com", "mailto:a@x.com", LinkKind::Bare),
        ),
        (
            "a_b@x.com",
            link("a_b@x.com", "mailto:a_b@x.com", LinkKind::Bare),
        ),
        (
            "www.x.com",
            link("www.x.com", "http://www.x.com", LinkKind::Bare),
        ),
        (
            "https://x.com/*a*b_c_",
            link(
                "https://x.com/*a*b_c",
                "https://x.com/*a*b_c",
                LinkKind::Bare,
            ),
        ),
        (
            "https://x.com/?a=1&amp;b=2",
            link(
                "https://x.com/?a=1&b=2",
                "https://x.com/?a=1&b=2",
                LinkKind::Bare,
            ),
        ),
        (
            "![alt](https://x.com/p.png)",
            link("alt", "https://x.com/p.png", LinkKind::Image),
        ),
        (
            "![](https://x.com/p.png)",
            link(
                "https://x.com/p.png",
                "https://x.com/p.png",
                LinkKind::Image,
            ),
        ),
        (
            "[![alt](https://x.com/p.png)](https://y.com)",
            link("alt", "https://y.com", LinkKind::Written),
        ),
        (
            "[https://z.com @ada](https://y.com)",
            link("https://z.com @ada", "https://y.com", LinkKind::Written),
        ),
    ] {
        let Some(Block::Paragraph(parts)) = blocks(source).into_iter().next() else {
            panic!("{source}");
        };
        assert_eq!(parts.first(), Some(&expected), "{source}");
    }
}

#[test]
fn addresses_keep_their_underscores_wherever_they_stand() {
    let plain = |source| parse(source, &Context::default()).plain_text();
    assert_eq!(plain("`https://x.com/_a_` *b*"), "https://x.com/_a_ b");
    assert_eq!(plain("```\nhttps://x.com/_a_\n```"), "https://x.com/_a_");
    assert_eq!(
        plain("<b title=\"https://x.com/_a_\">"),
        "<b title=\"https://x.com/_a_\">"
    );
    assert_eq!(plain("**https://x.com/_a_b** c_"), "https://x.com/_a_b c_");
    assert_eq!(plain("https://x.com/\\_a\\_"), "https://x.com/_a_");
}

#[test]
fn mentions_not_in_code_links_and_addresses() {
    let mentions = [KnownUser {
        id: "user_1",
        username: "_ada_",
        name: None,
    }];
    let context = Context {
        mentions: &mentions,
        ..Context::default()
    };
    let mention = Inline::Mention(Mention {
        target: MentionTarget::User("user_1".into()),
        text: "@_ada_".into(),
        of_viewer: false,
    });
    assert_eq!(
        parse("hi @_ada_, ok", &context).blocks,
        [Block::Paragraph(vec![
            text("hi "),
            mention.clone(),
            text(", ok")
        ])]
    );
    assert_eq!(
        parse("**@_ada_**", &context).blocks,
        [Block::Paragraph(vec![Inline::Strong(vec![mention])])]
    );
    for source in [
        "`@_ada_`",
        "[@_ada_](https://x.com)",
        "https://x.com/@_ada_",
        "x@_ada_",
        "    @_ada_",
    ] {
        let debug = format!("{:?}", parse(source, &context).blocks);
        assert!(!debug.contains("Mention("), "{source}: {debug}");
    }
}

#[test]
fn plain_text_for_quotes_and_announcements() {
    let plain = |source| parse(source, &Context::default()).plain_text();
    assert_eq!(
        plain("# A\n\n1. b\n2. **c**\n   - d\n\n> e"),
        "A\n1. b\n2. c\n• d\ne"
    );
    assert_eq!(plain("- [x] a\n- [ ] b"), "☑ a\n☐ b");
    assert_eq!(
        plain("the ||secret|| [x](https://y.com)\nz :tada:"),
        "the … x\nz 🎉"
    );
    assert_eq!(plain("|a|b|\n|-|-|\n|1|2|"), "a | b\n1 | 2");
}

#[test]
fn jumbo_is_for_emoji_only() {
    let jumbo = |source: &str| parse(source, &Context::default()).is_emoji_only();
    assert!(jumbo("🎉") && jumbo(":fire: 👍🏽\n❤️") && jumbo(&"😀".repeat(27)));
    assert!(!jumbo("") && !jumbo("a 🎉") && !jumbo("**🎉**") && !jumbo("> 🎉"));
    assert!(!jumbo(&"😀".repeat(28)) && !jumbo("12:30"));
}

#[test]
fn link_definitions_alone_do_not_vanish() {
    assert_eq!(
        parse("[a]: https://x.com", &Context::default()).plain_text(),
        "[a]: https://x.com"
    );
    assert_eq!(blocks(" \n\n "), []);
}

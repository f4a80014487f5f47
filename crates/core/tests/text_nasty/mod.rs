//! Nasty markdown, made of fragments that break sanitisers and parsers.

#![allow(dead_code, reason = "each test binary uses its part")]

use chat_core::text::{Context, EmojiNames, KnownExperience, KnownUser};
use proptest::prelude::*;

const USERS: &[KnownUser<'static>] = &[
    KnownUser {
        id: "user_1",
        username: "ada",
        name: Some("Ada \"<b>\" Lovelace"),
    },
    KnownUser {
        id: "user_\"><script>",
        username: "_bob_",
        name: None,
    },
];

/// Known names that are themselves nasty.
pub fn context() -> Context<'static> {
    Context {
        mentions: USERS,
        everyone: true,
        viewer: Some("user_1"),
        experience: Some(KnownExperience {
            id: "exp_\"><script>",
            name: "Dark_room <b>",
        }),
        emoji: EmojiNames::new("evil <script>\nfire 🔥\n"),
    }
}

const FRAGMENTS: &[&str] = &[
    "[",
    "]",
    "(",
    ")",
    "](",
    "![",
    "[a](",
    "[^a]",
    "[x]",
    "\n[x]: ",
    "<",
    ">",
    "</",
    "<a ",
    "<b>",
    "</b>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<svg>",
    "<math>",
    "<img src=x onerror=alert(1)>",
    "<template>",
    "<noscript>",
    "<textarea>",
    "<title>",
    "<xmp>",
    "<plaintext>",
    "<iframe srcdoc='",
    "<select><option>",
    "<p id=\"</p>",
    "<form><math><mtext></form>",
    "javascript:alert(1)",
    "JAVA\tSCRIPT:",
    "data:text/html,",
    "https://",
    "http://x.com/",
    "https://a.com/_b_",
    "https://bank.com@evil.com",
    "https://\u{430}pple.com",
    "//evil.com",
    "www.x.com",
    "a@b.com",
    "mailto:a@b.com?subject=\"",
    "http://[::1]",
    "http://1.2.3.4:80/",
    "http://xn--a/",
    "\\",
    "\\\n",
    "  \n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "> ",
    ">",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "- [ ] ",
    "- [x] ",
    "# ",
    "###### ",
    "===\n",
    "---\n",
    "***",
    "**",
    "*",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "```\n",
    "```html\n",
    "~~~ \"<b>\n",
    "    ",
    "\t",
    "|",
    "|a|b|\n|-|:-:|\n",
    "||",
    "||x||",
    ":fire:",
    ":100:",
    "10:30",
    "@ada",
    "@Ada \"<b>\" Lovelace",
    "@_bob_",
    "@everyone",
    "@",
    "#Dark_room <b>",
    "#_tag_*x*",
    "#",
    ":evil:",
    "&amp;",
    "&lt;script&gt;",
    "&#x6A;",
    "&#0;",
    "&nbsp;",
    "&quot;",
    "&apos;",
    "&",
    "&copy",
    "&#x202e;",
    "&#x301;",
    "\"",
    "'",
    "\u{0}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "\u{2028}",
    "\u{202a}",
    "\u{202c}",
    "\u{202e}",
    "\u{2066}",
    "\u{2067}",
    "\u{2069}",
    "\u{feff}",
    "\u{fdd0}",
    "\u{fdd1}",
    "\u{ffff}",
    "\u{301}",
    "\u{489}",
    "\u{fe0f}",
    "\u{1f468}\u{200d}\u{1f469}",
    "Q",
    "a",
    "é",
    "中",
    "שלום",
    "مرحبا",
    " ",
    "  ",
    "1",
    "0",
    "\"title\"",
    "'t'",
    "(t)",
    "<https://x.com>",
    "<a@b.com>",
    "[a](https://x.com \"t\")",
    "![a](https://x.com/\"><script>)",
];

/// Any sequence of fragments, sometimes repeated.
pub fn markdown() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        12 => prop::sample::select(FRAGMENTS).prop_map(str::to_owned),
        2 => "[ -~]{0,6}",
        1 => any::<char>().prop_map(String::from),
        1 => (prop::sample::select(FRAGMENTS), 2_usize..40).prop_map(|(text, times)| text.repeat(times)),
    ];
    prop::collection::vec(fragment, 0..24).prop_map(|parts| parts.concat())
}

/// The letter Q in markup that hides nothing.
pub fn wrapped() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &[
            "Q",
            "Q Q",
            "`Q`",
            "<b>Q</b>",
            "https://x.com/Q",
            "Q@b.com",
            "Q:fire:Q",
            "\\*Q",
            "&amp;Q",
        ][..],
    )
    .prop_map(str::to_owned);
    leaf.prop_recursive(24, 64, 3, |inner| {
        (inner.clone(), inner, 0_usize..12).prop_map(|(one, two, how)| match how {
            0 => format!("*{one}* {two}"),
            1 => format!("**{one}** {two}"),
            2 => format!("~~{one}~~\n{two}"),
            3 => format!("> {}\n\n{two}", one.replace('\n', "\n> ")),
            4 => format!("- {}\n\n{two}", one.replace('\n', "\n  ")),
            5 => format!("1. {}\n2. {two}", one.replace('\n', "\n   ")),
            6 => format!("# {}\n\n{two}", one.replace('\n', " ")),
            7 => format!("```\n{one}\n```\n\n{two}"),
            8 => format!("<div>\n{one}\n</div>\n\n{two}"),
            9 => format!("[{one}](javascript:x) {two}"),
            10 => format!(
                "- [x] {}\n- {}",
                one.replace('\n', "\n  "),
                two.replace('\n', "\n  ")
            ),
            _ => format!("{one}\n\n{two}"),
        })
    })
}

const REPEATED: &[&str] = &[
    "[",
    "![",
    "]",
    "[](",
    "a](",
    "[a](",
    "[a](<b",
    "[ (](",
    "[[]()",
    "[a](b",
    "[]([x]",
    "****",
    "*_",
    "a***",
    "**a *a ",
    "_*a ",
    "a**b",
    "[*_a",
    "*a **a ",
    "a~~",
    "~",
    "~~",
    ">",
    "> ",
    "> - ",
    "- ",
    "* ",
    "* a\n",
    "+ ",
    "1. ",
    "1)\n",
    "<",
    "</",
    "<a",
    "<a ",
    "<a x=\"",
    "<!--",
    "!-- <",
    "<!A",
    "<?",
    "a <?",
    "<![CDATA[",
    "a <![CDATA[",
    "<b\n\n<b",
    "`",
    "``\\",
    "`\\",
    "``a`",
    "[^",
    "[^\n",
    "\n[^",
    "[^a]",
    "[^a]: ",
    "[a]: ",
    "[a]: b\n",
    "[a]: <",
    "[a]: b '",
    "&",
    "&#",
    "&#x",
    "&amp;",
    "|",
    "||",
    "||a",
    "a|",
    "|\n",
    "|a\n|-\n",
    "a|b\n-|-\n",
    "\\",
    "\\\n",
    "\n",
    "\r",
    " ",
    "\t",
    "  \n",
    "# ",
    "#\n",
    "=\n",
    "a\n=\n",
    "---\n",
    ":",
    ":a",
    ":fire",
    ":fire:",
    "@",
    "@a",
    "a@",
    "a@b.",
    "@ada",
    "@ada_",
    "h",
    "http://",
    "http://[",
    "http://a@",
    "https://a.com/)",
    "(https://a.com",
    "www.",
    "www./",
    "www.a",
    "www.a.b/",
    "https://a.com/&a;",
    "https://a.com/_",
    "https://*",
    "\u{202e}",
    "\u{2067}",
    "\u{2069}",
    "\u{301}",
    "\u{0}",
    "\u{fdd0}",
    "😀",
    "- [ ] ",
    "```\n",
    "~~~a\n",
    "    a\n",
];

/// Inputs of about `size` bytes that have been slow in some markdown parser or another
/// (pulldown-cmark 82, 246–251, 255, 280, 284, 844, 934, 1076; cmark-gfm's pathological tests).
pub fn bombs(size: usize) -> Vec<String> {
    let fill = |text: &str| text.repeat(size / text.len());
    let mut bombs: Vec<String> = REPEATED.iter().map(|text| fill(text)).collect();
    bombs.extend(
        ["*", "_", "~~", "||", "[a](https://x.com "]
            .iter()
            .map(|text| {
                let half = text.repeat(size / 2 / text.len());
                half.clone() + "a" + &half
            }),
    );
    let half = size / 2;
    bombs.push("[".repeat(half) + "a" + &"]".repeat(half));
    bombs.push("[".repeat(half) + "a" + &"](x)".repeat(half / 4));
    bombs.push("- ".repeat(size / 4) + "a\n" + &"a\n".repeat(size / 4));
    bombs.push("- ".repeat(32) + "a\n" + &"a\n".repeat(half));
    bombs.push("- ".repeat(32) + "a\n" + &"\n".repeat(size));
    bombs.push(">".repeat(size / 4) + "a\n" + &"a\n".repeat(size / 4));
    bombs.push(format!(
        "[x]: {}\n{}",
        "x".repeat(size / 5),
        "[x]\n".repeat(size / 5)
    ));
    bombs.push(format!(
        "[x]: https://x.com/{}\n{}",
        "x".repeat(size / 5),
        "[][x]".repeat(size / 7)
    ));
    let columns = size / 8;
    bombs.push(format!(
        "{}\n{}\n{}",
        "|a".repeat(columns),
        "|-".repeat(columns),
        "a\n".repeat(columns * 2)
    ));
    for columns in [2, 4, 8, 32, 64] {
        bombs.push(format!(
            "{}\n{}\n{}",
            "|a".repeat(columns),
            "|-".repeat(columns),
            "a\n".repeat(half)
        ));
    }
    bombs.push(
        (0..)
            .map(|level| "  ".repeat(level) + "- a\n")
            .take(70)
            .collect(),
    );
    bombs.push((1..100).map(|ticks| "`".repeat(ticks) + "a").collect());
    bombs.push("a@".repeat(half) + "b.com");
    bombs.push("https://a.com/".to_owned() + &")".repeat(size));
    bombs
}

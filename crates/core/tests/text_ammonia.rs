//! X1, with a sanitiser as the oracle: whatever we make of a message passes through `ammonia` unchanged.

use chat_core::text::{Context, html};
use proptest::prelude::*;
use text_oracle::{check, sanitiser};

mod text_nasty;
mod text_oracle;

#[test]
fn the_oracle_sees_what_it_should() {
    let evil = "<p><script>x</script><a href=\"javascript:x\" target=\"_blank\">y</a></p>";
    let harmless = format!(
        "<p><a target=\"_blank\" rel=\"{}\">y</a></p>",
        html::LINK_REL
    );
    assert_eq!(sanitiser().clean(evil).to_string(), harmless);
}

#[test]
fn every_part_passes_unchanged() {
    for source in [
        "# a\n\n> b *c* **d** ~~e~~ `f<\"&nbsp;` ||g||\n\n1. h\n2. i\n\n7) j\n\n- [x] k\n- [ ] l\n\n   m\n\n---",
        "```a\"b<c\nd\n```\n\n|a|b|c|\n|:-|:-:|-:|\n|1|\n\n[x](https://y.com \"a \\\" < > &nbsp;\") @ada @everyone",
        "<b>x</b>\n<script>alert(1)</script>\n\n![a](https://b.com/?c=\"d\") https://例え.jp/é <a@b.com> &nbsp;",
        "mailto:a@b.com?x=\"<script>\" [y](mailto:a@b.com?subject=\"><script>)",
    ] {
        check(source, &text_nasty::context()).unwrap();
    }
}

#[test]
fn bombs_pass_unchanged() {
    for bomb in text_nasty::bombs(1_000) {
        check(&bomb, &text_nasty::context()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nasty_markdown_passes_unchanged(source in text_nasty::markdown()) {
        prop_assert_eq!(check(&source, &text_nasty::context()), Ok(()));
    }

    #[test]
    fn any_string_passes_unchanged(source in any::<String>()) {
        prop_assert_eq!(check(&source, &text_nasty::context()), Ok(()));
    }

    #[test]
    fn any_host_passes_unchanged(
        host in "[a-z0-9.:@\\-_%\\[\\]é例а\u{200d}\u{ad}ß]{1,16}",
        scheme in "https?://|mailto:",
    ) {
        prop_assert_eq!(check(&format!("[x]({scheme}{host})"), &Context::default()), Ok(()));
    }
}

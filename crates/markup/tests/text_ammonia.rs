//! X1, with a sanitiser as the oracle: whatever is drawn of a message passes through `ammonia` unchanged.
#![cfg(feature = "html")]

use chat_core::text::Context;
use drawn_oracle::{check, drawn};
use markup::sanitiser;
use proptest::prelude::*;

mod drawn_oracle;
#[path = "../../core/tests/text_nasty/mod.rs"]
mod text_nasty;
#[allow(dead_code, reason = "the core's own tests use more of it")]
#[path = "../../core/tests/text_oracle/mod.rs"]
mod text_oracle;

/// Every part that a text can have, nested where parts nest.
const EVERYTHING: &str = "# a *b* **c** ~~d~~ `e<\"&` ||f [g](https://h.i \"j\") @ada||\n\n\
    > k\n>\n> 1. l\n> 2. m\n\n7) n\n\n- [x] o ||p||\n- [ ] @everyone\n\n  q\n\n---\n\n\
    | r | s | @ada |\n|:-|:-:|-:|\n| #Dark_room <b> @_bob_ | :fire: | ![t](https://u.v/?w=\"x\") |\n\n\
    ```y\"z<\n<script>\n```\n\n<a@b.com> https://例え.jp/é <b>x</b>\\\n&nbsp;end";

#[test]
fn every_part_passes_unchanged() {
    let context = text_nasty::context();
    check(EVERYTHING, &context).unwrap();
    let html = drawn(EVERYTHING, &context);
    // All of them were there to be looked at.
    for part in [
        "class=\"spoiler\"",
        "class=\"mention of-viewer\"",
        "class=\"mention place\"",
        "class=\"mention\"",
        "class=\"task\"",
        "class=\"box done\"",
        "class=\"box\"",
        "<th class=\"center\">",
        "<td class=\"right\">",
        "class=\"emoji\"",
        "class=\"image-link\"",
        "class=\"code-language\"",
        " start=\"7\">",
        "<blockquote>",
        "<hr>",
        "<br>",
        "<em>",
        "<strong>",
        "<s>",
        "data-level=\"1\"",
        "&lt;b&gt;",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn the_oracle_sees_what_it_should() {
    let evil =
        "<p onclick=\"x\"><script>x</script><a href=\"javascript:x\">y</a><img src=\"data:x\"></p>";
    let clean = sanitiser::clean(evil);
    assert!(
        !clean.contains("script") && !clean.contains("onclick") && !clean.contains("data:"),
        "{clean}"
    );
}

#[test]
fn what_is_collapsed_passes_unchanged() {
    for bomb in text_nasty::bombs(1_000)
        .into_iter()
        .chain(["a ||b|| ".repeat(2_000)])
    {
        check(&bomb, &text_nasty::context()).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nasty_markdown_passes_unchanged(source in text_nasty::markdown()) {
        prop_assert_eq!(check(&source, &text_nasty::context()), Ok(()));
    }

    #[test]
    fn any_string_passes_unchanged(source in any::<String>()) {
        prop_assert_eq!(check(&source, &Context::default()), Ok(()));
    }
}

//! The server's tables say what the browser's `Intl` says, and the widget speaks as its language does.

use super::fixture::{messages, session};
use super::harness::{Widget, speaking, until};
use serde_json::json;
use strings::catalogs::{LANGUAGES, MACHINE};
use wasm_bindgen_test::wasm_bindgen_test;
use whop_chat::ui::{Appearance, ChatStyle, EmptyState, NUMBERS, Theme};

#[wasm_bindgen_test]
fn i2_the_servers_plurals_are_the_browsers() {
    for (code, _) in LANGUAGES {
        for number in (0..=220).chain([1_000, 1_000_000, 1_000_002, 2_000_000, 3_500_000]) {
            assert_eq!(
                (MACHINE.category)(code, number),
                (NUMBERS.category)(code, number),
                "{code} {number}"
            );
        }
    }
}

#[wasm_bindgen_test]
fn i2_the_servers_numbers_are_the_browsers() {
    for (code, _) in LANGUAGES {
        for tenths in [15, 99, 10_000, 12_340, 99_990, 123_450, 12_345_678] {
            // Of four digits in Italian, browsers of different years don't agree.
            if code == "it" && (10_000..100_000).contains(&tenths) {
                continue;
            }
            assert_eq!(
                (MACHINE.written)(code, tenths),
                (NUMBERS.written)(code, tenths),
                "{code} {tenths}"
            );
        }
    }
}

/// A widget that speaks that language.
fn widget(language: &str) -> Widget {
    Widget::mount_with(Appearance {
        style: ChatStyle::Imessage,
        theme: Theme::Light,
        strings: speaking(language),
        is_rtl: false,
        locale: language.to_owned(),
        empty: EmptyState::default(),
    })
}

fn text(widget: &Widget, selector: &str) -> String {
    widget.find(selector).text_content().unwrap()
}

#[wasm_bindgen_test]
async fn i2_a_language_has_its_own_word_order_and_plurals() {
    for (language, beginning, typing, votes) in [
        ("pl", "To jest początek: General", "bob pisze…", "2 głosy"),
        ("ja", "ここがGeneralの始まりです", "bobが入力中…", "2票"),
        (
            "tr",
            "Burası General sohbetinin başlangıcı",
            "bob yazıyor…",
            "2 oy",
        ),
    ] {
        let widget = widget(language);
        let mut list = messages(5, 1, 1);
        list[0]["poll"] = json!({"options": [{"id": "1", "text": "This"}]});
        list[0]["poll_votes"] = json!([{"option_id": "1", "count": 2}]);
        widget.go_live(&session(&list, None)).await;
        assert_eq!(
            widget.find(".chat").get_attribute("lang").unwrap(),
            language
        );
        assert_eq!(text(&widget, ".before"), beginning);
        assert_eq!(text(&widget, ".poll-total"), votes, "{language}");
        widget.receive(&super::reading::typing("user_bob"));
        until("somebody types", || text(&widget, ".typing") == typing).await;
    }
}

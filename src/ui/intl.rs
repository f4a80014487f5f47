//! Plurals, numbers and lists by the browser's `Intl`: no tables of our own.

use js_sys::{Array, Reflect};
use std::cell::RefCell;
use strings::{Category, Numbers, Strings};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = PluralRules)]
    type PluralRules;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "PluralRules")]
    fn new(locale: &str) -> Result<PluralRules, JsValue>;
    #[wasm_bindgen(method)]
    fn select(this: &PluralRules, number: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = NumberFormat)]
    type NumberFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "NumberFormat")]
    fn new(locale: &str) -> Result<NumberFormat, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &NumberFormat, number: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl, js_name = ListFormat)]
    type ListFormat;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "ListFormat")]
    fn new(locale: &str) -> Result<ListFormat, JsValue>;
    #[wasm_bindgen(method, js_name = formatToParts)]
    fn format_to_parts(this: &ListFormat, list: &Array) -> Array;
}

/// How the browser writes numbers, and which form a noun has beside one.
pub const NUMBERS: Numbers = Numbers { category, written };

thread_local! {
    /// The languages that this page's widgets speak, with the text that each was read from.
    static KEPT: RefCell<Vec<(&'static str, &'static Strings)>> = RefCell::default();
}

/// What a widget says, from the loader's text (see `strings::catalogs::compact`). Kept for as long as the page, once for each text
/// and tag, however many widgets come and go. `None` where the text is of another build.
pub fn read(text: &str, locale: &str) -> Option<&'static Strings> {
    // Who reads Arabic and is spoken to in English finds numbers as English has them.
    let language = text.split('\n').next()?;
    let is_of_it = locale.split(['-', '_']).next() == Some(language);
    let locale = if is_of_it { locale } else { language };
    KEPT.with_borrow_mut(|kept| {
        let same = |(other, strings): &&(&'static str, &'static Strings)| {
            *other == text && strings.locale == locale
        };
        if let Some((_, strings)) = kept.iter().find(same) {
            return Some(*strings);
        }
        let text = String::leak(text.to_owned());
        let locale = String::leak(locale.to_owned());
        let strings: &'static Strings = Box::leak(Box::new(Strings::read(text, locale, NUMBERS)?));
        kept.push((text, strings));
        Some(strings)
    })
}

fn category(language: &str, number: u64) -> Category {
    let rules = PluralRules::new(language).ok();
    let name = rules.map(|rules| rules.select(as_float(number)));
    Category::named(&name.unwrap_or_default())
}

fn written(locale: &str, tenths: u64) -> String {
    match NumberFormat::new(locale) {
        Ok(format) => format.format(as_float(tenths) / 10.0),
        Err(_) => (tenths / 10).to_string(),
    }
}

/// Says a list piece by piece: its items, and what stands between them.
pub(super) fn list(
    strings: &Strings,
    items: &Array,
    mut item: impl FnMut(&str),
    mut between: impl FnMut(&str),
) {
    let Ok(format) = ListFormat::new(strings.language) else {
        return;
    };
    for part in format.format_to_parts(items) {
        let get = |key: &str| Reflect::get(&part, &JsValue::from_str(key)).ok();
        let value = get("value").and_then(|value| value.as_string());
        let value = value.unwrap_or_default();
        if get("type").is_some_and(|kind| kind == "element") {
            item(&value);
        } else {
            between(&value);
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "beyond what a float can name, nobody counts"
)]
fn as_float(number: u64) -> f64 {
    number as f64
}

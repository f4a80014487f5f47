use js_sys::JsString;

/// A text taken apart (Unicode's NFKD) and in capitals, by the browser's own tables: ours would be larger than all that looks for
/// words.
pub fn fold(text: &str) -> String {
    let apart = JsString::from(text).normalize("NFKD");
    apart.to_upper_case().into()
}

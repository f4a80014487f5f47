//! Text that goes into the sandbox's own pages.

/// The text with everything escaped that means something in HTML, in an element or in a quoted attribute.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// Puts values in the places `{{name}}` of a page, escaped. Values that are HTML already come as [`Value::Html`].
pub fn fill(page: &str, values: &[(&str, Value<'_>)]) -> String {
    let mut parts = page.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or(("", part));
        match values.iter().find(|(own, _)| *own == name) {
            Some((_, Value::Text(text))) => filled.push_str(&escape(text)),
            Some((_, Value::Html(html))) => filled.push_str(html),
            None => tracing::error!(name, "a page names a value that nobody gives"),
        }
        filled.push_str(rest);
    }
    filled
}

/// A value of a page.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// Any text; it is escaped.
    Text(&'a str),
    /// HTML that this program made.
    Html(&'a str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_never_filled_again() {
        let page = "<a title=\"{{a}}\">{{b}}</a>{{c}}";
        let values = [
            ("a", Value::Text("\"><script>'&")),
            ("b", Value::Text("{{c}}")),
            ("c", Value::Html("<br>")),
        ];
        assert_eq!(
            fill(page, &values),
            "<a title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">{{c}}</a><br>"
        );
    }
}

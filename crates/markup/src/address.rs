//! Which addresses of a message's files may be requested.

use chat_core::text::SafeUrl;

/// What makes a path the path of another origin: browsers read `/\`, and `/` and `/` with a tab between them, as `//`
/// (URL, section 4.4).
const NOT_IN_A_PATH: [char; 4] = ['\\', '\t', '\n', '\r'];

/// Whether a file's address from the server may be requested: http, https, or a path on the server's own origin.
pub fn is_safe(url: &str) -> bool {
    let own_path = url.starts_with('/') && !url.starts_with("//") && !url.contains(NOT_IN_A_PATH);
    let web = url
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    own_path || (web && SafeUrl::parse(url).is_some())
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn x2_only_the_web_and_the_servers_own_paths() {
        for url in [
            "https://a.example/x.png",
            "HTTP://a.example",
            "/files/x/content",
        ] {
            assert!(is_safe(url), "{url:?}");
        }
        for url in [
            "",
            "x",
            "//a.example",
            "/\\a.example",
            "/\t/a.example",
            "/\n/a.example",
            "/\r/a.example",
            " /x",
            "javascript:alert(1)",
            "httpx://a.example",
            "data:image/svg+xml,<svg/>",
            "blob:https://a.example/1",
        ] {
            assert!(!is_safe(url), "{url:?}");
        }
    }
}

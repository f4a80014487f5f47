//! Which addresses of a message's files may be requested.

use chat_core::text::SafeUrl;

/// Whether a file's address from the server may be requested: http, https, or a path on the server's own origin.
pub fn is_safe(url: &str) -> bool {
    let own_path = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
    let web = url
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    own_path || (web && SafeUrl::parse(url).is_some())
}

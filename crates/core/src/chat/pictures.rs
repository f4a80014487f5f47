use super::Chat;
use crate::text::SafeUrl;
use wire::rest::Attachment;

/// Where Whop keeps files, and the GIFs that its composer offers. One label may stand before: what is deeper, such as
/// `evil.apps.whop.com`, may be anybody's.
const HOSTS: [&str; 2] = ["whop.com", "giphy.com"];

impl Chat {
    /// Whether a picture is requested without anybody's asking. Who runs the host sees every reader's address (X5): only
    /// Whop's own, those that the operator names, and a path of the page's own.
    fn may_load(&self, url: &str) -> bool {
        let Some(url) = SafeUrl::parse(url) else {
            // Of another scheme, or a path: whether it may be requested at all is the drawing's to say.
            return url.starts_with('/');
        };
        let host = url.host();
        let is_whops = HOSTS.iter().any(|whops| {
            host.strip_suffix(whops).is_some_and(|label| {
                label.is_empty() || label.find('.') == label.len().checked_sub(1)
            })
        });
        let session = self.known_session();
        is_whops
            || session.is_some_and(|session| session.picture_hosts.iter().any(|own| own == host))
    }

    /// The address of such a picture.
    pub(super) fn picture(&self, url: Option<String>) -> Option<String> {
        url.filter(|url| self.may_load(url))
    }

    /// The same of one that must be absolute.
    pub(super) fn web_picture(&self, url: &str) -> Option<SafeUrl> {
        SafeUrl::parse(url)
            .filter(|url| url.as_str().starts_with("http") && self.may_load(url.as_str()))
    }

    /// A message's files. One from elsewhere is a name and a link to follow, whatever it says to be.
    pub(super) fn files(&self, files: &[Attachment]) -> Vec<Attachment> {
        let file = |file: &Attachment| {
            let mut file = file.clone();
            if !file.url.as_ref().is_some_and(|url| self.may_load(url)) {
                file.content_type = None;
            }
            file.thumbnail_url = self.picture(file.thumbnail_url);
            file
        };
        files.iter().map(file).collect()
    }
}

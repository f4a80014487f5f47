use wire::socket::LinkEmbed;

/// The links of one message as Whop read them. Only frames tell them, and they may come before their message.
#[derive(Debug, Default)]
pub(super) struct Cards {
    links: Vec<LinkEmbed>,
    at: i64,
}

impl Cards {
    /// Keeps the newer of two lists. Says whether it is another one now.
    pub fn merge(&mut self, links: Vec<LinkEmbed>, at: i64) -> bool {
        // Whop may tell of a page before and after reading it in one millisecond.
        let newer = (at, weight(&links)) > (self.at, weight(&self.links));
        let other = newer && links != self.links;
        if newer {
            self.links = links;
            self.at = at;
        }
        other
    }

    pub fn links(&self) -> &[LinkEmbed] {
        &self.links
    }
}

/// Orders lists of one moment: the one that tells more of pages wins, whichever came first.
fn weight(links: &[LinkEmbed]) -> Vec<(bool, &str, &str, &str, &str, &str)> {
    links
        .iter()
        .map(|link| {
            (
                !link.processing,
                link.url.as_str(),
                link.title.as_str(),
                link.description.as_str(),
                link.image.as_str(),
                link.favicon.as_str(),
            )
        })
        .collect()
}

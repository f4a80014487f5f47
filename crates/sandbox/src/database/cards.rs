//! What Whop would read at the addresses in a message. The sandbox asks nobody: a card's words are its address's own.

use crate::signed_address::FileAddresses;
use wire::socket::LinkEmbed;

/// That many cards a message has at the most.
const MOST: usize = 4;

/// The cards of a text, each address once.
pub(super) fn of(content: &str, files: &FileAddresses) -> Vec<LinkEmbed> {
    let mut links: Vec<LinkEmbed> = Vec::new();
    for word in
        content.split(|character: char| character.is_whitespace() || "<>()[]".contains(character))
    {
        let rest = word
            .strip_prefix("https://")
            .or_else(|| word.strip_prefix("http://"));
        let Some((host, path)) = rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) else {
            continue;
        };
        let is_host = |host: &str| {
            host.contains('.')
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
        };
        if !is_host(host) || links.len() == MOST || links.iter().any(|link| link.url == word) {
            continue;
        }
        let last = path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let words = last.split(['-', '_', '.']).filter(|word| !word.is_empty());
        let title = words.collect::<Vec<_>>().join(" ");
        links.push(LinkEmbed {
            url: word.to_owned(),
            title: if title.is_empty() {
                host.to_owned()
            } else {
                title
            },
            description: format!("A page of {host}, as the sandbox imagines it."),
            image: files.open(&format!("card_{host}")),
            favicon: files.open(&format!("icon_{host}")),
            ..LinkEmbed::default()
        });
    }
    links
}

#[cfg(test)]
mod tests {
    use super::{FileAddresses, of};

    #[test]
    fn each_address_has_one_card() {
        let links = of(
            "see https://example.com/film/hp5-in-hc110 and <https://example.com/film/hp5-in-hc110>, http://x, https://a.example",
            &FileAddresses::new("http://s/files/".to_owned(), "secret".into()),
        );
        let told: Vec<_> = links
            .iter()
            .map(|link| (link.url.as_str(), link.title.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("https://example.com/film/hp5-in-hc110", "hp5 in hc110"),
                ("https://a.example", "a.example"),
            ]
        );
        assert_eq!(links[0].image, "http://s/files/card_example.com/content");
    }
}

use wire::ChannelId;

/// How a list is paged, in the order in which it is written.
const PAGING: [&str; 5] = ["direction", "first", "last", "after", "before"];

/// What is asked for in a channel, in one way of writing: what is the same is the same text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// The channel or the experience, as it was asked for; of reactions the message.
    pub of: String,
    /// All else, in a fixed order.
    rest: String,
}

impl PageQuery {
    /// The newest page, as every session begins with it.
    pub fn newest(channel: &ChannelId) -> Self {
        Self {
            of: channel.to_string(),
            rest: "&direction=desc&first=50".to_owned(),
        }
    }

    /// Reads the query of `GET /messages`.
    pub fn messages(query: &str) -> Option<Self> {
        Self::parse("channel_id", query)
    }

    /// Reads the query of `GET /reactions`.
    pub fn reactions(query: &str) -> Option<Self> {
        Self::parse("resource_id", query)
    }

    /// Nothing where it has anything that is not known here, or anything twice: that is for Whop to understand.
    fn parse(of: &str, query: &str) -> Option<Self> {
        let mut main = None;
        let mut values = [None; PAGING.len()];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=')?;
            if !value.bytes().all(is_plain) {
                return None;
            }
            let place = if name == of {
                &mut main
            } else {
                values.get_mut(PAGING.iter().position(|known| *known == name)?)?
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let rest = PAGING
            .iter()
            .zip(values)
            .filter_map(|(name, value)| Some(["&", name, "=", value?].concat()))
            .collect();
        Some(Self {
            of: main?.to_owned(),
            rest,
        })
    }

    /// Whether it is where the list begins, not what follows a cursor.
    pub fn is_newest(&self) -> bool {
        !(self.rest.contains("&after=") || self.rest.contains("&before="))
    }

    /// Path and query for messages of that channel, under whichever name it was asked for.
    pub fn path_of_messages(&self, channel: &ChannelId) -> String {
        format!("/messages?channel_id={channel}{}", self.rest)
    }

    /// Path and query for reactions.
    pub fn path_of_reactions(&self) -> String {
        format!("/reactions?resource_id={}{}", self.of, self.rest)
    }
}

/// What a cursor or an id is written with, also where it is escaped.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_is_the_same_text() {
        let one = PageQuery::messages("channel_id=exp_a&direction=desc&first=50").unwrap();
        let other = PageQuery::messages("first=50&channel_id=exp_a&direction=desc").unwrap();
        assert_eq!(one, other);
        let newest = PageQuery::newest(&"exp_a".into());
        assert_eq!(one, newest);
        assert_eq!(
            newest.path_of_messages(&"chat_feed_a".into()),
            "/messages?channel_id=chat_feed_a&direction=desc&first=50"
        );
        let older = PageQuery::messages("channel_id=a&first=50&after=b%2Bc%3D").unwrap();
        assert_eq!(older.rest, "&first=50&after=b%2Bc%3D");
        assert!(newest.is_newest() && !older.is_newest());
        let reactions = PageQuery::reactions("first=20&resource_id=msg_1").unwrap();
        assert_eq!(
            reactions.path_of_reactions(),
            "/reactions?resource_id=msg_1&first=20"
        );
    }

    #[test]
    fn what_is_not_known_is_not_shared() {
        for query in [
            "",
            "direction=desc",
            "channel_id=a&channel_id=b",
            "channel_id=a&first=1&first=2",
            "channel_id=a&since=1",
            "channel_id=a&resource_id=b",
            "channel_id=a&first",
            "channel_id[]=a",
            "channel_id=a;b",
            "channel_id=a/../b",
            "channel_id=a b",
            "channel_id=a#b",
            "channel_id=a&",
        ] {
            assert_eq!(PageQuery::messages(query), None, "{query}");
        }
        assert_eq!(PageQuery::reactions("channel_id=a"), None);
    }
}

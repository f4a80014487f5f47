use wire::ChannelId;

/// Which page of a channel's messages is meant, in one way of writing: what is the same page is the same text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageQuery {
    /// The channel or the experience, as it was asked for.
    pub channel: String,
    /// All else, in a fixed order.
    rest: String,
}

/// What a query for messages may have besides the channel, in the order in which it is written.
const PARAMETERS: [&str; 5] = ["direction", "first", "last", "after", "before"];

impl PageQuery {
    /// The newest page, as every session begins with it.
    pub fn newest(channel: &ChannelId) -> Self {
        Self {
            channel: channel.to_string(),
            rest: "&direction=desc&first=50".to_owned(),
        }
    }

    /// Reads the query of `GET /messages`. Nothing where it has anything that is not known here, or anything twice:
    /// that is for Whop to understand.
    pub fn parse(query: &str) -> Option<Self> {
        let mut channel = None;
        let mut values = [None; PARAMETERS.len()];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=')?;
            if !value.bytes().all(is_plain) {
                return None;
            }
            let place = match name {
                "channel_id" => &mut channel,
                _ => values.get_mut(PARAMETERS.iter().position(|known| *known == name)?)?,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let rest = PARAMETERS
            .iter()
            .zip(values)
            .filter_map(|(name, value)| Some(["&", name, "=", value?].concat()))
            .collect();
        Some(Self {
            channel: channel?.to_owned(),
            rest,
        })
    }

    /// Path and query for that channel.
    pub fn path(&self, channel: &ChannelId) -> String {
        format!("/messages?channel_id={channel}{}", self.rest)
    }

    /// What is the same for both names of a channel.
    pub fn rest(&self) -> &str {
        &self.rest
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
        let one = PageQuery::parse("channel_id=exp_a&direction=desc&first=50").unwrap();
        let other = PageQuery::parse("first=50&channel_id=exp_a&direction=desc").unwrap();
        assert_eq!(one, other);
        let newest = PageQuery::newest(&"exp_a".into());
        assert_eq!(one, newest);
        assert_eq!(
            newest.path(&"chat_feed_a".into()),
            "/messages?channel_id=chat_feed_a&direction=desc&first=50"
        );
        let older = PageQuery::parse("channel_id=a&first=50&after=b%2Bc%3D").unwrap();
        assert_eq!(older.rest(), "&first=50&after=b%2Bc%3D");
    }

    #[test]
    fn what_is_not_known_is_not_shared() {
        for query in [
            "",
            "direction=desc",
            "channel_id=a&channel_id=b",
            "channel_id=a&first=1&first=2",
            "channel_id=a&since=1",
            "channel_id=a&first",
            "channel_id[]=a",
            "channel_id=a;b",
            "channel_id=a/../b",
            "channel_id=a b",
            "channel_id=a#b",
            "channel_id=a&",
        ] {
            assert_eq!(PageQuery::parse(query), None, "{query}");
        }
    }
}

use crate::error::Refusal;
use crate::identity::GuestClaims;
use crate::reads::PageQuery;
use axum::http::Method;

/// Path and query of a guest's call, made anew for the one thing that guests may do: to read their channel's messages.
/// What a message or a reaction belongs to isn't said by its id, so those can't be asked for by themselves.
pub fn call(
    claims: &GuestClaims,
    method: &Method,
    path: &str,
    query: Option<&str>,
) -> Result<String, Refusal> {
    if (method, path) != (&Method::GET, "/messages") {
        return Err(Refusal::GuestsRead);
    }
    // Written anew from what is known and nothing else: it goes to Whop with a token that may read more than guests may.
    PageQuery::messages(query.unwrap_or_default())
        .filter(|query| [&*claims.channel, &*claims.experience].contains(&query.of.as_str()))
        .map(|query| query.path_of_messages(&claims.channel))
        .ok_or(Refusal::GuestsRead)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<String> {
        of(&Method::GET, "/messages", Some(query))
    }

    fn of(method: &Method, path: &str, query: Option<&str>) -> Option<String> {
        let claims = GuestClaims {
            user: "guest_1".into(),
            channel: "chat_feed_a".into(),
            experience: "exp_a".into(),
            expires_at: 0,
        };
        call(&claims, method, path, query).ok()
    }

    #[test]
    fn read_their_channel_by_either_name() {
        let rest = "direction=desc&first=50&after=a%3D";
        let expected = format!("/messages?channel_id=chat_feed_a&{rest}");
        for name in ["chat_feed_a", "exp_a"] {
            assert_eq!(
                read(&format!("channel_id={name}&{rest}")).as_ref(),
                Some(&expected)
            );
        }
        assert_eq!(read(&format!("{rest}&channel_id=exp_a")), Some(expected));
    }

    #[test]
    fn read_nothing_else() {
        for query in [
            "",
            "first=5",
            "channel_id=exp_b",
            "channel_id=exp_a&channel_id=exp_b",
            "channel_id=exp_a&channel_id=exp_a",
            "channel_id=exp_a&channel%5Fid=exp_b",
            "channel_id=exp_a&channel_id[]=exp_b",
            "channel_id=exp_a&user_id=user_ada",
            "channel_id=exp_a&first",
            "channel_id=exp_a&",
            "channel_id=exp_a&first=5;channel_id=exp_b",
            "channel_id=exp_a&after=a#channel_id=exp_b",
            "channel_id=exp_a&after=a/../b",
            "channel_id=exp_a&after=a b",
        ] {
            assert_eq!(read(query), None, "{query}");
        }
        let query = Some("channel_id=exp_a");
        assert_eq!(of(&Method::GET, "/messages", None), None);
        assert_eq!(of(&Method::POST, "/messages", query), None);
        assert_eq!(of(&Method::GET, "/messages/msg_1", query), None);
        assert_eq!(of(&Method::GET, "/reactions", query), None);
    }
}

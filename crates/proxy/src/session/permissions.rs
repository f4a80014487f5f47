pub use chat_core::permissions;
use wire::rest::ChatChannel;
use wire::session::Permissions;

/// The channel as somebody with these permissions may see it: members don't see the words that are banned (D1).
pub fn visible_to(permissions: &Permissions, mut channel: ChatChannel) -> ChatChannel {
    if !permissions.can_moderate {
        channel.banned_words.clear();
    }
    channel
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use wire::rest::AccessLevel;

    fn channel(who_can_post: &str, who_can_react: &str) -> ChatChannel {
        serde_json::from_value(json!({
            "id": "chat_feed_a", "banned_words": ["spam"], "who_can_post": who_can_post,
            "who_can_react": who_can_react, "experience": {"id": "exp_a", "name": "A"}, "new_field": 1
        }))
        .unwrap()
    }

    #[test]
    fn members_post_and_react_where_they_may() {
        let cases = [
            ("everyone", "everyone", true, true),
            ("members_only", "members_only", true, true),
            ("ADMINS", "admins_only", false, false),
            ("admins", "no_one", false, false),
            ("NONE", "everyone", false, true),
            ("a new value", "a new value", true, true),
        ];
        for (post, react, can_post, can_react) in cases {
            let found = permissions(AccessLevel::Customer, &channel(post, react));
            assert_eq!(
                (found.can_post, found.can_react),
                (can_post, can_react),
                "{post} {react}"
            );
            assert!(!found.can_moderate);
        }
    }

    #[test]
    fn admins_post_where_anyone_may() {
        let found = permissions(AccessLevel::Admin, &channel("admins", "admins"));
        assert!(found.can_post && found.can_react && found.can_moderate);
        let found = permissions(AccessLevel::Admin, &channel("no_one", "no_one"));
        assert!(!found.can_post && !found.can_react && found.can_moderate);
    }

    #[test]
    fn only_moderators_see_banned_words() {
        let channel = channel("everyone", "everyone");
        let member = permissions(AccessLevel::Customer, &channel);
        let seen = visible_to(&member, channel.clone());
        assert!(seen.banned_words.is_empty());
        assert_eq!(seen.extra.get("new_field"), Some(&json!(1)));
        let admin = permissions(AccessLevel::Admin, &channel);
        assert_eq!(visible_to(&admin, channel).banned_words, ["spam"]);
    }
}

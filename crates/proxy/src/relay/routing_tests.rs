use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_800_000_000_000;

#[test]
fn a_frame_that_does_not_say_who_speaks_is_passed_on() {
    for odd in [
        r#""userId": null, "createdAt": "1", "Deleted": false"#,
        r#""userId": "user_a", "createdAt": null"#,
        r#""userId": "user_a", "createdAt": {}, "Deleted": null"#,
        r#""userId": 7, "Deleted": "no""#,
    ] {
        let frame = format!(r#"{{"feedEntity": {{"dmsPost": {{"feedId": "f", {odd}}}}}}}"#);
        assert_eq!(feed_of(&frame).as_deref(), Some("f"), "{odd}");
        assert_eq!(speaker(&frame), None, "{odd}");
    }
    let frame = r#"{"broadcastResponse": {"channel": {"id": "f"}, "fromUserId": null}}"#;
    assert_eq!(
        (feed_of(frame).as_deref(), speaker(frame)),
        (Some("f"), None)
    );
}

fn route(frame: &str) -> Route {
    super::route(frame, NOW)
}

fn feed_of(frame: &str) -> Option<String> {
    match route(frame) {
        Route::Feed { feed, .. } => Some(feed),
        _ => None,
    }
}

fn speaker(frame: &str) -> Option<String> {
    match route(frame) {
        Route::Feed { speaker, .. } => speaker.map(|user| user.to_string()),
        _ => None,
    }
}

#[test]
fn who_types_or_posts_is_in_the_feed() {
    let post = |at: i64, more: &str| {
        format!(
            r#"{{"feedEntity":{{"dmsPost":{{"feedId":"f","userId":"user_ada","createdAt":"{at}"{more}}}}}}}"#
        )
    };
    let typing = r#"{"broadcastResponse":{"channel":{"id":"f"},"fromUserId":"user_ada"}}"#;
    for frame in [typing, &post(NOW, ""), &post(NOW - 500_000, "")] {
        assert_eq!(speaker(frame).as_deref(), Some("user_ada"), "{frame}");
    }
    // Others pin, edit and delete what somebody wrote who may be gone since.
    let reaction = r#"{"feedEntity":{"reaction":{"feedId":"f","userId":"user_ada"}}}"#;
    let old = post(NOW - 700_000, "");
    let deleted = post(NOW, r#","Deleted":true"#);
    for frame in [reaction, &old, &deleted, &post(i64::MIN, "")] {
        assert_eq!(
            (feed_of(frame).as_deref(), speaker(frame)),
            (Some("f"), None)
        );
    }
}

#[test]
fn frames_of_a_feed_go_to_the_feed() {
    for frame in [
        r#"{"feedEntity":{"dmsPost":{"feedId":"f","entityId":"p","content":"\u0066eed"}}}"#,
        r#"{"feedEntity":{"reaction":{"feedId":"f"}},"deliveredAt":"17"}"#,
        r#"{"feedEntity":{"postReactionCountUpdate":{"feedId":"f","postId":"p"}}}"#,
        r#"{"feedEntity":{"mutedUser":{"userId":"user_ada","feedId":"f"}}}"#,
        r#"{"feedEntity":{"chatFeed":{"entityId":"f","whoCanPost":"NONE"}}}"#,
        r#"{"feedEntity":{"dmsFeedMember":{"entityId":"m","feedId":"\u0066"}}}"#,
        r#"{"broadcastResponse":{"channel":{"type":"DMS","id":"f"},"fromUserId":"user_ada"}}"#,
    ] {
        assert_eq!(feed_of(frame).as_deref(), Some("f"), "{frame}");
    }
}

#[test]
fn what_changed_is_read() {
    let change = |entity: &str| {
        let frame = format!(r#"{{"feedEntity":{{{entity}}}}}"#);
        match route(&frame) {
            Route::Feed { change, .. } => change,
            other => panic!("{other:?}"),
        }
    };
    for (entity, told) in [
        (r#""dmsPost":{"feedId":"f","entityId":"p"}"#, Some("p")),
        (r#""dmsPost":{"feedId":"f","entityId":7}"#, None),
        (r#""reaction":{"feedId":"f","entityId":"r"}"#, Some("r")),
        (
            r#""postReactionCountUpdate":{"feedId":"f","postId":"p"}"#,
            None,
        ),
        (
            r#""mutedUser":{"feedId":"f"},"dmsPost":{"feedId":"f"}"#,
            None,
        ),
    ] {
        let told = told.map(str::to_owned);
        assert_eq!(change(entity), Change::Content(told), "{entity}");
    }
    assert_eq!(change(r#""chatFeed":{"entityId":"f"}"#), Change::Settings);
    for (entity, expected) in [
        (
            r#""mutedUser":{"feedId":"f","userId":"user_a"}"#,
            Some("user_a".into()),
        ),
        (
            r#""dmsFeedMember":{"feedId":"f","userId":"user_a"}"#,
            Some("user_a".into()),
        ),
        (r#""dmsFeedMember":{"feedId":"f","userId":7}"#, None),
    ] {
        assert_eq!(change(entity), Change::Member(expected), "{entity}");
    }
    let typing = r#"{"broadcastResponse":{"channel":{"id":"f"}}}"#;
    assert!(matches!(
        route(typing),
        Route::Feed {
            change: Change::Nothing,
            ..
        }
    ));
}

#[test]
fn what_is_no_visitors_business_stays_here() {
    for frame in [
        r#"{"appMessage":{"isTrusted":true,"json":"{}"}}"#,
        r#"{"appMessage":{},"feedEntity":{"dmsPost":{"feedId":"f"}}}"#,
        r#"{"feedEntity":{"dmsUnreadBadgeUpdate":{"feedId":"f","count":3}}}"#,
        r#"{"feedEntity":{"dmsPost":{"feedId":"f"},"reaction":{"feedId":"g"}}}"#,
        r#"{"feedEntity":{"dmsPost":{"feedId":""}}}"#,
        r#"{"feedEntity":{"dmsPost":{}}}"#,
        r#"{"userPresence":{"userId":"user_ada"},"appMessage":{}}"#,
        r#"{"userPresence":{"userId":""}}"#,
        r#"{"userPresence":{"lastSeenAt":"1"}}"#,
        r#"{"userPresence":{"userId":["user_ada"]}}"#,
        r#"{"heartbeatResponse":{}}"#,
        r#"{"somethingNew":{"feedId":"f"}}"#,
        "{}",
        "[]",
        "null",
        "",
        "{",
    ] {
        assert_eq!(route(frame), Route::Nobody, "{frame}");
    }
}

#[test]
fn who_comes_and_goes_is_read() {
    for (frame, is_there) in [
        (r#"{"userPresence":{"userId":"user_ada"}}"#, true),
        (
            r#"{"userPresence":{"userId":"user_ada","lastSeenAt":null}}"#,
            true,
        ),
        (
            r#"{"userPresence":{"userId":"user_ada","lastSeenAt":"1"},"deliveredAt":"2"}"#,
            false,
        ),
    ] {
        let user = "user_ada".into();
        assert_eq!(route(frame), Route::Presence { user, is_there }, "{frame}");
    }
}

#[test]
fn knows_what_is_meant_for_the_proxy() {
    assert_eq!(route(r#"{"reconnect":{}}"#), Route::Reconnect);
    assert_eq!(
        route(
            r#"{"channelSubscriptionState":{"channel":{"type":"DMS","id":"f"},"isSubscribed":true}}"#
        ),
        Route::Subscription {
            feed: "f".to_owned(),
            is_subscribed: true
        }
    );
}

proptest! {
    #[test]
    fn never_panics(frame in "\\PC*") {
        let _ = route(&frame);
    }
}

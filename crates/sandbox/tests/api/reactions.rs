use crate::whop::{As, QUIET, Whop, assert_error};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn message(whop: &Whop, id: &Value) -> Value {
    let path = format!("/api/v1/messages/{}", id.as_str().unwrap());
    whop.get(&path, As::App).await.1
}

async fn poll(whop: &Whop) -> Value {
    let options = json!([{"id": "1", "text": "35 mm"}, {"id": "2", "text": "120"}, {"id": "3", "text": "4×5"}]);
    let body = json!({"channel_id": QUIET, "content": "Which?", "poll": {"options": options}});
    let (status, poll) = whop
        .post("/api/v1/messages", As::Behalf("user_ada"), body)
        .await;
    assert_eq!(status, StatusCode::OK, "{poll}");
    assert_eq!(poll["poll"]["options"], options);
    poll
}

#[tokio::test]
async fn x9_shortcode_and_emoji_are_one_reaction() {
    let whop = Whop::start().await;
    let posted = whop.say(QUIET, "user_ada", "look").await;
    let first = whop
        .react(&posted, "user_bob", json!({"emoji": ":heart:"}))
        .await;
    let again = whop
        .react(&posted, "user_bob", json!({"emoji": "❤️"}))
        .await;
    assert_eq!(first, again);
    whop.react(&posted, "user_chen", json!({"emoji": "❤"}))
        .await;
    whop.react(&posted, "user_chen", json!({"emoji": "🎞️"}))
        .await;
    let counts = message(&whop, &posted["id"]).await["reaction_counts"].clone();
    assert_eq!(
        counts,
        json!([{"emoji": ":heart:", "count": 2}, {"emoji": "🎞️", "count": 1}])
    );
    // Any spelling takes it back.
    let path = format!(
        "/api/v1/reactions/{}?emoji=%E2%9D%A4%EF%B8%8F",
        posted["id"].as_str().unwrap()
    );
    assert_eq!(whop.delete(&path, As::Behalf("user_bob")).await.1, true);
    let counts = message(&whop, &posted["id"]).await["reaction_counts"].clone();
    assert_eq!(counts[0], json!({"emoji": ":heart:", "count": 1}));
    let again = whop.delete(&path, As::Behalf("user_bob")).await;
    assert_error(again, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn t9_a_reaction_moves_updated_at_and_is_no_edit() {
    let whop = Whop::start().await;
    let posted = whop.say(QUIET, "user_ada", "look").await;
    whop.react(&posted, "user_bob", json!({"emoji": "👍"}))
        .await;
    let after = message(&whop, &posted["id"]).await;
    assert!(after["updated_at"].as_str() > posted["updated_at"].as_str());
    assert_eq!(after["is_edited"], false);
}

#[tokio::test]
async fn reactions_are_listed_retrieved_and_taken_back_by_their_own() {
    let whop = Whop::start().await;
    let posted = whop.say(QUIET, "user_ada", "look").await;
    let bob = whop
        .react(&posted, "user_bob", json!({"emoji": "👍"}))
        .await;
    let chen = whop
        .react(&posted, "user_chen", json!({"emoji": "👍"}))
        .await;
    assert_eq!(bob["user"]["username"], "bob");
    assert_eq!(bob["resource_id"], posted["id"]);
    let list = format!(
        "/api/v1/reactions?resource_id={}",
        posted["id"].as_str().unwrap()
    );
    let (_, page) = whop.get(&list, As::App).await;
    assert_eq!(page["data"], json!([chen, bob]), "the most recent first");
    let path = format!("/api/v1/reactions/{}", bob["id"].as_str().unwrap());
    assert_eq!(whop.get(&path, As::Behalf("user_ada")).await.1, bob);
    let others = whop.delete(&path, As::Behalf("user_ada")).await;
    assert_error(others, StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(whop.delete(&path, As::Behalf("user_bob")).await.1, true);
    let path = format!("/api/v1/reactions/{}", chen["id"].as_str().unwrap());
    assert_eq!(whop.delete(&path, As::Behalf("user_marcus")).await.1, true);
    assert_eq!(
        message(&whop, &posted["id"]).await["reaction_counts"],
        json!([])
    );
}

#[tokio::test]
async fn one_vote_per_user_and_poll() {
    let whop = Whop::start().await;
    let poll = poll(&whop).await;
    let vote = async |user: &str, option: &str| {
        whop.react(&poll, user, json!({"poll_option_id": option}))
            .await
    };
    let first = vote("user_bob", "3").await;
    assert_eq!(
        (&first["emoji"], &first["poll_option_id"]),
        (&Value::Null, &json!("3"))
    );
    vote("user_bob", "1").await;
    let again = vote("user_bob", "1").await;
    vote("user_chen", "1").await;
    vote("user_noor", "2").await;
    let after = message(&whop, &poll["id"]).await;
    assert_eq!(
        after["poll_votes"],
        json!([{"option_id": "1", "count": 2}, {"option_id": "2", "count": 1}])
    );
    assert_eq!(after["reaction_counts"], json!([]));
    let path = format!("/api/v1/reactions/{}", again["id"].as_str().unwrap());
    assert_eq!(whop.delete(&path, As::Behalf("user_bob")).await.1, true);
    let after = message(&whop, &poll["id"]).await;
    assert_eq!(
        after["poll_votes"][0],
        json!({"option_id": "1", "count": 1})
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let whop = Whop::start().await;
    let poll = poll(&whop).await;
    let plain = whop.say(QUIET, "user_ada", "no poll").await;
    let long = ":a".repeat(100);
    for body in [
        json!({"resource_id": poll["id"]}),
        json!({"resource_id": poll["id"], "emoji": "👍", "poll_option_id": "1"}),
        json!({"resource_id": poll["id"], "poll_option_id": "4"}),
        json!({"resource_id": plain["id"], "poll_option_id": "1"}),
        json!({"resource_id": plain["id"], "emoji": ""}),
        json!({"resource_id": plain["id"], "emoji": "<script>"}),
        json!({"resource_id": plain["id"], "emoji": long}),
        json!({"emoji": "👍"}),
    ] {
        let answer = whop
            .post("/api/v1/reactions", As::Behalf("user_bob"), body)
            .await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let body = json!({"resource_id": "msg_nowhere", "emoji": "👍"});
    let answer = whop
        .post("/api/v1/reactions", As::Behalf("user_bob"), body)
        .await;
    assert_error(answer, StatusCode::NOT_FOUND, "not_found");
    let path = format!("/api/v1/reactions/{}", plain["id"].as_str().unwrap());
    let answer = whop.delete(&path, As::Behalf("user_bob")).await;
    assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
}

//! GraphQL as a client without the SDK sees it: documents of its own, errors, limits.

use crate::whop::{API_KEY, As, Whop};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn ask(whop: &Whop, who: As<'_>, query: &str, variables: Value) -> (StatusCode, Value) {
    let body = json!({"query": query, "variables": variables});
    whop.post("/public-graphql", who, body).await
}

async fn start() -> Whop {
    Whop::start_with(|options| options.graphql_rate_limit = None).await
}

#[tokio::test]
async fn the_examples_of_whops_documentation_are_answered() {
    let whop = start().await;
    let ada = As::Behalf("user_ada");
    let query = "query myCurrentUser { viewer { user { id username name email } } }";
    let (_, answer) = ask(&whop, ada, query, json!({})).await;
    assert_eq!(
        answer["data"]["viewer"]["user"]["username"], "ada",
        "{answer}"
    );

    let query = "mutation SendMessage($input: SendMessageInput!) { sendMessage(input: $input) }";
    let input = json!({"feedId": "chat_feed_quiet", "feedType": "chat_feed", "message": "hi"});
    let (_, answer) = ask(&whop, ada, query, json!({"input": input})).await;
    let id = answer["data"]["sendMessage"].as_str().unwrap().to_owned();

    let query = "query DmsFeedData($feedId: ID!, $postsLimit: Int!) {
        dmsFeedData(feedId: $feedId, postsLimit: $postsLimit) {
            posts { id content user { username id } }
        }
    }";
    let variables = json!({"feedId": "chat_feed_quiet", "postsLimit": 3});
    let (_, answer) = ask(&whop, ada, query, variables).await;
    let expected =
        json!([{"id": id, "content": "hi", "user": {"username": "ada", "id": "user_ada"}}]);
    assert_eq!(answer["data"]["dmsFeedData"]["posts"], expected);

    let query = "query DiscoverySearch($query: String!) {
        discoverySearch(query: $query) { accessPasses { title route headline logo { sourceUrl } } }
    }";
    for (words, count) in [("film slowly", 1), ("Northlight", 1), ("crypto", 0)] {
        let (_, answer) = ask(&whop, ada, query, json!({"query": words})).await;
        let found = answer["data"]["discoverySearch"]["accessPasses"].as_array();
        assert_eq!(found.map(Vec::len), Some(count), "{words}: {answer}");
    }
}

#[tokio::test]
async fn pages_of_a_feed_go_back_in_time() {
    let whop = start().await;
    for text in ["a", "b", "c"] {
        whop.say("chat_feed_quiet", "user_ada", text).await;
    }
    let query = "query($before: BigInt) {
        feedPosts(feedId: \"chat_feed_quiet\", feedType: chat_feed, limit: 2, before: $before) {
            posts { ... on DmsPost { content createdAt } }
        }
    }";
    let (_, first) = ask(&whop, As::Behalf("user_bob"), query, json!({})).await;
    let posts = first["data"]["feedPosts"]["posts"].as_array().unwrap();
    assert_eq!(
        (&posts[0]["content"], &posts[1]["content"]),
        (&json!("c"), &json!("b"))
    );
    let variables = json!({"before": posts[1]["createdAt"]});
    let (_, second) = ask(&whop, As::Behalf("user_bob"), query, variables).await;
    let posts = second["data"]["feedPosts"]["posts"].as_array().unwrap();
    assert_eq!(posts.len(), 1, "{second}");
    assert_eq!(posts[0]["content"], "a");
}

#[tokio::test]
async fn rules_and_scopes_bind_here_too() {
    let whop = start().await;
    let query = "mutation($id: ID!) { sendMessage(input: {experienceId: $id, message: \"x\"}) }";
    let reader = whop.token("user_ada", &["chat:read"]).await;
    for (who, id, code) in [
        (As::Behalf("user_stranger"), "exp_quiet", "forbidden"),
        (As::Behalf("user_ada"), "exp_announcements", "forbidden"),
        (As::Behalf("user_ada"), "exp_nowhere", "not_found"),
        (As::Token(&reader), "exp_quiet", "forbidden"),
    ] {
        let (status, answer) = ask(&whop, who, query, json!({"id": id})).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer["data"], Value::Null);
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
        assert_eq!(answer["errors"][0]["path"], json!(["sendMessage"]));
    }
    let create = "mutation { createChat(input: {name: \"Mine\"}) { id } }";
    let (_, answer) = ask(&whop, As::Behalf("user_ada"), create, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "forbidden");
}

#[tokio::test]
async fn what_is_not_understood_is_an_error_in_graphqls_shape() {
    let whop = start().await;
    let deep = format!("{{ {} id {} }}", "viewer { ".repeat(12), "} ".repeat(12));
    for (query, says) in [
        ("{ viewer { user { id ", "expected"),
        ("{ nothing }", "nothing"),
        ("query($id: ID!) { publicUser(id: $id) { id } }", "id"),
        (
            "{ dmsFeedData(feedId: \"x\", postsLimit: 1000) { posts { id } } }",
            "1 to 100",
        ),
        (deep.as_str(), ""),
    ] {
        let (status, answer) = ask(&whop, As::App, query, json!({})).await;
        assert_eq!(status, StatusCode::OK, "{query}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(says), "{query}: {message}");
    }
    for (who, status) in [
        (As::Nobody, StatusCode::UNAUTHORIZED),
        (As::Token("wrong"), StatusCode::UNAUTHORIZED),
    ] {
        let (found, answer) = ask(&whop, who, "{ viewer { user { id } } }", json!({})).await;
        assert_eq!(found, status);
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
    }
    for body in [
        json!({}),
        json!({"operationId": "x/y", "operationName": "launchRockets"}),
    ] {
        let (status, answer) = whop
            .post("/public-graphql/launchRockets", As::App, body)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn ten_requests_in_ten_seconds_for_each_user() {
    let whop = Whop::start().await;
    let query = json!({"query": "{ viewer { user { id } } }"});
    for _ in 0..10 {
        let (status, _) = whop
            .post("/public-graphql", As::Behalf("user_ada"), query.clone())
            .await;
        assert_eq!(status, StatusCode::OK);
    }
    let request = whop
        .request(Method::POST, "/public-graphql", As::Behalf("user_ada"))
        .json(&query);
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    let other = whop
        .post("/public-graphql", As::Behalf("user_bob"), query)
        .await;
    assert_eq!(other.0, StatusCode::OK);
}

#[tokio::test]
async fn only_pages_of_the_app_ask_as_its_visitor() {
    let whop = start().await;
    let cookie = whop.cookie("user_ada").await;
    let ask = async |cookie: Option<&str>, origin: &str| {
        let mut request = whop
            .http
            .post(format!("{}/_whop/public-graphql", whop.app))
            .header("origin", origin)
            .json(&json!({"query": "{ viewer { user { id } } }"}));
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (_, own) = ask(Some(&cookie), &whop.app).await;
    assert_eq!(own["data"]["viewer"]["user"]["id"], "user_ada");
    let foreign = ask(Some(&cookie), "https://evil.example").await;
    assert_eq!(foreign.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(None, &whop.app).await.0, StatusCode::UNAUTHORIZED);
    assert!(!foreign.1.to_string().contains(API_KEY));
}

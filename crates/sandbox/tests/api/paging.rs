use crate::whop::{As, QUIET, Whop, assert_error};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::StatusCode;
use serde_json::Value;

async fn page(whop: &Whop, channel: &str, query: &str) -> Value {
    let path = format!("/api/v1/messages?channel_id={channel}&{query}");
    let (status, page) = whop.get(&path, As::App).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

fn ids(page: &Value) -> Vec<String> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["id"].as_str().unwrap().to_owned())
        .collect()
}

/// All ids in ascending order, by the largest pages.
async fn model(whop: &Whop, channel: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let query = format!("direction=asc&first=100&after={after}");
        let page = page(whop, channel, &query).await;
        all.extend(ids(&page));
        if page["page_info"]["has_next_page"] == false {
            return all;
        }
        after = page["page_info"]["end_cursor"].as_str().unwrap().to_owned();
    }
}

/// Walks the whole list and holds every page against the plain list.
async fn walk(whop: &Whop, all: &[String], size: usize, ascending: bool, forwards: bool) {
    let mut expected = all.to_vec();
    if !ascending {
        expected.reverse();
    }
    let direction = if ascending { "asc" } else { "desc" };
    let mut cursor = String::new();
    // What of the list is still to come.
    let mut rest = 0..expected.len();
    loop {
        let query = if forwards {
            format!("direction={direction}&first={size}&after={cursor}")
        } else {
            format!("direction={direction}&last={size}&before={cursor}")
        };
        let page = page(whop, "exp_general", &query).await;
        let part = if forwards {
            rest.start..(rest.start + size).min(rest.end)
        } else {
            rest.end.saturating_sub(size)..rest.end
        };
        assert_eq!(ids(&page), expected[part.clone()], "{query}");
        let info = &page["page_info"];
        assert_eq!(info["has_previous_page"], part.start > 0, "{query}");
        assert_eq!(info["has_next_page"], part.end < expected.len(), "{query}");
        rest = if forwards {
            part.end..rest.end
        } else {
            rest.start..part.start
        };
        if rest.is_empty() {
            return;
        }
        let name = if forwards {
            "end_cursor"
        } else {
            "start_cursor"
        };
        cursor = info[name].as_str().unwrap().to_owned();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_walk_meets_every_message_once() {
    let whop = Whop::start_with(|options| options.messages = 237).await;
    let all = model(&whop, "exp_general").await;
    assert_eq!(all.len(), 237);
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let cases = (1_usize..=100, any::<bool>(), any::<bool>());
        TestRunner::new(Config::with_cases(40))
            .run(&cases, |(size, ascending, forwards)| {
                handle.block_on(walk(&whop, &all, size, ascending, forwards));
                Ok(())
            })
            .unwrap();
    });
}

#[tokio::test]
async fn channel_and_experience_name_the_same_list() {
    let whop = Whop::start().await;
    let by_channel = page(&whop, "chat_feed_general", "first=5").await;
    let by_experience = page(&whop, "exp_general", "first=5").await;
    assert_eq!(by_channel, by_experience);
    // The newest first, twenty of them, where nothing else is asked.
    let usual = page(&whop, "exp_general", "").await;
    assert_eq!(ids(&usual).len(), 20);
    assert_eq!(ids(&usual)[..5], ids(&by_channel));
    let clamped = page(&whop, "exp_general", "first=1000").await;
    assert_eq!(ids(&clamped).len(), 30);
}

#[tokio::test]
async fn a_cursor_survives_the_deletion_of_its_message() {
    let whop = Whop::start().await;
    for text in ["one", "two", "three"] {
        whop.say(QUIET, "user_ada", text).await;
    }
    let first = page(&whop, QUIET, "direction=asc&first=2").await;
    let path = format!("/api/v1/messages/{}", ids(&first)[1]);
    assert_eq!(whop.delete(&path, As::App).await.1, true);
    let cursor = first["page_info"]["end_cursor"].as_str().unwrap();
    let rest = page(&whop, QUIET, &format!("direction=asc&after={cursor}")).await;
    assert_eq!(rest["data"][0]["content"], "three");
    assert_eq!(rest["page_info"]["has_previous_page"], true);
}

#[tokio::test]
async fn a_page_between_two_cursors_and_pages_beyond_the_ends() {
    let whop = Whop::start().await;
    for text in ["a", "b", "c", "d", "e"] {
        whop.say(QUIET, "user_ada", text).await;
    }
    let cursor = async |query: &str, name: &str| {
        let page = page(&whop, QUIET, query).await;
        page["page_info"][name].as_str().unwrap().to_owned()
    };
    let a = cursor("direction=asc&first=1", "end_cursor").await;
    let e = cursor("direction=asc&last=1", "start_cursor").await;
    let texts = async |query: String| -> String {
        let page = page(&whop, QUIET, &query).await;
        let data = page["data"].as_array().unwrap();
        data.iter()
            .map(|message| message["content"].as_str().unwrap())
            .collect()
    };
    assert_eq!(
        texts(format!("direction=asc&after={a}&before={e}")).await,
        "bcd"
    );
    assert_eq!(
        texts(format!("direction=asc&after={a}&before={e}&last=2")).await,
        "cd"
    );
    assert_eq!(
        texts(format!("direction=desc&after={e}&before={a}&first=2")).await,
        "dc"
    );
    assert_eq!(texts(format!("direction=asc&before={e}")).await, "abcd");
    let beyond = page(&whop, QUIET, &format!("direction=asc&after={e}")).await;
    assert!(ids(&beyond).is_empty());
    let info = &beyond["page_info"];
    assert_eq!(
        (&info["has_next_page"], &info["has_previous_page"]),
        (&false.into(), &true.into())
    );
    assert_eq!(info["end_cursor"], Value::Null);
}

#[tokio::test]
async fn an_empty_channel_is_an_empty_page() {
    let whop = Whop::start().await;
    let page = page(&whop, QUIET, "").await;
    assert!(ids(&page).is_empty());
    assert_eq!(page["page_info"]["has_next_page"], false);
    assert_eq!(page["page_info"]["has_previous_page"], false);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let whop = Whop::start().await;
    for query in [
        "channel_id=exp_general&after=nonsense",
        "channel_id=exp_general&before=djE6eDp5",
        "channel_id=exp_general&first=0",
        "channel_id=exp_general&first=-1",
        "channel_id=exp_general&first=many",
        "channel_id=exp_general&first=1&last=1",
        "channel_id=exp_general&direction=sideways",
        "first=1",
    ] {
        let answer = whop
            .get(&format!("/api/v1/messages?{query}"), As::App)
            .await;
        assert_error(answer, StatusCode::BAD_REQUEST, "bad_request");
    }
    let unknown = whop
        .get("/api/v1/messages?channel_id=exp_nowhere", As::App)
        .await;
    assert_error(unknown, StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn other_lists_are_paged_alike() {
    let whop = Whop::start().await;
    let message = whop.say(QUIET, "user_ada", "react!").await;
    for user in ["user_bob", "user_chen", "user_noor"] {
        whop.react(&message, user, serde_json::json!({"emoji": "👍"}))
            .await;
    }
    let id = message["id"].as_str().unwrap();
    for (list, count) in [
        ("/api/v1/users?query=".to_owned(), 12),
        ("/api/v1/chat_channels?company_id=biz_sandbox".to_owned(), 4),
        ("/api/v1/experiences?company_id=biz_sandbox".to_owned(), 4),
        (format!("/api/v1/reactions?resource_id={id}"), 3),
    ] {
        let (_, whole) = whop.get(&list, As::App).await;
        assert_eq!(ids(&whole).len(), count, "{list}");
        let mut met = Vec::new();
        let mut after = String::new();
        loop {
            let (_, page) = whop
                .get(&format!("{list}&first=2&after={after}"), As::App)
                .await;
            met.extend(ids(&page));
            if page["page_info"]["has_next_page"] == false {
                break;
            }
            after = page["page_info"]["end_cursor"].as_str().unwrap().to_owned();
        }
        assert_eq!(met, ids(&whole), "{list}");
    }
}

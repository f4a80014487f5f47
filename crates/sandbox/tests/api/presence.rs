//! Who is told that somebody came or went.

use crate::whop::{Socket, Whop};
use serde_json::{Value, json};

/// The next presence frame: who, and whether they came.
async fn presence(socket: &mut Socket) -> (String, bool) {
    let presence = presence_frame(socket).await;
    let user = presence["userId"].as_str().unwrap().to_owned();
    (user, presence.get("lastSeenAt").is_none())
}

async fn presence_frame(socket: &mut Socket) -> Value {
    loop {
        let frame = socket.next_of_all().await.expect("an open connection");
        if let Some(presence) = frame.get("userPresence") {
            return presence.clone();
        }
    }
}

/// Of whom the socket hears before everybody is sent a last frame.
async fn heard_of(whop: &Whop, socket: &mut Socket) -> Vec<String> {
    whop.control("sockets/frame", json!({"frame": {"last": true}}))
        .await;
    let mut users = Vec::new();
    loop {
        let frame = socket.next_of_all().await.expect("an open connection");
        if frame.get("last").is_some() {
            return users;
        }
        users.extend(frame["userPresence"]["userId"].as_str().map(str::to_owned));
    }
}

#[tokio::test]
async fn members_hear_who_comes_and_who_goes() {
    let whop = Whop::start().await;
    let mut server = whop.server_socket("user_agent").await;
    let mut ada = whop.browser_socket("user_ada", "").await;
    assert_eq!(presence(&mut server).await, ("user_ada".to_owned(), true));
    let mut bob = whop.browser_socket("user_bob", "").await;
    assert_eq!(presence(&mut ada).await, ("user_bob".to_owned(), true));
    assert_eq!(presence(&mut bob).await, ("user_ada".to_owned(), true));
    let second_tab = whop.browser_socket("user_bob", "").await;
    drop(bob);
    let mut chen = whop.browser_socket("user_chen", "").await;
    assert_eq!(presence(&mut ada).await, ("user_chen".to_owned(), true));
    assert_eq!(heard_of(&whop, &mut chen).await, ["user_ada", "user_bob"]);
    drop(second_tab);
    assert_eq!(presence(&mut ada).await, ("user_bob".to_owned(), false));
    let gone = loop {
        let presence = presence_frame(&mut server).await;
        if let Some(seen) = presence.get("lastSeenAt") {
            break seen.clone();
        }
    };
    // Milliseconds as protobuf's JSON writes them.
    assert!(gone.as_str().unwrap().parse::<u64>().unwrap() > 1_700_000_000_000);
}

#[tokio::test]
async fn strangers_neither_hear_nor_are_heard_of() {
    let whop = Whop::start().await;
    let mut stranger = whop.browser_socket("user_stranger", "").await;
    let mut ada = whop.browser_socket("user_ada", "").await;
    let bob = whop.browser_socket("user_bob", "").await;
    drop(bob);
    assert_eq!(presence(&mut ada).await, ("user_bob".to_owned(), true));
    assert_eq!(presence(&mut ada).await, ("user_bob".to_owned(), false));
    assert!(heard_of(&whop, &mut stranger).await.is_empty());
    drop(stranger);
    // A server that acts for somebody is not somebody who looks at a page.
    drop(whop.server_socket("user_olivia").await);
    assert!(heard_of(&whop, &mut ada).await.is_empty());
}

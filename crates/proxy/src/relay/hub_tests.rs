use super::*;

fn hub() -> Arc<Hub> {
    Arc::new(Hub::new())
}

/// A listener whom the others don't hear coming: they are all the same user.
fn listen(hub: &Arc<Hub>, feed: &str) -> Subscription {
    listen_as(hub, feed, "user_ada")
}

fn listen_as(hub: &Arc<Hub>, feed: &str, user: &str) -> Subscription {
    hub.listen(
        &feed.into(),
        &format!("exp_{feed}").as_str().into(),
        &user.into(),
    )
}

/// Who comes (true) and goes (false), as a listener hears of it.
fn heard(subscription: &mut Subscription) -> Vec<(String, bool)> {
    let mut heard = Vec::new();
    while let Ok(frame) = subscription.frames.try_recv() {
        let frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
        let presence = &frame["userPresence"];
        let user = presence["userId"].as_str().unwrap().to_owned();
        heard.push((user, presence.get("lastSeenAt").is_none()));
    }
    heard
}

#[test]
fn frames_stay_within_their_feed() {
    let hub = hub();
    let mut here = listen(&hub, "a");
    let mut there = listen(&hub, "b");
    hub.tell("a", &"frame".into(), &Change::Nothing);
    hub.tell("c", &"frame".into(), &Change::Nothing);
    assert_eq!(here.frames.try_recv().unwrap().as_str(), "frame");
    assert!(here.frames.try_recv().is_err());
    assert!(there.frames.try_recv().is_err());
}

#[test]
fn an_experience_stands_for_its_feed() {
    let hub = hub();
    let mut here = listen(&hub, "a");
    let mut there = listen(&hub, "b");
    hub.tell("exp_a", &"typing".into(), &Change::Nothing);
    assert!(here.frames.try_recv().is_ok());
    assert!(there.frames.try_recv().is_err());
}

#[test]
fn nobody_hears_themselves() {
    let hub = hub();
    let mut one = listen(&hub, "a");
    let mut other = listen(&hub, "a");
    one.tell_others(&"typing".into());
    assert!(one.frames.try_recv().is_err());
    assert!(other.frames.try_recv().is_ok());
}

#[tokio::test]
async fn a_slow_listener_is_told_and_the_others_notice_nothing() {
    let hub = hub();
    let slow = listen(&hub, "a");
    let mut quick = listen(&hub, "a");
    for number in 0..=QUEUE {
        hub.tell("a", &number.to_string().into(), &Change::Nothing);
        assert_eq!(
            quick.frames.recv().await.unwrap().as_str(),
            number.to_string()
        );
    }
    slow.overflow.notified().await;
    assert_eq!(hub.listeners(), 1);
}

#[test]
fn a_gap_is_told_to_those_who_listened_before_it() {
    let hub = hub();
    let mut before = listen(&hub, "a");
    hub.set_liveness("a", Liveness::Live);
    assert!(before.frames.try_recv().is_err());
    hub.interrupt();
    let mut meanwhile = listen(&hub, "a");
    assert_eq!(*meanwhile.liveness.borrow(), Liveness::Waiting);
    hub.set_liveness("a", Liveness::Live);
    hub.set_liveness("a", Liveness::Live);
    assert_eq!(before.frames.try_recv().unwrap().as_str(), RECONNECT);
    assert!(before.frames.try_recv().is_err());
    assert!(meanwhile.frames.try_recv().is_err());
    assert_eq!(*meanwhile.liveness.borrow_and_update(), Liveness::Live);
}

#[test]
fn a_feed_that_whop_refuses_has_no_listeners() {
    let hub = hub();
    let mut listener = listen(&hub, "a");
    hub.set_liveness("a", Liveness::Refused);
    assert_eq!(
        listener.frames.try_recv().unwrap_err(),
        mpsc::error::TryRecvError::Disconnected
    );
    assert_eq!(*listener.liveness.borrow_and_update(), Liveness::Refused);
}

#[test]
fn who_leaves_is_forgotten() {
    let hub = hub();
    let listener = listen(&hub, "a");
    assert_eq!(hub.listeners(), 1);
    drop(listener);
    assert_eq!(hub.listeners(), 0);
    hub.interrupt();
    assert!(hub.known_feeds().is_empty());
}

#[tokio::test]
async fn released_listeners_come_to_an_end() {
    let hub = hub();
    let mut listener = listen(&hub, "a");
    hub.tell("a", &"last".into(), &Change::Nothing);
    hub.release();
    assert_eq!(listener.frames.recv().await.unwrap().as_str(), "last");
    assert!(listener.frames.recv().await.is_none());
}

#[test]
fn who_comes_and_goes_is_told_to_the_others_of_the_feed() {
    let hub = hub();
    let mut ada = listen_as(&hub, "a", "user_ada");
    let mut elsewhere = listen_as(&hub, "b", "user_chen");
    let mut bob = listen_as(&hub, "a", "user_bob");
    let bobs_tab = listen_as(&hub, "a", "user_bob");
    assert_eq!(heard(&mut ada), [("user_bob".to_owned(), true)]);
    assert_eq!(heard(&mut bob), [("user_ada".to_owned(), true)]);
    drop(bob);
    assert_eq!(heard(&mut ada), []);
    drop(bobs_tab);
    // Who loads the page anew has not gone.
    let left_at = Instant::now();
    assert_eq!(heard(&mut ada), []);
    let bob = listen_as(&hub, "a", "user_bob");
    assert_eq!(hub.tell_departed(left_at + HELD), None);
    assert_eq!(heard(&mut ada), []);
    drop(bob);
    let next = hub.tell_departed(left_at).unwrap();
    assert_eq!(heard(&mut ada), []);
    assert_eq!(hub.tell_departed(next), None);
    assert_eq!(heard(&mut ada), [("user_bob".to_owned(), false)]);
    assert_eq!(heard(&mut elsewhere), []);
}

#[test]
fn who_is_on_both_sides_comes_once_and_goes_once() {
    let hub = hub();
    let bob = UserId::from("user_bob");
    let mut ada = listen_as(&hub, "a", "user_ada");
    hub.note_member("exp_a", &bob);
    hub.set_elsewhere(&bob, true);
    hub.set_elsewhere(&bob, true);
    assert_eq!(heard(&mut ada), [("user_bob".to_owned(), true)]);
    let here = listen_as(&hub, "a", "user_bob");
    hub.set_elsewhere(&bob, false);
    assert_eq!(heard(&mut ada), []);
    hub.set_elsewhere(&bob, true);
    drop(here);
    hub.tell_departed(Instant::now() + HELD);
    assert_eq!(heard(&mut ada), []);
    let mut chen = listen_as(&hub, "a", "user_chen");
    let mut those = heard(&mut chen);
    those.sort();
    let expected = ["user_ada", "user_bob"].map(|user| (user.to_owned(), true));
    assert_eq!(those, expected);
    hub.set_elsewhere(&bob, false);
    assert_eq!(heard(&mut chen), [("user_bob".to_owned(), false)]);
}

#[test]
fn who_is_on_whops_side_is_told_only_where_they_were_heard_or_let_in() {
    let hub = hub();
    let [bob, eve] = ["user_bob", "user_eve"].map(UserId::from);
    let mut ada = listen_as(&hub, "a", "user_ada");
    let mut chen = listen_as(&hub, "b", "user_chen");
    drop(listen_as(&hub, "a", "user_bob"));
    hub.tell_departed(Instant::now() + HELD);
    heard(&mut ada);
    hub.set_elsewhere(&bob, true);
    hub.set_elsewhere(&eve, true);
    assert_eq!(heard(&mut ada), [("user_bob".to_owned(), true)]);
    assert_eq!(heard(&mut chen), []);
    let mut newcomer = listen_as(&hub, "b", "user_noor");
    assert_eq!(heard(&mut newcomer), [("user_chen".to_owned(), true)]);
    heard(&mut chen);
    // Eve types in the other room.
    hub.note_member("b", &eve);
    hub.note_member("b", &eve);
    assert_eq!(heard(&mut ada), []);
    assert_eq!(heard(&mut chen), [("user_eve".to_owned(), true)]);
    hub.set_elsewhere(&eve, false);
    hub.set_elsewhere(&bob, false);
    assert_eq!(heard(&mut ada), [("user_bob".to_owned(), false)]);
    assert_eq!(heard(&mut chen), [("user_eve".to_owned(), false)]);
    // Whop says nothing about anybody on a new connection.
    hub.set_elsewhere(&bob, true);
    heard(&mut ada);
    hub.interrupt();
    let mut newcomer = listen_as(&hub, "a", "user_noor");
    assert_eq!(heard(&mut newcomer), [("user_ada".to_owned(), true)]);
}

#[test]
fn what_may_have_cost_somebody_their_access_is_noted_of_those_who_do_not_listen_too() {
    let hub = hub();
    let bob = UserId::from("user_bob");
    let _ada = listen_as(&hub, "a", "user_ada");
    assert_eq!(hub.doubted_at(&bob), None);
    hub.tell("a", &"muted".into(), &Change::Member(Some(bob.clone())));
    assert!(hub.doubted_at(&bob).is_some());
    assert_eq!(hub.doubted_at(&"user_ada".into()), None);
    // As long as an answer of before could be relied on at the longest setting, where Whop can't say.
    let longest = Duration::from_secs(600) * 3;
    assert!(hub.doubts.policy().time_to_live() > Some(longest));
}

#[test]
fn a_feed_that_is_polled_is_not_heard_once_nobody_listens() {
    let hub = hub();
    let is_heard = || hub.standing("a").unwrap().is_heard;
    hub.watch(&"a".into(), &"exp_a".into());
    let ada = listen(&hub, "a");
    hub.begin_polled("a");
    let content = || hub.standing("a").unwrap().changes.content;
    let before = content();
    assert!(is_heard());
    drop(ada);
    assert!(!is_heard());
    // What was read just then is read for nobody.
    hub.set_polled("a");
    assert!(!is_heard());
    let _bob = listen_as(&hub, "a", "user_bob");
    hub.set_polled("a");
    assert!(is_heard() && content() > before);
    let before = content();
    hub.begin_polled("a");
    assert!(is_heard() && content() > before);
}

fn reader(user: &str) -> Reader {
    Reader {
        user: user.into(),
        token: crate::configuration::Secret::new("a token"),
    }
}

#[test]
fn those_who_listen_to_a_conversation_read_it_in_turn() {
    let hub = hub();
    let [ada, bob] = ["user_ada", "user_bob"].map(|user| {
        let subscription = listen_as(&hub, "feed_1", user);
        hub.read_with(&subscription, reader(user));
        subscription
    });
    let feed = "feed_1".into();
    let whose = |turn| {
        hub.reader(&feed, turn)
            .map(|reader| reader.user.to_string())
    };
    let turns: Vec<_> = (0..3).filter_map(whose).collect();
    assert_eq!(turns, ["user_ada", "user_bob", "user_ada"]);
    assert!(hub.known_feeds().is_empty() && hub.listened_feeds().is_empty());
    assert_eq!(hub.conversations(), [(feed.clone(), false)]);
    hub.poke(&"user_chen".into());
    assert_eq!(hub.conversations(), [(feed.clone(), false)]);
    hub.poke(&"user_bob".into());
    assert_eq!(hub.conversations(), [(feed.clone(), true)]);
    assert_eq!(hub.conversations(), [(feed.clone(), false)]);
    // The websocket's troubles are none of it.
    hub.begin_polled("feed_1");
    hub.interrupt();
    assert_eq!(
        hub.standing("feed_1").map(|standing| standing.is_heard),
        Some(true)
    );
    drop((ada, bob));
    assert!(hub.conversations().is_empty() && hub.standing("feed_1").is_none());
}

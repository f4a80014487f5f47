//! The visitor's reactions and votes, before and after the server has them.

mod harness;

use chat_core::{Announcement, Effect, Event, WhoReactedState};
use harness::{CHANNEL, Harness, VIEWER, error, message, page};
use serde_json::{Value, json};

fn reacted(kind: &str, value: &str, count: u64, at: i64) -> [Value; 2] {
    [
        json!({"feedEntity": {"reaction": {
            "entityId": "reaction_1", "postId": "msg_1", "feedId": CHANNEL, "userId": VIEWER,
            "reactionType": kind, "value": value, "Deleted": false, "updatedAt": at,
        }}}),
        json!({"createdAt": at, "feedEntity": {"postReactionCountUpdate": {
            "postId": "msg_1", "feedId": CHANNEL, "updatedFieldsBitmask": 4,
            "singleReactionCountUpdate": {"reactionType": kind, "value": value, "userCount": count, "totalScore": count},
        }}}),
    ]
}

fn with_hearts(count: u64) -> Harness {
    let mut one = message("msg_1", "user_bob", 1, "one");
    one["reaction_counts"] = json!([{"emoji": ":heart:", "count": count}]);
    Harness::live(&[one])
}

fn hearts(chat: &Harness) -> (u64, bool) {
    let row = chat.row("one");
    row.reactions
        .first()
        .map_or((0, false), |view| (view.count, view.own))
}

#[test]
fn a_reaction_counts_at_once_and_once_in_every_order_of_answer_and_frames() {
    // The order of: answer, own reaction's frame, count's frame.
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut chat = with_hearts(3);
        let row = chat.row("one").id;
        chat.feed(Event::ToggledReaction {
            row,
            emoji: "❤️".to_owned(),
        });
        assert_eq!(hearts(&chat), (4, true));
        assert_eq!(chat.changes.rows, [row]);
        let frames = reacted("EMOJI", ":heart:", 4, chat.now + 50);
        for step in order {
            match step {
                0 => {
                    let request = chat.answer_post("/reactions", 200, &json!({"id": "reaction_1"}));
                    assert!(request.body.unwrap().contains("msg_1"));
                }
                step => chat.receive(&frames[step - 1]),
            }
        }
        assert_eq!(hearts(&chat), (4, true), "{order:?}");
    }
}

#[test]
fn a_reaction_is_taken_back_by_message_and_emoji() {
    let mut chat = with_hearts(3);
    for frame in reacted("EMOJI", ":heart:", 3, chat.now - 5_000) {
        chat.receive(&frame);
    }
    assert_eq!(hearts(&chat), (3, true));
    let row = chat.row("one").id;
    chat.feed(Event::ToggledReaction {
        row,
        emoji: ":heart:".to_owned(),
    });
    assert_eq!(hearts(&chat), (2, false));
    let (id, request) = chat.take("DELETE", "/reactions/msg_1?emoji=%3Aheart%3A");
    assert_eq!(request.body, None);
    chat.answer(id, 200, &json!(true));
    assert_eq!(hearts(&chat), (2, false));
}

#[test]
fn a_refused_reaction_is_undone_and_said() {
    let mut chat = with_hearts(3);
    let row = chat.row("one").id;
    chat.feed(Event::ToggledReaction {
        row,
        emoji: "❤️".to_owned(),
    });
    chat.answer_post("/reactions", 403, &error("forbidden", "Reactions are off."));
    assert_eq!(hearts(&chat), (3, false));
    let said = Effect::Announce(Announcement::ReactingFailed(
        "Reactions are off.".to_owned(),
    ));
    assert!(chat.effects.contains(&said));
}

#[test]
fn a_vote_moves_and_counts_once() {
    let mut one = message("msg_1", "user_bob", 1, "one");
    one["poll"] = json!({"options": [{"id": "1", "text": "this"}, {"id": "2", "text": "that"}]});
    one["poll_votes"] = json!([{"option_id": "1", "count": 5}, {"option_id": "2", "count": 2}]);
    let mut chat = Harness::live(&[one]);
    let row = chat.row("one").id;
    let votes = |chat: &Harness| {
        let poll = chat.row("one").poll.unwrap();
        poll.answers
            .iter()
            .map(|answer| (answer.votes, answer.own))
            .collect::<Vec<_>>()
    };
    chat.feed(Event::Voted {
        row,
        option: "1".to_owned(),
    });
    assert_eq!(votes(&chat), [(6, true), (2, false)]);
    chat.answer_post("/reactions", 200, &json!({"id": "reaction_1"}));
    assert_eq!(votes(&chat), [(6, true), (2, false)]);
    chat.feed(Event::Voted {
        row,
        option: "1".to_owned(),
    });
    assert_eq!(
        chat.waiting("POST", "/reactions"),
        0,
        "the same vote again is none"
    );
    chat.now += 1_000;
    chat.feed(Event::Voted {
        row,
        option: "2".to_owned(),
    });
    assert_eq!(votes(&chat), [(5, false), (3, true)]);
    chat.answer_post("/reactions", 200, &json!({"id": "reaction_2"}));
    assert_eq!(votes(&chat), [(5, false), (3, true)]);
    chat.feed(Event::Voted {
        row,
        option: "no such option".to_owned(),
    });
    assert_eq!(chat.waiting("POST", "/reactions"), 0);
}

#[test]
fn nobody_reacts_where_the_channel_forbids_it() {
    let mut chat = with_hearts(3);
    let row = chat.row("one").id;
    chat.receive(&json!({"feedEntity": {"chatFeed": {
        "entityId": CHANNEL, "whoCanReact": "NONE", "whoCanPost": "ADMINS",
    }}}));
    assert!(chat.changes.channel);
    assert!(!chat.chat.permissions().unwrap().can_post);
    chat.feed(Event::ToggledReaction {
        row,
        emoji: "❤️".to_owned(),
    });
    assert_eq!(chat.waiting("POST", "/reactions"), 0);
}

#[test]
fn x9_an_unknown_reaction_is_inert_and_short() {
    let mut one = message("msg_1", "user_bob", 1, "one");
    let long = format!(":{}:", "<img src=x onerror=alert(1)>".repeat(50));
    one["reaction_counts"] = json!([{"emoji": long, "count": 1}]);
    let chat = Harness::live(&[one]);
    assert!(chat.row("one").reactions[0].symbol.chars().count() <= 24);
}

fn names(chat: &Harness) -> Option<Vec<(String, Vec<String>)>> {
    match &chat.chat.who_reacted()?.state {
        WhoReactedState::Known(by) => Some(
            by.iter()
                .map(|by| (by.value.clone(), by.names.clone()))
                .collect(),
        ),
        _ => None,
    }
}

#[test]
fn who_reacted_is_asked_once_and_again_when_a_reaction_changed() {
    let mut chat = with_hearts(3);
    let row = chat.row("one").id;
    let reaction = |id: &str, emoji: Option<&str>, user: &str| {
        json!({"id": id, "emoji": emoji, "resource_id": "msg_1",
            "user": {"id": user, "name": null, "username": user.trim_start_matches("user_")}})
    };
    chat.feed(Event::AskedWhoReacted(row));
    assert!(chat.changes.who_reacted);
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(chat.waiting("GET", "/reactions"), 1);
    assert_eq!(names(&chat), None);
    let all = [
        reaction("reaction_1", Some("❤️"), "user_bob"),
        reaction("reaction_2", None, "user_vote"),
        reaction("reaction_3", Some(":heart:"), VIEWER),
        reaction("reaction_4", Some(":heart:"), "user_eve"),
    ];
    let request = chat.answer_get("/reactions", 200, &page(&all, None));
    assert!(request.path.contains("resource_id=msg_1"));
    // X9: both spellings are one reaction, and its value is the pill's.
    let value = chat.row("one").reactions[0].value.clone();
    let hearts = vec![(value, vec!["bob".to_owned(), "eve".to_owned()])];
    assert_eq!(names(&chat), Some(hearts.clone()));
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(chat.waiting("GET", "/reactions"), 0);

    for frame in reacted("EMOJI", ":fire:", 1, chat.now + 50) {
        chat.receive(&frame);
    }
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(chat.waiting("GET", "/reactions"), 1);
    assert_eq!(names(&chat), Some(hearts), "until the newer ones are there");
    chat.lose("GET", "/reactions");
    assert!(matches!(
        chat.chat.who_reacted().map(|who| &who.state),
        Some(WhoReactedState::Failed)
    ));
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(
        chat.waiting("GET", "/reactions"),
        1,
        "a failure can be repeated"
    );
}

#[test]
fn who_reacted_before_the_page_was_loaded_learns_it_from_the_names_and_takes_it_back() {
    let mut chat = with_hearts(2);
    let row = chat.row("one").id;
    assert_eq!(hearts(&chat), (2, false), "the message doesn't say");
    chat.feed(Event::AskedWhoReacted(row));
    let own = json!({"id": "reaction_1", "emoji": ":heart:", "resource_id": "msg_1",
        "user": {"id": VIEWER, "name": null, "username": "me"}});
    chat.answer_get("/reactions", 200, &page(std::slice::from_ref(&own), None));
    assert_eq!(hearts(&chat), (2, true));
    assert!(chat.changes.rows.contains(&row));
    // What was learnt is no news to ask about.
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(chat.waiting("GET", "/reactions"), 0);
    // Names of a moment ago don't bring back what was taken back since.
    for mut frame in reacted("EMOJI", ":heart:", 1, chat.now + 50) {
        if let Some(reaction) = frame.pointer_mut("/feedEntity/reaction") {
            reaction["Deleted"] = json!(true);
        }
        chat.receive(&frame);
    }
    assert_eq!(hearts(&chat), (1, false));
    chat.feed(Event::AskedWhoReacted(row));
    chat.answer_get("/reactions", 200, &page(&[own], None));
    assert_eq!(hearts(&chat), (1, false));
}

#[test]
fn who_reacted_can_be_asked_again_after_a_session_that_took_the_answer_with_it() {
    let mut chat = with_hearts(3);
    let row = chat.row("one").id;
    chat.feed(Event::AskedWhoReacted(row));
    assert_eq!(chat.waiting("GET", "/reactions"), 1);
    chat.feed(Event::RetriedOpening);
    assert!(
        chat.chat.who_reacted().is_none(),
        "nobody answers that any more"
    );
}

use super::{SeededMessage, messages};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const AUTHORS: [&str; 10] = [
    "user_olivia",
    "user_marcus",
    "user_ada",
    "user_bob",
    "user_chen",
    "user_fatima",
    "user_giulia",
    "user_hana",
    "user_ivan",
    "user_joao",
];

/// 2026-01-31T20:15:00Z.
const LAST: i64 = 1_769_890_500_000;

const DAY: i64 = 86_400_000;

fn seeded(count: usize) -> Vec<SeededMessage> {
    messages(1, count, LAST, &AUTHORS)
}

fn texts(messages: &[SeededMessage]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .filter_map(|message| message.content.as_deref())
}

fn options(messages: &[SeededMessage]) -> impl Iterator<Item = &str> {
    messages
        .iter()
        .flat_map(|message| message.poll_options.iter().map(String::as_str))
}

/// FNV-1a, 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Fails whenever a text or the order of draws changes: then look at the channel and pin the new value.
#[test]
fn the_same_seed_makes_the_same_bytes_everywhere() {
    let mut bytes = String::new();
    for message in seeded(200) {
        // `Debug` of a string may change with the Unicode tables of Rust's version, `Display` may not.
        let text = message.content.clone().unwrap_or_default();
        bytes.push_str(&text);
        bytes.push_str(&message.id);
        bytes.push_str(&message.user_id);
        bytes.push_str(&message.created_at_millis.to_string());
        for (emoji, users) in &message.reactions {
            bytes.push_str(emoji);
            bytes.push_str(&users.concat());
        }
        for (option, users) in &message.votes {
            bytes.push_str(&option.to_string());
            bytes.push_str(&users.concat());
        }
        let _ = write!(bytes, "{:?}", message.replying_to);
        bytes.push_str(&message.poll_options.concat());
        for file in &message.attachments {
            bytes.push_str(&file.id);
            bytes.push_str(&file.filename);
            bytes.push_str(&file.byte_size.to_string());
        }
    }
    assert_eq!(hash(bytes.as_bytes()), 0x969d_af7f_9d01_ad22);
}

#[test]
fn another_seed_makes_another_conversation_and_another_clock_moves_it() {
    assert_ne!(seeded(50), messages(2, 50, LAST, &AUTHORS));
    let mut later = messages(1, 50, LAST + 7_777, &AUTHORS);
    for message in &mut later {
        message.created_at_millis -= 7_777;
    }
    assert_eq!(seeded(50), later);
}

#[test]
fn any_count_and_any_authors_do() {
    for count in [0, 1, 2, 7, 40, 60, 999, 1_000] {
        assert_eq!(seeded(count).len(), count);
    }
    assert!(messages(1, 10, LAST, &[]).is_empty());
    for authors in [&AUTHORS[..1], &AUTHORS[..2]] {
        let messages = messages(1, 500, LAST, authors);
        assert_eq!(messages.len(), 500);
        check_invariants(&messages, authors);
    }
}

fn check_invariants(messages: &[SeededMessage], authors: &[&str]) {
    let mut ids = BTreeSet::new();
    assert_eq!(messages.last().unwrap().created_at_millis, LAST);
    for (at, message) in messages.iter().enumerate() {
        assert!(ids.insert(message.id.as_str()), "{}", message.id);
        assert!(message.id.starts_with("msg_"));
        assert!(authors.contains(&message.user_id.as_str()));
        if at > 0 {
            assert!(messages[at - 1].created_at_millis < message.created_at_millis);
        }
        assert!(message.replying_to.is_none_or(|earlier| earlier < at));
        assert!(message.content.is_some() || !message.attachments.is_empty());
        assert!(message.content.as_deref() != Some(""));
        for mentioned in &message.mentions {
            assert!(authors.contains(&mentioned.as_str()));
            let name = mentioned.strip_prefix("user_").unwrap();
            let text = message.content.as_deref().unwrap();
            assert!(text.contains(&format!("@{name}")), "{text}");
        }
        if message.mentions_everyone {
            assert_eq!(message.user_id, authors[0]);
            assert!(message.content.as_deref().unwrap().contains("@everyone"));
        }
        for (emoji, users) in &message.reactions {
            assert!(!emoji.is_empty() && !users.is_empty());
            check_each_once(users, authors);
        }
        let voters: Vec<String> = message
            .votes
            .iter()
            .flat_map(|(_, users)| users.clone())
            .collect();
        check_each_once(&voters, authors);
        for (option, _) in &message.votes {
            assert!(*option < message.poll_options.len());
        }
        for file in &message.attachments {
            assert!(file.id.starts_with("file_") && ids.insert(&file.id));
            assert!(file.byte_size > 0);
        }
    }
}

fn check_each_once(users: &[String], authors: &[&str]) {
    let distinct: BTreeSet<&String> = users.iter().collect();
    assert_eq!(distinct.len(), users.len());
    assert!(users.iter().all(|user| authors.contains(&user.as_str())));
}

#[test]
fn five_thousand_messages_hold_together() {
    check_invariants(&seeded(5_000), &AUTHORS);
}

#[test]
fn they_span_a_half_year_of_days_and_nights() {
    let messages = seeded(5_000);
    let span = LAST - messages[0].created_at_millis;
    assert!((170..=190).contains(&(span / DAY)), "{} days", span / DAY);
    let mut by_hour = [0_u32; 24];
    for message in &messages {
        let hour = (LAST - message.created_at_millis) % DAY / 3_600_000;
        by_hour[usize::try_from(hour).unwrap()] += 1;
    }
    let (busiest, quietest) = (by_hour.iter().max(), by_hour.iter().min());
    assert!(
        busiest > quietest.map(|count| count * 8).as_ref(),
        "{by_hour:?}"
    );
}

#[test]
fn every_feature_is_there() {
    let messages = seeded(5_000);
    let count = |is: &dyn Fn(&SeededMessage) -> bool| messages.iter().filter(|it| is(it)).count();
    let replies = count(&|message| message.replying_to.is_some());
    assert!((500..=750).contains(&replies), "{replies} replies");
    let reacted = count(&|message| !message.reactions.is_empty());
    assert!((800..=2_000).contains(&reacted), "{reacted} with reactions");
    let pinned = count(&|message| message.is_pinned);
    assert!((5..=15).contains(&pinned), "{pinned} pinned");
    assert!(count(&|message| message.is_edited) > 50);
    assert!(count(&|message| message.message_type == "system") > 20);
    assert!(count(&|message| message.message_type == "automated") > 10);
    assert!(count(&|message| message.mentions_everyone) > 5);
    assert!(count(&|message| !message.mentions.is_empty()) > 50);
    assert!(count(&|message| !message.votes.is_empty()) > 25);
    assert!(count(&|message| message.content.is_none()) > 20);
    assert_eq!(
        count(&|message| message
            .content
            .as_ref()
            .is_some_and(|text| text.chars().count() >= 8_000)),
        1
    );
    for start in ["image/", "video/", "audio/", "application/pdf"] {
        let files = messages.iter().flat_map(|message| &message.attachments);
        assert!(
            files
                .clone()
                .any(|file| file.content_type.starts_with(start))
        );
    }
    let ratio = |of: u32, to: u32| {
        messages
            .iter()
            .flat_map(|message| &message.attachments)
            .any(|file| {
                file.width.zip(file.height).is_some_and(|(width, height)| {
                    u64::from(width) * u64::from(to) >= u64::from(height) * u64::from(of)
                })
            })
    };
    assert!(ratio(6, 1) && !ratio(7, 1));
    let tall = |file: &super::SeededAttachment| file.height > file.width.map(|width| width * 6);
    assert!(
        messages
            .iter()
            .any(|message| message.attachments.iter().any(tall))
    );
    let emoji: BTreeSet<&str> = messages
        .iter()
        .flat_map(|message| &message.reactions)
        .map(|(emoji, _)| emoji.as_str())
        .collect();
    assert!(emoji.contains(":heart:") && emoji.contains("❤️"));
}

#[test]
fn markdown_of_every_kind_is_there() {
    let messages = seeded(5_000);
    for sample in [
        "**",
        "~~",
        "\n- ",
        "- [x] ",
        "- [ ] ",
        "\n1. ",
        "\n   - ",
        "> ",
        "```python\n",
        "```rust\n",
        "|---|",
        "## ",
        "\n===",
        "\n---\n",
        "](https://",
        "![",
        "<img src=x onerror",
        "](javascript:",
        "<b>",
        "`",
        "https://",
        "<https://",
        "\\*",
        "  \n",
        "@everyone",
        "***",
    ] {
        assert!(
            texts(&messages).any(|text| text.contains(sample)),
            "{sample:?}"
        );
    }
}

#[test]
fn scripts_of_the_world_are_there() {
    let messages = seeded(5_000);
    for range in [
        'а'..='я',
        'α'..='ω',
        'א'..='ת',
        'ا'..='ي',
        'अ'..='ह',
        'ก'..='ฮ',
        '가'..='힣',
        'ぁ'..='ん',
        'ァ'..='ヶ',
        '一'..='龥',
        '\u{0300}'..='\u{036f}',
        '\u{202a}'..='\u{202e}',
        '\u{2066}'..='\u{2069}',
    ] {
        let has = |text: &str| text.chars().any(|character| range.contains(&character));
        assert!(texts(&messages).any(has), "{range:?}");
    }
    for word in [
        "¿",
        "não|você|vocês",
        "ç",
        "ß",
        "ż",
        "ş",
        "è",
        "Goedemorgen",
    ] {
        let has = |text: &str| word.split('|').any(|word| text.contains(word));
        assert!(texts(&messages).any(has), "{word}");
    }
}

#[test]
fn no_template_shows_through() {
    let messages = seeded(5_000);
    for text in texts(&messages).chain(options(&messages)) {
        assert!(!text.contains(['⟨', '⟩']), "{text}");
        for slot in [
            "{film",
            "{camera",
            "{place",
            "{number",
            "{@",
            "\\u{",
            "{developer",
            "{self",
        ] {
            assert!(!text.contains(slot), "{text}");
        }
    }
}

/// A reader who scrolls 200 messages meets few sentences twice.
#[test]
fn long_texts_do_not_come_back_soon() {
    let messages = seeded(5_000);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut soon = 0;
    for (at, text) in texts(&messages).enumerate() {
        if text.chars().count() < 25 {
            continue;
        }
        if seen
            .insert(text, at)
            .is_some_and(|before| at - before < 200)
        {
            soon += 1;
        }
    }
    assert!(soon < 25, "{soon} texts came back within 200 messages");
}

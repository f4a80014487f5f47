//! The same value in all the spellings that Whop's documents have for it. What is sent is the SDK's.

use serde_json::{from_value, json, to_value};
use wire::rest::{AccessLevel, Direction, MessageType, UploadStatus, WhoCanPost, WhoCanReact};
use wire::socket::{ChannelKind, ConnectedKind, DisconnectionReason, ReactionKind};

macro_rules! spelled {
    ($value:expr, $sent:literal $(, $other:literal)*) => {
        assert_eq!(to_value($value).unwrap(), json!($sent));
        for text in [$sent $(, $other)*] {
            assert_eq!($value, from_value(json!(text)).unwrap(), "{text}");
        }
    };
}

#[test]
fn who_can_post() {
    spelled!(WhoCanPost::Everyone, "everyone", "EVERYONE");
    spelled!(WhoCanPost::Admins, "admins", "admins_only", "ADMINS");
    spelled!(WhoCanPost::Members, "members_only", "members", "MEMBERS");
    spelled!(
        WhoCanPost::ProductOwners,
        "product_owners",
        "PRODUCT_OWNERS"
    );
    spelled!(WhoCanPost::NoOne, "no_one", "none", "NONE");
}

#[test]
fn who_can_react() {
    spelled!(WhoCanReact::Everyone, "everyone", "EVERYONE");
    spelled!(WhoCanReact::NoOne, "no_one", "none", "NONE");
    for (text, value) in [
        ("admins", WhoCanReact::Admins),
        ("admins_only", WhoCanReact::Admins),
        ("ADMINS", WhoCanReact::Admins),
        ("members_only", WhoCanReact::Members),
        ("MEMBERS", WhoCanReact::Members),
        ("PRODUCT_OWNERS", WhoCanReact::ProductOwners),
    ] {
        assert_eq!(value, from_value(json!(text)).unwrap(), "{text}");
    }
}

#[test]
fn message_type() {
    spelled!(MessageType::Regular, "regular", "REGULAR");
    spelled!(MessageType::System, "system", "SYSTEM");
    spelled!(MessageType::Automated, "automated", "AUTOMATED");
    spelled!(MessageType::Text, "text");
    spelled!(MessageType::Image, "image");
    spelled!(MessageType::Video, "video");
    spelled!(MessageType::Poll, "poll");
}

#[test]
fn access_level() {
    spelled!(AccessLevel::NoAccess, "no_access");
    spelled!(AccessLevel::Customer, "customer");
    spelled!(AccessLevel::Admin, "admin");
}

#[test]
fn words_of_one_spelling() {
    spelled!(Direction::Ascending, "asc");
    spelled!(Direction::Descending, "desc");
    spelled!(UploadStatus::Pending, "pending");
    spelled!(UploadStatus::Processing, "processing");
    spelled!(UploadStatus::Ready, "ready");
    spelled!(UploadStatus::Failed, "failed");
    spelled!(ReactionKind::Like, "LIKE");
    spelled!(ReactionKind::Emoji, "EMOJI");
    spelled!(ReactionKind::View, "VIEW");
    spelled!(ReactionKind::Vote, "VOTE");
    spelled!(ChannelKind::Experience, "EXPERIENCE");
    spelled!(ChannelKind::Dms, "DMS");
    spelled!(ChannelKind::User, "USER");
    spelled!(ChannelKind::AccessPass, "ACCESS_PASS");
    spelled!(ChannelKind::App, "APP");
    spelled!(ChannelKind::Bot, "BOT");
    spelled!(ChannelKind::Public, "PUBLIC");
    spelled!(ChannelKind::Everyone, "EVERYONE");
    spelled!(ConnectedKind::User, "USER");
    spelled!(ConnectedKind::Anonymous, "ANONYMOUS");
    spelled!(DisconnectionReason::NoAccess, "NO_ACCESS");
    spelled!(
        DisconnectionReason::RequestedDisconnect,
        "REQUESTED_DISCONNECT"
    );
}

#[test]
fn a_word_that_nobody_knows_survives_to_the_letter() {
    macro_rules! unknown {
        ($($name:ident),*) => {$(
            for text in ["", "Everyone ", "friends_of_admins", "ÜBER\u{202e}\n\"", "1"] {
                let value: $name = from_value(json!(text)).unwrap();
                assert_eq!(value, $name::Unknown(text.to_owned()));
                assert_eq!(to_value(value).unwrap(), json!(text));
            }
        )*};
    }
    unknown!(
        WhoCanPost,
        WhoCanReact,
        MessageType,
        AccessLevel,
        UploadStatus,
        Direction,
        ReactionKind,
        ChannelKind,
        ConnectedKind,
        DisconnectionReason
    );
}

//! What people of the company say to each other besides its channels: a DM, a DM of four and a support chat, so that nobody
//! begins with an empty inbox.

use crate::company::{COMPANY_ID, OWNER_ID, conversation};
use crate::database::NewConversation;
use crate::seed::SeededMessage;
use wire::UserId;
use wire::rest::MemberStatus;

/// Ada and Bob.
pub const DIRECT: &str = "feed_ada_bob";
/// Four who share a darkroom. Ada is its admin.
pub const GROUP: &str = "feed_darkroom";
/// Ada, and whoever of the team answers her.
pub const SUPPORT: &str = "feed_support_ada";

const HOUR: i64 = 3_600_000;

/// The conversations with their messages, the last of them some hours before the given moment.
pub fn conversations(last_millis: i64) -> Vec<(NewConversation, Vec<SeededMessage>)> {
    let direct = conversation(
        "direct",
        last_millis - 5 * HOUR,
        420_000,
        &[
            (
                "user_ada",
                "Are you bringing the **half-frame** on Saturday?",
            ),
            (
                "user_bob",
                "If it survives the shutter repair. Tomasz says Thursday.",
            ),
            ("user_ada", "Then I keep a spot on the train for it."),
            ("user_bob", "And for me? :camera:"),
        ],
    );
    let group = conversation(
        "darkroom",
        last_millis - 20 * HOUR,
        900_000,
        &[
            (
                "user_ada",
                "Saturday, 10 to 4, all three enlargers. Who is in?",
            ),
            (
                "user_noor",
                "In. I can bring paper, 18×24, about forty sheets.",
            ),
            ("user_sofia", "In, but no caffenol this time, promised."),
            ("user_bob", "The chemistry shelf thanks you."),
            ("user_noor", "Do we need a second safelight?"),
        ],
    );
    let support = conversation(
        "support",
        last_millis - 2 * HOUR,
        600_000,
        &[
            (
                "user_ada",
                "I paid twice for *Film Photography, Slowly* this month. Can you look?",
            ),
            (
                OWNER_ID,
                "I see it, sorry! One of the two goes back to your card today.",
            ),
            ("user_ada", "Thank you, that was quick."),
        ],
    );
    vec![
        (
            opened(DIRECT, None, &["user_ada", "user_bob"], &direct),
            direct,
        ),
        (
            opened(
                GROUP,
                Some("Darkroom weekend"),
                &["user_ada", "user_bob", "user_noor", "user_sofia"],
                &group,
            ),
            group,
        ),
        (
            NewConversation {
                company_id: Some(COMPANY_ID.into()),
                customer_id: Some("user_ada".into()),
                ..opened(SUPPORT, None, &["user_ada", OWNER_ID], &support)
            },
            support,
        ),
    ]
}

/// Opened a minute before its first message.
fn opened(
    id: &str,
    name: Option<&str>,
    members: &[&str],
    messages: &[SeededMessage],
) -> NewConversation {
    let first = messages.first().map(|message| message.created_at_millis);
    NewConversation {
        id: id.into(),
        name: name.map(ToOwned::to_owned),
        company_id: None,
        customer_id: None,
        members: members
            .iter()
            .map(|user| (UserId::from(*user), MemberStatus::Accepted))
            .collect(),
        created_at: first.unwrap_or_default() - 60_000,
    }
}

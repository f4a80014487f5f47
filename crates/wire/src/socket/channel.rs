use crate::open_enum::open_enum;
use crate::read::read_object;
use serde::Serialize;

open_enum! {
    /// What a websocket channel is about.
    ChannelKind {
        /// Everyone who looks at an experience; the id is `exp_…`.
        Experience = "EXPERIENCE",
        /// Everyone in a feed; the id is `feed_…` or `chat_feed_…`.
        Dms = "DMS",
        /// One user.
        User = "USER",
        /// Everyone who has access to a product.
        AccessPass = "ACCESS_PASS",
        /// Everyone who uses an app: `app_…`, `app_…_exp_…` or `app_…_c_custom`.
        App = "APP",
        /// Members of a company.
        Bot = "BOT",
        /// Anyone, signed in or not.
        Public = "PUBLIC",
        /// Every connection.
        Everyone = "EVERYONE",
    }
}

/// A group of connections that frames are sent to. An address: it has no unknown fields to keep.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SocketChannel {
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: ChannelKind,
    /// Of which one.
    pub id: String,
}

read_object!(SocketChannel {
    kind: required "type",
    id: or_default "id",
});

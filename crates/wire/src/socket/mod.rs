//! The JSON text frames of Whop's websocket service, one entity a file.
//! Nothing here opens a socket or decides what a frame may do.

mod channel;
mod chat_feed;
mod client_frame;
mod dms_post;
mod feed_entity;
mod file_attachment;
mod reaction;
mod server_frame;

pub use channel::{ChannelKind, SocketChannel};
pub use chat_feed::{ChatFeed, MutedUser};
pub use client_frame::{
    BroadcastAppMessage, BroadcastRequest, ClientFrame, ConnectedId, ConnectedKind, Heartbeat,
    MarkAsRead, SubscribeToChannel, SubscribeToChannelBatch, TypingIndicator,
    UnsubscribeFromChannel,
};
pub use dms_post::{DmsPost, GiphyGif, LinkEmbed, SocketUser};
pub use feed_entity::{DmsFeed, DmsFeedMember, DmsUnreadBadgeUpdate, FeedEntity};
pub use file_attachment::{Dimensions, FileAttachment};
pub use reaction::{
    PostReactionCount, PostReactionCountUpdate, ReactionEntity, ReactionKind, UpdatedFields,
};
pub use server_frame::{
    AppMessage, BroadcastResponse, ChannelSubscriptionState, DisconnectionReason,
    HeartbeatResponse, Reconnect, ReloadClient, ServerFrame, SupportTicketBadgeUpdate,
    UserPresence,
};

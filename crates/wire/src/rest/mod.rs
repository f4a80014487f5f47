//! The entities of Whop's REST routes under `/api/v1`, one file each.
//! Requests stand beside the entity that they make. Nothing here knows HTTP.

mod access;
mod access_token;
mod channel;
mod dm_channel;
mod dm_member;
mod error;
mod experience;
mod file;
mod message;
mod page;
mod reaction;
mod support_channel;
mod user;

pub use access::{AccessCheck, AccessLevel};
pub use access_token::{AccessToken, AccessTokenCreate};
pub use channel::{ChatChannel, ChatChannelUpdate, ExperienceReference, WhoCanPost, WhoCanReact};
pub use dm_channel::{DmChannel, DmChannelCreate, DmChannelUpdate};
pub use dm_member::{
    DmMember, DmMemberCreate, DmMemberUpdate, MemberStatus, NotificationPreference,
};
pub use error::{ApiError, ErrorBody};
pub use experience::Experience;
pub use file::{File, FileCreate, FileVisibility, UploadStatus};
pub use message::{
    Attachment, AttachmentReference, Message, MessageCreate, MessageType, MessageUpdate, Poll,
    PollOption, PollVote, ReactionCount,
};
pub use page::{Direction, Page, PageInfo};
pub use reaction::{Reaction, ReactionCreate};
pub use support_channel::{SupportChannel, SupportChannelCreate, SupportOrder, SupportView};
pub use user::{ProfilePicture, User, UserReference};

//! The entities of Whop's REST routes under `/api/v1`, one file each.
//! Requests stand beside the entity that they make. Nothing here knows HTTP.

mod access;
mod access_token;
mod channel;
mod error;
mod experience;
mod file;
mod message;
mod page;
mod reaction;
mod user;

pub use access::{AccessCheck, AccessLevel};
pub use access_token::{AccessToken, AccessTokenCreate};
pub use channel::{ChatChannel, ChatChannelUpdate, ExperienceReference, WhoCanPost, WhoCanReact};
pub use error::{ApiError, ErrorBody};
pub use experience::Experience;
pub use file::{File, UploadStatus};
pub use message::{
    Attachment, AttachmentReference, Message, MessageCreate, MessageType, MessageUpdate, Poll,
    PollOption, PollVote, ReactionCount,
};
pub use page::{Direction, Page, PageInfo};
pub use reaction::{Reaction, ReactionCreate};
pub use user::{ProfilePicture, User, UserReference};

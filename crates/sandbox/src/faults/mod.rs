//! What the sandbox gets wrong on request: descriptions of faults, which of them strike, and how a request, a frame or
//! a connection is struck. Who may ask for one is `control`'s; docs/faults.md tells users.

mod description;
mod frames;
mod line;
mod registry;
mod requests;
mod target;

pub use description::{Fault, FaultError};
pub use frames::FrameQueue;
pub use line::{Line, LineListener, Peer};
pub use registry::{Faults, SocketStrike};
pub use requests::strike;
pub use target::{FrameFacts, Origin, SocketFacts};

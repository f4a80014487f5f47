//! whop.com's part: the page that shows the app in an iframe, and the app's own origin, which says who looks at it.

mod enter;
mod notifications;
mod page;
mod reverse_proxy;

pub use enter::{Entrances, enter, visitor};
pub use notifications::{mark_read, unread};
pub use page::{bridge, page, style};
pub use reverse_proxy::forward;

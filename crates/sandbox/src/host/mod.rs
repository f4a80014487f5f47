//! whop.com's part: the page that shows the app in an iframe, and the app's own origin, which says who looks at it.

mod enter;
mod page;
mod reverse_proxy;

pub use enter::{Entrances, enter, visitor};
pub use page::{page, style};
pub use reverse_proxy::forward;

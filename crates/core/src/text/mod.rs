//! Markdown of a message → a closed set of typed parts that cannot express anything unsafe.
//! Pure functions over strings live here. No DOM, no I/O, no HTML (except behind the `html`
//! feature, for servers and oracles).

mod autolink;
mod cache;
#[cfg(test)]
mod commonmark;
mod document;
mod emoji;
mod frame;
mod host;
#[cfg(feature = "html")]
pub mod html;
mod inline;
mod limits;
mod mention;
mod parse;
mod prepare;
mod query;
mod unicode;
mod url;

pub(crate) use cache::Cache;
pub use cache::Parser;
pub use document::{
    Alignment, Block, Document, Inline, LinkKind, ListItem, Mention, MentionTarget, TableRow,
};
pub use emoji::{EmojiNames, has_rare_shortcode};
pub use limits::{MAX_BLOCK_DEPTH, MAX_INLINE_DEPTH, MAX_PARSED_BYTES};
pub use mention::{Context, KnownExperience, KnownUser};
pub use parse::parse;
pub use query::Fold;
pub(crate) use query::{Query, fold_into};
pub use unicode::MAX_COMBINING_MARKS;
pub use url::SafeUrl;

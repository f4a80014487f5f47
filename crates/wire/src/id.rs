use crate::json::Value;
use crate::read::{Read, Reading};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

macro_rules! id {
    ($($(#[$documentation:meta])* $name:ident;)*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as Whop writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Read for $name {
            fn read(value: Value<'_>, reading: &mut Reading) -> Self {
                Self(String::read(value, reading))
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

id! {
    /// An app, `app_…`.
    AppId;
    /// A feed of messages: a chat channel (`channel_…`, `chat_feed_…`), or a DM or support chat (`feed_…`).
    ChannelId;
    /// A company, `biz_…`.
    CompanyId;
    /// An experience, `exp_…`.
    ExperienceId;
    /// A file, `file_…`.
    FileId;
    /// A message. Opaque: Whop promises no prefix.
    MessageId;
    /// A product, `prod_…`.
    ProductId;
    /// A reaction. Opaque.
    ReactionId;
    /// A user, `user_…`.
    UserId;
}

impl ExperienceId {
    /// Whether an id that may name a channel or an experience names an experience.
    pub fn is_experience(id: &str) -> bool {
        id.starts_with("exp_")
    }
}

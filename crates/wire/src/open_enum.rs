/// Makes an enum whose unknown values survive, with the spellings that Whop's documents disagree about.
///
/// The first spelling of a variant is what is written; every spelling is read. A value that no variant names
/// becomes `Unknown` and is written back as it came.
macro_rules! open_enum {
    (
        $(#[$documentation:meta])*
        $name:ident {
            $($(#[$variant_documentation:meta])* $variant:ident = $spelling:literal $(| $other:literal)*,)*
        }
    ) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_documentation])* $variant,)*
            /// A value that this version doesn't know, as it came.
            Unknown(String),
        }

        impl $name {
            /// The spelling that is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $spelling,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($spelling $(| $other)* => Self::$variant,)*
                    _ => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl $crate::read::Read for $name {
            fn read(value: $crate::json::Value<'_>, reading: &mut $crate::read::Reading) -> Self {
                Self::from(&*reading.text(value))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::read::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use open_enum;

use strings::Strings;

/// How a page wants the widget to look and speak.
#[derive(Clone, Debug)]
pub struct Appearance {
    /// Bubbles or rows.
    pub style: ChatStyle,
    /// Light or dark.
    pub theme: Theme,
    /// What the widget says.
    pub strings: &'static Strings,
    /// The chrome runs from right to left. What people say runs as they wrote it.
    pub is_rtl: bool,
    /// A language tag of BCP 47 for dates; the browser's own where it is empty or unknown.
    pub locale: String,
    /// What a channel without messages says.
    pub empty: EmptyState,
}

/// What a page shows instead of our picture and words; each as it likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmptyState {
    /// The address of a picture.
    pub picture: Option<String>,
    /// Its width and height in pixels.
    pub size: (Option<String>, Option<String>),
    /// The headline.
    pub title: Option<String>,
    /// The sentence below it.
    pub description: Option<String>,
}

/// The two styles of Whop's chat element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChatStyle {
    /// Bubbles, the visitor's own on the other side.
    #[default]
    Imessage,
    /// Rows over the full width.
    Discord,
}

impl ChatStyle {
    /// The value of `data-style`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Imessage => "imessage",
            Self::Discord => "discord",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the visitor's system is set.
    #[default]
    System,
}

impl Theme {
    /// The value of `data-theme`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }
}

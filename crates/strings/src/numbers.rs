/// Which form a noun has beside a number: those of CLDR's cardinal categories that the languages here tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// `1 vote`
    One,
    /// `2 głosy`
    Few,
    /// `5 głosów`, `1 000 000 de votes`
    Many,
    /// Any other.
    Other,
}

impl Category {
    /// In the order in which [`crate::catalogs::compact`] writes the forms.
    pub const ALL: [Self; 4] = [Self::One, Self::Few, Self::Many, Self::Other];

    /// Its name, as `Intl.PluralRules` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }

    /// The one of that name; the last where there is none.
    pub fn named(name: &str) -> Self {
        let named = Self::ALL
            .into_iter()
            .find(|category| category.name() == name);
        named.unwrap_or(Self::Other)
    }
}

/// How numbers are written and what they do to nouns: the browser's `Intl`, or where there is none, the tables of `catalogs`.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// The form that a noun has beside a number, by a BCP 47 tag.
    pub category: fn(&str, u64) -> Category,
    /// A number with at most one decimal, given in tenths, by such a tag. What has neither a decimal nor four digits is not
    /// asked: its digits are the same in every language here.
    pub written: fn(&str, u64) -> String,
}

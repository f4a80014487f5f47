use crate::numbers::{Category, Numbers};
use crate::sentence::Sentence;

/// What a key's text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words as they stand.
    Words,
    /// A sentence with these holes.
    Sentence(&'static [&'static str]),
    /// A sentence in several forms, one for each category of the number in its hole `n`, which is its only one.
    Counted,
}

/// A key of the catalogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// As the catalogs write it.
    pub name: &'static str,
    /// What its text is.
    pub kind: Kind,
}

/// Between the forms of what is counted.
pub(crate) const BETWEEN_FORMS: char = '|';
/// From there on numbers are written differently in different languages.
const GROUPED: u64 = 1_000;

/// What the widget says in one language.
#[derive(Debug)]
pub struct Strings {
    /// The language's code.
    pub language: &'static str,
    /// How numbers are written: a BCP 47 tag of that language.
    pub locale: &'static str,
    numbers: Numbers,
    texts: [&'static str; KEYS.len()],
}

impl Strings {
    /// Reads what [`crate::catalogs::compact`] wrote: the language's code, then a line for each key. `None` where it is not that.
    pub fn read(text: &'static str, locale: &'static str, numbers: Numbers) -> Option<Self> {
        let mut lines = text.split('\n');
        let language = lines.next()?;
        let mut texts = [""; KEYS.len()];
        for text in &mut texts {
            *text = lines.next()?;
        }
        lines.next().is_none().then_some(Self {
            language,
            locale,
            numbers,
            texts,
        })
    }

    /// A number as this language writes it.
    pub fn number(&self, number: u64) -> String {
        if number < GROUPED {
            number.to_string()
        } else {
            (self.numbers.written)(self.locale, number.saturating_mul(10))
        }
    }

    /// A number with at most one decimal, given in tenths.
    pub fn tenths(&self, tenths: u64) -> String {
        if tenths.is_multiple_of(10) {
            self.number(tenths / 10)
        } else {
            (self.numbers.written)(self.locale, tenths)
        }
    }

    /// A number of which there may be more: `20+`.
    fn at_least(&self, number: u64) -> String {
        self.or_more().with(&[("n", &self.number(number))])
    }

    /// The form of what is counted for that number. A form that a language has no need of is empty, and the last one is
    /// taken.
    fn form(&self, forms: &'static str, number: u64) -> Sentence {
        let category = (self.numbers.category)(self.language, number);
        let forms = || forms.split(BETWEEN_FORMS);
        let mut named = Category::ALL.into_iter().zip(forms());
        let own = named.find(|(other, _)| *other == category);
        let own = own.map(|(_, form)| form).filter(|form| !form.is_empty());
        Sentence(own.or_else(|| forms().next_back()).unwrap_or_default())
    }

    fn counted(&self, forms: &'static str, number: u64, or_more: bool) -> String {
        let written = if or_more {
            self.at_least(number)
        } else {
            self.number(number)
        };
        self.form(forms, number).with(&[("n", &written)])
    }
}

macro_rules! keys {
    (
        words: $($(#[$about_words:meta])* $words:ident)+;
        sentences: $($(#[$about_sentence:meta])* $sentence:ident($($hole:ident),+))+;
        counted: $($(#[$about_counted:meta])* $counted:ident)+;
    ) => {
        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, reason = "a place is named as its key is")]
        enum Place { $($words,)+ $($sentence,)+ $($counted,)+ }

        /// All keys, in the order of [`crate::catalogs::compact`].
        pub const KEYS: &[Key] = &[
            $(Key { name: stringify!($words), kind: Kind::Words },)+
            $(Key { name: stringify!($sentence), kind: Kind::Sentence(&[$(stringify!($hole)),+]) },)+
            $(Key { name: stringify!($counted), kind: Kind::Counted },)+
        ];

        #[expect(missing_docs, reason = "what a key says stands in catalogs/en.json")]
        impl Strings {
            $(
                $(#[$about_words])*
                pub const fn $words(&self) -> &'static str {
                    self.texts[Place::$words as usize]
                }
            )+
            $(
                $(#[$about_sentence])*
                pub const fn $sentence(&self) -> Sentence {
                    Sentence(self.texts[Place::$sentence as usize])
                }
            )+
            $(
                $(#[$about_counted])*
                pub fn $counted(&self, number: u64, or_more: bool) -> String {
                    self.counted(self.texts[Place::$counted as usize], number, or_more)
                }
            )+
        }
    };
}

keys! {
    words:
        // The scripts' own, which find them by their place: `src/embed/words.js`.
        chat_failed live_failed chat_stopped reload retry sign_in sign_out

        edit delete copy copied
        // On a message.
        edited pinned automated admin sending not_sent not_delivered not_sent_signed_out
        delete_question deleted not_deleted
        reply cancel_reply quote_deleted quote_elsewhere
        /// Before who is answered, for those who listen.
        in_reply_to
        reactions add_reaction thumbs_up heart joy tada fire eyes
        reaction_failed only_admins_react no_one_reacts may_not_react
        loading_names names_failed you
        poll
        spoiler show_more show_less
        /// Of an item in a list of tasks.
        checked
        unchecked
        image gif video audio file link_loading
        previous_image next_image zoom_in zoom_out open_file close
        // The composer.
        message send slow_sending sending_failed
        only_admins_post no_one_posts may_not_post guests_read sign_in_to_post
        someone_types several_type
        // The history.
        messages jump_to_latest unread_from loading_older older_failed loading_newer newer_failed
        seeking cancel message_gone jump_failed pinned_messages
        find older_match newer_match close_find finding_back finding_on stop find_more nothing_found nothing_more
        // In the history's place.
        loading empty_title empty_text
        unreachable_title unreachable_text signed_out_title signed_out_text no_access_title no_access_text
        unknown_title unknown_text misconfigured_title misconfigured_text unreadable_answer
        try_again
        connecting reconnecting offline
        /// The server sends no live messages.
        no_updates;
    sentences:
        /// A number of which there may be more.
        or_more(n)
        percent(n)
        bytes(n) kilobytes(n) megabytes(n) gigabytes(n)
        place(n, m)
        one_types(name)
        two_type(first, second)
        replying_to(name)
        message_in(channel)
        muted_until(time)
        slow_mode(time)
        beginning(channel)
        react_with(emoji)
        own_reaction(emoji, n)
        /// A list of names, of whom the visitor may be one.
        reacted(names, emoji)
        answer(text, share, votes)
        own_answer(text, share, votes)
        pinned_count(n)
        finding_back_at(date) finding_on_at(date) found_back(date) found_on(date)
        /// Somebody's message, for those who listen.
        said(name, text)
        /// In the server's own words, which are English.
        refused(reason)
        reaction_refused(reason)
        delete_refused(reason);
    counted:
        votes
        online
        new_messages
        /// The last ones of a list of names.
        more_people;
}

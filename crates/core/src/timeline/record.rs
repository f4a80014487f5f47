use crate::RowId;
use crate::text::{self, Document};
use std::cell::OnceCell;
use std::rc::Rc;
use wire::MessageId;
use wire::rest::Message;

/// A row's place: by time, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub created_at: i64,
    /// Empty for a row that the server has no message for.
    pub id: MessageId,
    /// Orders those rows; 0 for a message.
    pub local: u64,
}

impl Key {
    /// A message's place, if it says when it was posted.
    pub fn of(message: &Message) -> Option<Self> {
        Some(Self {
            created_at: message.created_at.unix_millis()?,
            id: message.id.clone(),
            local: 0,
        })
    }

    /// The place of a row that the server has no message for.
    pub fn local(turn: u64, created_at: i64) -> Self {
        Self {
            created_at,
            id: MessageId::default(),
            local: turn,
        }
    }

    pub fn is_local(&self) -> bool {
        self.local > 0
    }
}

/// A message, with what was made of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub message: Message,
    pub key: Rc<Key>,
    pub row: RowId,
    /// When this version of the message became true.
    updated_at: i64,
    document: OnceCell<Rc<Document>>,
    source: OnceCell<Rc<str>>,
    /// What words are looked for in.
    folded: OnceCell<Box<str>>,
}

impl Record {
    pub fn new(message: Message, updated_at: i64) -> Self {
        let created_at = message.created_at.unix_millis().unwrap_or_default();
        Self {
            key: Rc::new(Key {
                created_at,
                id: message.id.clone(),
                local: 0,
            }),
            message,
            row: RowId(0),
            updated_at,
            document: OnceCell::new(),
            source: OnceCell::new(),
            folded: OnceCell::new(),
        }
    }

    /// Keeps the newer of two versions, and what only the older one knew: REST sends no pictures, and not always
    /// attachments.
    pub fn merge(&mut self, mut other: Self) {
        self.folded = OnceCell::new();
        if other.version() > self.version() {
            std::mem::swap(&mut self.message, &mut other.message);
            std::mem::swap(&mut self.updated_at, &mut other.updated_at);
            let (message, former) = (&self.message, &other.message);
            if message.content != former.content || message.mentions != former.mentions {
                self.document = OnceCell::new();
                self.source = OnceCell::new();
            }
        }
        let (message, older) = (&mut self.message, other.message);
        if message.user.profile_picture.is_none() {
            message.user.profile_picture = older.user.profile_picture;
        }
        if message.attachments.is_none() && !message.is_edited {
            message.attachments = older.attachments;
        }
    }

    /// Orders versions of a message: by time, and within one millisecond by what they say, so that any order of
    /// arrival ends with the same one.
    fn version(&self) -> (i64, bool, bool, &str) {
        let message = &self.message;
        let content = message.content.as_deref().unwrap_or_default();
        (
            self.updated_at,
            message.is_edited,
            message.is_pinned,
            content,
        )
    }

    pub fn source(&self) -> Rc<str> {
        let content = self.message.content.as_deref().unwrap_or_default();
        self.source.get_or_init(|| Rc::from(content)).clone()
    }

    /// The text, parsed once: `parse` is asked only as long as the content is not known.
    pub fn document(&self, parse: impl FnOnce(&str) -> Rc<Document>) -> Rc<Document> {
        let content = self.message.content.as_deref().unwrap_or_default();
        self.document.get_or_init(|| parse(content)).clone()
    }

    /// The text, if it was parsed already.
    pub fn parsed(&self) -> Option<&Document> {
        self.document.get().map(|document| &**document)
    }

    /// What words are looked for in, made once for each version of the message, and only where somebody looks.
    pub fn folded(&self, fold: impl FnOnce() -> Box<str>) -> &str {
        self.folded.get_or_init(fold)
    }

    /// More names of emoji are known now. Whether the text has to be parsed anew.
    pub fn names_arrived(&mut self) -> bool {
        let content = self.message.content.as_deref().unwrap_or_default();
        let rare = text::has_rare_shortcode(content);
        if rare {
            self.document = OnceCell::new();
            self.folded = OnceCell::new();
        }
        rare
    }
}

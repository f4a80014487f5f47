use super::{Context, Document};
use std::cell::RefCell;
use std::rc::Rc;

/// Contents that share a place push one another out.
const PLACES: usize = 256;
/// Longer contents, in bytes, are hardly ever said twice.
const LONGEST: usize = 512;

/// What makes a document of a content: [`parse`](super::parse()).
pub type Parser = fn(&str, &Context<'_>) -> Document;

/// Contents that were parsed lately: people say the same things all day long, and what the visitor sends comes back.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    /// What parses; it may come later than the first content.
    parser: Option<Parser>,
    /// Empty until the first content comes.
    places: RefCell<Vec<Option<Parsed>>>,
}

#[derive(Debug)]
struct Parsed {
    source: Box<str>,
    document: Rc<Document>,
}

impl Cache {
    /// From now on contents are parsed; until then they are empty.
    pub fn set_parser(&mut self, parser: Parser) {
        self.parser = Some(parser);
    }

    /// Whether what [`Cache::parse`] answers may be kept.
    pub fn can_parse(&self) -> bool {
        self.parser.is_some()
    }

    /// A content parsed for this once.
    pub fn parse_anew(&self, source: &str, context: &Context<'_>) -> Document {
        match self.parser {
            Some(parse) => parse(source, context),
            None => Document::default(),
        }
    }

    /// As [`Cache::parse_anew`], but a content that is there already is not parsed again. What may name somebody or something is not
    /// shared, since the same words mean other people in another message.
    pub fn parse(&self, source: &str, context: &Context<'_>) -> Rc<Document> {
        // An ampersand begins an entity, which can stand for the other two.
        let may_name = source
            .bytes()
            .any(|byte| matches!(byte, b'@' | b'#' | b'&'));
        if may_name || source.len() > LONGEST || !self.can_parse() {
            return Rc::new(self.parse_anew(source, context));
        }
        let mut places = self.places.borrow_mut();
        if places.is_empty() {
            places.resize_with(PLACES, || None);
        }
        let Some(place) = places.get_mut(place(source)) else {
            return Rc::new(self.parse_anew(source, context));
        };
        if let Some(parsed) = place
            && *parsed.source == *source
        {
            return parsed.document.clone();
        }
        let document = Rc::new(self.parse_anew(source, context));
        *place = Some(Parsed {
            source: source.into(),
            document: document.clone(),
        });
        document
    }

    /// Forgets everything: the names of emoji are others now.
    pub fn clear(&mut self) {
        self.places.get_mut().clear();
    }
}

/// FNV-1a: few instructions, and good at short texts.
fn place(source: &str) -> usize {
    let hash = source.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash as usize) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{EmojiNames, KnownExperience, KnownUser, parse};

    fn cache() -> Cache {
        let mut cache = Cache::default();
        cache.set_parser(parse);
        cache
    }

    #[test]
    fn what_comes_before_the_parser_is_empty_and_is_not_kept() {
        let mut cache = Cache::default();
        let empty = cache.parse("**gm**", &Context::default());
        assert_eq!(*empty, Document::default());
        cache.set_parser(parse);
        let parsed = cache.parse("**gm**", &Context::default());
        assert_eq!(*parsed, parse("**gm**", &Context::default()));
    }

    #[test]
    fn a_content_is_parsed_once() {
        let cache = cache();
        let context = Context::default();
        let first = cache.parse("**gm**", &context);
        assert_eq!(*first, parse("**gm**", &context));
        assert!(Rc::ptr_eq(&first, &cache.parse("**gm**", &context)));
        assert!(!Rc::ptr_eq(&first, &cache.parse("**gn**", &context)));
    }

    #[test]
    fn it_keeps_no_more_than_it_has_places_for() {
        let cache = cache();
        let parsed: Vec<_> = (0..10_000)
            .map(|number| {
                let document = cache.parse(&number.to_string(), &Context::default());
                Rc::downgrade(&document)
            })
            .collect();
        let kept = parsed.iter().filter(|document| document.strong_count() > 0);
        assert!(kept.count() <= PLACES);
        let long = cache.parse(&"a".repeat(LONGEST + 1), &Context::default());
        assert_eq!(Rc::strong_count(&long), 1);
    }

    #[test]
    fn what_names_somebody_means_whom_its_own_message_means() {
        let cache = cache();
        let ada = [KnownUser {
            id: "user_1",
            username: "ada",
            name: None,
        }];
        let knowing = Context {
            mentions: &ada,
            everyone: true,
            viewer: Some("user_1"),
            experience: Some(KnownExperience {
                id: "exp_1",
                name: "wins",
            }),
            ..Context::default()
        };
        for source in [
            "hi @ada",
            "#wins",
            "&commat;ada",
            "&#64;ada",
            "&num;wins",
            "@everyone",
        ] {
            let strange = cache.parse(source, &Context::default());
            assert_eq!(*strange, parse(source, &Context::default()), "{source}");
            assert_eq!(
                *cache.parse(source, &knowing),
                parse(source, &knowing),
                "{source}"
            );
        }
    }

    #[test]
    fn names_that_come_later_are_seen() {
        let mut cache = cache();
        let before = cache.parse(":evil:", &Context::default());
        cache.clear();
        let context = Context {
            emoji: EmojiNames::new("evil 😈\n"),
            ..Context::default()
        };
        assert_ne!(before, cache.parse(":evil:", &context));
    }
}

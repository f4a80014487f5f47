/// A sentence with holes, named in braces, for what differs each time: `{name} is typing…`. Every language puts them where its
/// grammar wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence(pub(crate) &'static str);

impl Sentence {
    /// Says it piece by piece: words, and between them holes, by their names.
    pub fn say(self, words: &mut dyn FnMut(&'static str), hole: &mut dyn FnMut(&'static str)) {
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else {
                break;
            };
            if !before.is_empty() {
                words(before);
            }
            hole(name);
            rest = behind;
        }
        if !rest.is_empty() {
            words(rest);
        }
    }

    /// The sentence with its holes filled.
    pub fn with(self, values: &[(&str, &str)]) -> String {
        let mut pieces = Vec::new();
        let piece = std::cell::RefCell::new(&mut pieces);
        self.say(&mut |words| piece.borrow_mut().push(words), &mut |hole| {
            let value = values.iter().find(|(name, _)| *name == hole);
            debug_assert!(value.is_some(), "nothing for {{{hole}}}");
            piece
                .borrow_mut()
                .push(value.map_or("", |(_, value)| *value));
        });
        pieces.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::Sentence;

    #[test]
    fn holes_are_filled_in_the_order_of_the_language() {
        let values = [("n", "3"), ("m", "7")];
        for (sentence, expected) in [
            ("{n} of {m}", "3 of 7"),
            ("{m} 件中 {n} 件", "7 件中 3 件"),
            ("none", "none"),
            ("{n}{m}", "37"),
            ("", ""),
            ("left {open", "left {open"),
        ] {
            assert_eq!(Sentence(sentence).with(&values), expected);
        }
        // What a value says is no hole.
        assert_eq!(Sentence("<{n}>").with(&[("n", "{m}")]), "<{m}>");
    }
}

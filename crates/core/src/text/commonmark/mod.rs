//! The official examples of CommonMark, all of them: our blocks and parts of lines must be the specification's.
//!
//! Both sides, the HTML that the specification expects and `text::html` of what we parse, are read as trees and
//! brought to one form. Where we differ on purpose, a rule says how, and is applied to every example:
//!
//! 1. *Raw HTML is text.* What stands between angle brackets in the expected HTML and literally in the source is not a
//!    tag but text; such text between blocks is a paragraph, as an HTML block is with us.
//! 2. *Line ends are line breaks*, `<br>`, soft or hard.
//! 3. *Images are links* with the alternative text as label; within another link they are just that text.
//! 4. *Addresses in plain text are links* (`https://…`, `a@b.c`), outside of links and code.
//! 5. *A label that nobody would see* is replaced by the address.
//! 6. *A source that leaves nothing behind* (link definitions alone) is shown.
//! 7. Attributes: `target` and `rel` of links aside, line ends in titles are spaces, addresses are compared as the
//!    specification's renderer escapes them, the language of code is its info string's first word.
//! 8. The last line end of a code block is not part of it.
//!
//! Destinations that are refused (X2: relative ones, other schemes) are another matter with tests of its own
//! (`tests/text_safety.rs`): here every address passes.
//!
//! What no rule covers is in [`DIFFERENT`], with its reason and what we make of it.

mod rules;
mod tree;

use super::parse::parse_through;
use super::{Context, SafeUrl, html};
use tree::Tree;

const SPECIFICATION: &str = include_str!("../../../tests/commonmark/spec.txt");
const FENCE: &str = "````````````````````````````````";

/// An example's number, why ours is another, and what it is (in the common form).
const DIFFERENT: &[(usize, &str, &str)] = &[
    (
        39,
        "a line end that is written as an entity (`&#10;`) breaks no line: it is a space, as a browser shows it",
        "<p>foo  bar</p>",
    ),
    (
        190,
        "the expected HTML does not show that these are five HTML blocks; as text, each is a paragraph",
        "<p>&lt;table&gt;</p><p>&lt;tr&gt;</p><p>&lt;td&gt;<br>Hi<br>&lt;/td&gt;</p>\
         <p>&lt;/tr&gt;</p><p>&lt;/table&gt;</p>",
    ),
    (
        191,
        "the same",
        "<p>&lt;table&gt;</p><p>  &lt;tr&gt;</p>\
         <pre><code>&lt;td&gt;\n  Hi\n&lt;/td&gt;</code></pre><p>  &lt;/tr&gt;</p><p>&lt;/table&gt;</p>",
    ),
];

struct Example {
    number: usize,
    source: String,
    expected: String,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut rest = SPECIFICATION;
    let opening = format!("\n{FENCE} example\n");
    let closing = format!("\n{FENCE}\n");
    while let Some((_, after)) = rest.split_once(&opening) {
        let (example, after) = after.split_once(&closing).unwrap();
        let (source, expected) = if let Some(expected) = example.strip_prefix(".\n") {
            ("", expected)
        } else {
            example
                .split_once("\n.\n")
                .or_else(|| Some((example.strip_suffix("\n.")?, "")))
                .unwrap()
        };
        examples.push(Example {
            number: examples.len() + 1,
            source: source.replace('→', "\t") + "\n",
            expected: expected.replace('→', "\t"),
        });
        rest = after;
    }
    examples
}

/// What we make of a source, in the common form.
fn ours(source: &str) -> String {
    let every = |address: &str| Some(SafeUrl::unchecked(address));
    let document = parse_through(every, source, &Context::default());
    Tree::read(&html::render(&document), "").ours().canonical()
}

/// What the specification makes of it, in the common form.
fn theirs(example: &Example) -> String {
    if example.expected.is_empty() && !example.source.trim().is_empty() {
        return Tree::of_source(example.source.trim_end()).canonical();
    }
    Tree::read(&example.expected, &example.source)
        .theirs()
        .canonical()
}

#[test]
fn every_example_has_the_structure_that_the_specification_gives_it() {
    let examples = examples();
    assert_eq!(examples.len(), 652, "the specification has that many");
    let mut wrong = Vec::new();
    for example in &examples {
        let ours = ours(&example.source);
        let theirs = theirs(example);
        let exception = DIFFERENT
            .iter()
            .find(|(number, ..)| *number == example.number);
        let wanted = match exception {
            Some((_, _, wanted)) => (*wanted).to_owned(),
            None => theirs.clone(),
        };
        if ours != wanted || exception.is_some() && ours == theirs {
            wrong.push(format!(
                "example {}\nsource {:?}\nours   {ours}\nwanted {wanted}\ntheirs {theirs}\n",
                example.number, example.source
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} examples\n\n{}",
        wrong.len(),
        examples.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_comparison_sees_what_it_should() {
    let theirs = |expected: &str, source: &str| Tree::read(expected, source).theirs().canonical();
    assert_eq!(ours("*a*\nb"), "<p><em>a</em><br>b</p>");
    assert_eq!(theirs("<p><em>a</em>\nb</p>", "*a*\nb"), ours("*a*\nb"));
    // An element is not the text of its name.
    assert_ne!(theirs("<p><em>a</em></p>", "*a*"), ours("<em>a</em>"));
    assert_eq!(
        theirs("<p><em>a</em></p>", "<em>a</em>"),
        ours("<em>a</em>")
    );
    // A loose list is not a tight one.
    assert_ne!(theirs("<ul>\n<li>a</li>\n</ul>", "- a"), ours("- a\n\n- b"));
    assert_ne!(ours("- a\n- b"), ours("- a\n\n- b"));
    assert_ne!(ours("[a](b)"), ours("[a](c)"));
    assert_ne!(ours("[a](b \"t\")"), ours("[a](b)"));
    assert_ne!(ours("```x\na\n```"), ours("```\na\n```"));
}

//! The order of a module's functions in which it is smallest on the wire: each one after those that it resembles.
//!
//! Instances of the same generic function differ in a few numbers, and so do many that no compiler takes for the same. What brotli
//! finds just before costs it less than what it finds far away, and it can't move anything.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::prune::{number, push_number, sized};

/// What two functions have in common are sequences of so many bytes,
const LENGTH: usize = 4;
/// unless so many functions have them that they say nothing.
const COMMON: usize = 300;
/// How much it counts to resemble the last function, the one before it, and so on.
const WEIGHTS: [u64; 4] = [8, 6, 4, 3];
/// Very short functions resemble everything: all count as longer by that.
const ALLOWANCE: u64 = 16;

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
/// Inside of the names: those of functions.
const FUNCTION_NAMES: u8 = 1;

/// A module whose functions are called so that `--reorder-functions-by-name` puts them in that order.
pub fn named_in_order(module: &[u8]) -> Result<Vec<u8>> {
    let broken = || Error::Wrong("wasm-opt's module is none".into());
    let (mut named, mut rest) = module
        .split_at_checked(8)
        .map(|(head, rest)| (head.to_vec(), rest))
        .ok_or_else(broken)?;
    let (mut imported, mut bodies) = (0, Vec::new());
    while let Some((&id, after)) = rest.split_first() {
        let (content, following) = sized(after).ok_or_else(broken)?;
        match id {
            IMPORTS => imported = imported_functions(content).ok_or_else(broken)?,
            CODE => bodies = functions(content).ok_or_else(broken)?,
            _ => {}
        }
        let is_names = id == CUSTOM && sized(content).is_some_and(|(name, _)| name == b"name");
        if !is_names {
            named.extend(&rest[..rest.len() - following.len()]);
        }
        rest = following;
    }
    let mut ranks = vec![(0, String::new()); bodies.len()];
    for (rank, function) in in_order(&bodies).into_iter().enumerate() {
        ranks[function] = (imported + function, format!("f{rank:06}"));
    }
    named.extend(section(&ranks));
    Ok(named)
}

/// How many of the imports are functions. The others have no name to be given.
fn imported_functions(section: &[u8]) -> Option<usize> {
    let (count, mut rest) = number(section)?;
    let mut functions = 0;
    for _ in 0..count {
        let (_, after) = sized(rest)?;
        let (_, after) = sized(after)?;
        let (&kind, after) = after.split_first()?;
        rest = match kind {
            // A function: its type.
            0 => {
                functions += 1;
                number(after)?.1
            }
            // A table or a memory: a type, for a table, and limits.
            1 | 2 => limits(after.get(usize::from(kind == 1)..)?)?,
            // A global: its type, and whether it changes.
            3 => after.get(2..)?,
            _ => return None,
        };
    }
    Some(functions)
}

fn limits(bytes: &[u8]) -> Option<&[u8]> {
    let (&flags, after) = bytes.split_first()?;
    let (_, after) = number(after)?;
    if flags & 1 == 0 {
        return Some(after);
    }
    Some(number(after)?.1)
}

fn functions(section: &[u8]) -> Option<Vec<&[u8]>> {
    let (count, mut rest) = number(section)?;
    let mut bodies = Vec::new();
    for _ in 0..count {
        let (body, after) = sized(rest)?;
        bodies.push(body);
        rest = after;
    }
    Some(bodies)
}

/// The section of names, with these names of functions.
fn section(names: &[(usize, String)]) -> Vec<u8> {
    let mut list = Vec::new();
    push_number(&mut list, names.len());
    for (function, name) in names {
        push_number(&mut list, *function);
        push_number(&mut list, name.len());
        list.extend(name.as_bytes());
    }
    let mut content = b"\x04name".to_vec();
    content.push(FUNCTION_NAMES);
    push_number(&mut content, list.len());
    content.extend(list);
    let mut section = vec![CUSTOM];
    push_number(&mut section, content.len());
    section.extend(content);
    section
}

/// The numbers of the functions in the order in which they are to stand: next comes whatever most resembles the last ones, or else the
/// shortest that is left.
fn in_order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut holders: Vec<Vec<usize>> = Vec::new();
    let mut numbers: HashMap<&[u8], usize> = HashMap::new();
    let mut sequences: Vec<Vec<usize>> = Vec::new();
    for (function, body) in bodies.iter().enumerate() {
        let mut own = Vec::new();
        for sequence in body.windows(LENGTH) {
            let known = *numbers.entry(sequence).or_insert(holders.len());
            if known == holders.len() {
                holders.push(Vec::new());
            }
            if holders[known].last() != Some(&function) {
                holders[known].push(function);
                own.push(known);
            }
        }
        sequences.push(own);
    }
    let mut by_length: Vec<usize> = (0..bodies.len()).collect();
    by_length.sort_by_key(|function| bodies[*function].len());
    let mut by_length = by_length.into_iter();

    let mut is_placed = vec![false; bodies.len()];
    let mut order: Vec<usize> = Vec::new();
    let mut shared = vec![0; bodies.len()];
    loop {
        let mut alike = Vec::new();
        for (last, weight) in order.iter().rev().zip(WEIGHTS) {
            let telling = sequences[*last].iter().map(|sequence| &holders[*sequence]);
            for function in telling.filter(|holders| holders.len() < COMMON).flatten() {
                if !is_placed[*function] {
                    if shared[*function] == 0 {
                        alike.push(*function);
                    }
                    shared[*function] += weight;
                }
            }
        }
        // The larger share; of two equal ones always the same.
        let length = |function: usize| sequences[function].len() as u64 + ALLOWANCE;
        let nearest = alike.iter().copied().max_by(|one, other| {
            let (left, right) = (shared[*one] * length(*other), shared[*other] * length(*one));
            left.cmp(&right).then(other.cmp(one))
        });
        for function in alike {
            shared[function] = 0;
        }
        let Some(next) = nearest.or_else(|| by_length.find(|function| !is_placed[*function]))
        else {
            return order;
        };
        is_placed[next] = true;
        order.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let texts = [
            "one function that reads a name",
            "XYZXYZXYZXYZXYZ",
            "one function that reads a number",
            "XYZXYZXYZXYZ",
            "and one that has nothing in common",
            "one function that reads a list",
        ];
        let bodies: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let order = in_order(&bodies);
        let mut all = order.clone();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5]);
        let place = |function| order.iter().position(|other| *other == function).unwrap();
        assert_eq!(place(1).abs_diff(place(3)), 1);
        let readers = [place(0), place(2), place(5)];
        assert_eq!(
            readers.iter().max().unwrap() - readers.iter().min().unwrap(),
            2
        );
        assert_eq!(in_order(&[]), [0; 0]);
    }

    #[test]
    fn functions_are_named_in_that_order_behind_the_imports() {
        let body = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        let code = [&[2][..], &body("the longer one"), &body("short")].concat();
        let part = |id: u8, content: &[u8]| {
            [&[id, u8::try_from(content.len()).unwrap()], content].concat()
        };
        // A function, a memory with a limit, and a global.
        let imports = part(
            2,
            b"\x03\x01a\x01b\0\x07\x01a\x01c\x02\x01\x01\x02\x01a\x01d\x03\x7f\0",
        );
        let head = b"\0asm\x01\0\0\0".to_vec();
        let other = part(0, b"\x05other");
        let module = [
            &head[..],
            &imports,
            &part(10, &code),
            &other,
            &part(0, b"\x04nameold"),
        ]
        .concat();
        let names = part(0, b"\x04name\x01\x13\x02\x01\x07f000001\x02\x07f000000");
        let expected = [&head[..], &imports, &part(10, &code), &other, &names].concat();
        assert_eq!(named_in_order(&module).unwrap(), expected);
        assert!(named_in_order(&module[..40]).is_err());
        assert!(named_in_order(b"").is_err());
    }
}

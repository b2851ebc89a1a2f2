//! The paths that a file names, made absolute: `use` trees are unfolded, `crate`, `self` and `super` resolved.

use super::source::{Source, item_end, module_folder};

/// A path such as `crate::documents::kind::KindSpec`, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub at: usize,
    /// Segments, without `crate` for those of this package.
    pub path: Vec<String>,
    /// Whether it begins at the root of this package.
    pub ours: bool,
}

/// The module that a file is, as segments.
pub fn module_of(path: &str) -> Vec<String> {
    let folder = module_folder(path);
    folder.split('/').skip(1).map(str::to_owned).collect()
}

/// Every path of more than one segment that the code names.
pub fn named(source: &Source) -> Vec<Named> {
    let code = &source.code;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_word(code, at) {
        let word = word_at(code, start);
        at = start + word.len();
        // `use<>` in a type captures nothing; it imports nothing either.
        if word == "use" && !follows_dot(code, start) && !code[at..].starts_with('<') {
            let end = item_end_of_use(code, at);
            let mut leaves = Vec::new();
            unfold(&code[at..end], &mut Vec::new(), &mut leaves);
            found.extend(leaves.into_iter().map(|path| absolute(source, start, path)));
            at = end;
        } else if word == "in" && code[..start].ends_with("pub(") {
            // `pub(in crate::x)` says who may come in.
            at = code[at..].find(')').map_or(at, |length| at + length);
        } else if !follows_path(code, start) {
            let path = path_at(code, start);
            if path.len() > 1 {
                at = start + path_length(code, start);
                found.push(absolute(source, start, path));
            }
        }
    }
    found
}

/// Every single word of the code that begins with `prefix`, such as the crates of a family.
pub fn words<'a>(source: &'a Source, prefix: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = next_word(&source.code, at)?;
        let word = word_at(&source.code, start);
        at = start + word.len();
        Some((start, word))
    })
    .filter(move |(_, word)| word.starts_with(prefix))
}

fn absolute(source: &Source, at: usize, path: Vec<String>) -> Named {
    let mut base = module_of(&source.path);
    base.extend(inline_modules(&source.code, at));
    let mut rest = path.as_slice();
    let ours = match rest.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &rest[1..];
            true
        }
        Some("self") => {
            rest = &rest[1..];
            true
        }
        Some("super") => {
            while rest.first().is_some_and(|segment| segment == "super") {
                base.pop();
                rest = &rest[1..];
            }
            true
        }
        _ => false,
    };
    let path = if ours { base.into_iter().chain(rest.iter().cloned()).collect() } else { path };
    Named { at, path, ours }
}

/// The modules written out in this file around a place, outermost first.
fn inline_modules(code: &str, at: usize) -> Vec<String> {
    code.match_indices("mod ")
        .filter(|(start, _)| *start < at && !is_word_before(code, *start))
        .filter_map(|(start, keyword)| {
            let name = word_at(code, start + keyword.len());
            let opens = code[start + keyword.len() + name.len()..].trim_start().starts_with('{');
            (opens && item_end(code, start) > at).then(|| name.to_owned())
        })
        .collect()
}

fn item_end_of_use(code: &str, start: usize) -> usize {
    code[start..].find(';').map_or(code.len(), |length| start + length)
}

/// Takes a `use` tree apart: `a::{b, c::d as e}` names `a::b` and `a::c::d`.
fn unfold(tree: &str, before: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    for branch in split(tree) {
        let branch = branch.trim().trim_start_matches("::");
        let (head, group) = match branch.find('{') {
            Some(open) => (&branch[..open], Some(branch[open + 1..].trim_end().trim_end_matches('}'))),
            None => (branch.split(" as ").next().unwrap_or_default(), None),
        };
        let segments: Vec<String> = head
            .split("::")
            .map(str::trim)
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        let count = segments.len();
        before.extend(segments);
        match group {
            Some(group) => unfold(group, before, leaves),
            None if count > 0 => {
                let mut leaf = before.clone();
                // `a::{self}` names `a`.
                if leaf.len() > 1 && leaf.last().is_some_and(|last| last == "self") {
                    leaf.pop();
                }
                leaves.push(leaf);
            }
            None => {}
        }
        before.truncate(before.len() - count);
    }
}

/// The parts between the commas that stand in no bracket.
pub fn split(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    let bytes = list.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b'>' if at > 0 && bytes[at - 1] == b'-' => {}
            b')' | b']' | b'}' | b'>' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts
}

pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_word_before(code: &str, at: usize) -> bool {
    at > 0 && is_word(code.as_bytes()[at - 1])
}

fn next_word(code: &str, from: usize) -> Option<usize> {
    code.as_bytes()[from..].iter().position(|byte| is_word(*byte)).map(|skipped| from + skipped)
}

/// The word that begins at a place.
pub fn word_at(code: &str, at: usize) -> &str {
    let length = code.as_bytes()[at..].iter().take_while(|byte| is_word(**byte)).count();
    &code[at..at + length]
}

fn path_at(code: &str, at: usize) -> Vec<String> {
    let mut path = vec![word_at(code, at).to_owned()];
    let mut end = at + path[0].len();
    while code[end..].starts_with("::") && code.as_bytes().get(end + 2).is_some_and(|byte| is_word(*byte)) {
        let word = word_at(code, end + 2);
        end += 2 + word.len();
        path.push(word.to_owned());
    }
    path
}

fn path_length(code: &str, at: usize) -> usize {
    let path = path_at(code, at);
    path.iter().map(String::len).sum::<usize>() + 2 * (path.len() - 1)
}

fn follows_dot(code: &str, at: usize) -> bool {
    code[..at].ends_with(['.', '#'])
}

fn follows_path(code: &str, at: usize) -> bool {
    code[..at].ends_with("::")
}

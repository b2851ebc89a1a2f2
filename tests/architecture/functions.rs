//! The functions of a file: where they stand, what they take, and how long their bodies are.

use super::paths::{split, word_at};
use super::source::Source;

/// A function with a body.
#[derive(Debug, Clone)]
pub struct Function {
    pub name: String,
    /// At its `fn`.
    pub at: usize,
    /// The parameters, such as `tx: &mut Change<'_>`.
    pub parameters: Vec<String>,
    /// Between its braces.
    pub body: (usize, usize),
    /// The type whose `impl` it stands in.
    pub implements: Option<String>,
}

impl Function {
    /// Whether the first parameters are such that facts may be written: an open change or housekeeping.
    pub fn may_write(&self) -> bool {
        let open = |of: &str| of.starts_with("Change<") || of.starts_with("Housekeeping<");
        let takes = |parameter: &String| {
            let kind = parameter.split_once(':').map_or("", |(_, kind)| kind.trim());
            kind.strip_prefix("&mut ").is_some_and(open)
        };
        let itself = self.parameters.first().is_some_and(|first| first.trim() == "&mut self")
            && self.implements.as_deref().is_some_and(open);
        itself || self.parameters.iter().any(takes)
    }

    /// Lines from its `fn` to its last brace.
    pub fn lines(&self, source: &Source) -> usize {
        source.line(self.body.1) - source.line(self.at) + 1
    }

    /// Lines between the braces.
    pub fn body_lines(&self, source: &Source) -> usize {
        source.code[self.body.0..self.body.1].trim().lines().count()
    }

    pub fn contains(&self, at: usize) -> bool {
        self.body.0 <= at && at < self.body.1
    }
}

/// The functions of a file in order, nested ones after those around them.
pub fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let impls = impls(code);
    code.match_indices("fn ")
        .filter(|(at, _)| {
            *at == 0 || !code.as_bytes()[at - 1].is_ascii_alphanumeric() && code.as_bytes()[at - 1] != b'_'
        })
        .filter_map(|(at, keyword)| {
            let name = word_at(code, at + keyword.len());
            let open = parameters_at(code, at + keyword.len() + name.len())?;
            let close = matching(code, open)?;
            let start = close + code[close..].find(['{', ';'])?;
            if name.is_empty() || code.as_bytes()[start] == b';' {
                return None;
            }
            let parameters = split(&code[open + 1..close]).into_iter().map(|p| p.trim().to_owned());
            let implements =
                impls.iter().rfind(|(_, body)| body.0 < at && at < body.1).map(|(of, _)| of.clone());
            Some(Function {
                name: name.to_owned(),
                at,
                parameters: parameters.filter(|parameter| !parameter.is_empty()).collect(),
                body: (start + 1, matching(code, start)?),
                implements,
            })
        })
        .collect()
}

/// The innermost function around a place.
pub fn enclosing(functions: &[Function], at: usize) -> Option<&Function> {
    functions.iter().rfind(|function| function.contains(at))
}

/// The parenthesis that opens the parameters, past the generics.
fn parameters_at(code: &str, from: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut depth = 0_i32;
    for at in from..bytes.len() {
        match bytes[at] {
            b'<' => depth += 1,
            b'>' if bytes[at - 1] != b'-' => depth -= 1,
            b'(' if depth == 0 => return Some(at),
            b'{' | b';' => return None,
            _ => {}
        }
    }
    None
}

/// The bracket that closes the one at `open`.
pub fn matching(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The blocks of `impl Type` and `impl Trait for Type`, each with the type.
fn impls(code: &str) -> Vec<(String, (usize, usize))> {
    code.match_indices("impl")
        .filter(|(at, _)| code[..*at].trim_end_matches(' ').ends_with('\n') || *at == 0)
        .filter_map(|(at, keyword)| {
            let open = at + code[at..].find('{')?;
            let mut head = code[at + keyword.len()..open].trim();
            if head.starts_with('<') {
                let mut depth = 0;
                let end = head.find(|c: char| {
                    depth += i32::from(c == '<') - i32::from(c == '>');
                    depth == 0
                })?;
                head = head[end + 1..].trim();
            }
            let of = head.rsplit(" for ").next()?.split(" where ").next()?.trim();
            Some((of.to_owned(), (open, matching(code, open)?)))
        })
        .collect()
}

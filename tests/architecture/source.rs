//! A source file as the guard sees it: code with comments and strings blanked out at the same places, the strings beside
//! it, and everything under `#[cfg(test)]` gone. A lexer, not a parser: enough for the rules, and tested on its own.

use std::path::Path;

/// A string literal.
#[derive(Debug, Clone)]
pub struct Literal {
    /// Where its content begins.
    pub at: usize,
    pub text: String,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the package's folder, such as `src/app.rs`.
    pub path: String,
    pub text: String,
    /// As long as `text`: comments and the contents of strings are spaces.
    pub code: String,
    pub strings: Vec<Literal>,
}

impl Source {
    /// Lexes a file, tests included.
    pub fn parse(path: &str, text: &str) -> Self {
        let mut lexer =
            Lexer { bytes: text.as_bytes(), at: 0, code: text.as_bytes().to_vec(), strings: Vec::new() };
        lexer.run();
        let code = String::from_utf8(lexer.code).expect("whole characters are blanked");
        Self { path: path.into(), text: text.into(), code, strings: lexer.strings }
    }

    /// The line, from 1, on which a place lies.
    pub fn line(&self, at: usize) -> usize {
        self.text.as_bytes()[..at].split(|byte| *byte == b'\n').count()
    }

    /// Without the items under `#[cfg(test)]`.
    pub fn without_tests(&self) -> Self {
        let mut code = self.code.clone().into_bytes();
        let mut strings = self.strings.clone();
        for (start, end) in test_items(&self.code) {
            blank(&mut code[start..end]);
            strings.retain(|literal| literal.at < start || literal.at >= end);
        }
        let code = String::from_utf8(code).expect("whole characters are blanked");
        Self { code, strings, ..self.clone() }
    }

    /// The files that `#[cfg(test)] mod name;` declares here, without their endings.
    fn test_modules(&self) -> Vec<String> {
        let folder = module_folder(&self.path);
        let beside = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let declared = test_items(&self.code).into_iter().filter_map(|(start, end)| {
            let item = self.code[start..end].trim_end().strip_suffix(';')?;
            let (attributes, name) = item.rsplit_once("mod ")?;
            let path = self.strings.iter().find(|literal| (start..end).contains(&literal.at));
            Some(match path.filter(|_| attributes.contains("#[path")) {
                Some(path) => format!("{beside}/{}", path.text.trim_end_matches(".rs")),
                None => format!("{folder}/{name}"),
            })
        });
        declared.collect()
    }
}

/// All Rust files of a folder, in order of their paths.
pub fn walk(root: &Path, folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).expect("a folder of the package").map(|entry| entry.expect("entry"))
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files.sort();
    files
}

/// The sources that are compiled into the product: no test file, no test item.
pub fn product(all: &[Source]) -> Vec<Source> {
    let tests: Vec<String> = all.iter().flat_map(Source::test_modules).collect();
    all.iter()
        .filter(|source| {
            let stem = source.path.trim_end_matches(".rs");
            !tests.iter().any(|test| stem == test || stem.starts_with(&format!("{test}/")))
        })
        .map(Source::without_tests)
        .collect()
}

/// The folder in which the modules that a file declares lie.
pub fn module_folder(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let last = stem.rsplit('/').next().unwrap_or_default();
    match last {
        "mod" | "lib" | "main" => stem[..stem.len() - last.len()].trim_end_matches('/').to_owned(),
        _ => stem.to_owned(),
    }
}

/// Where the item ends that begins at `start` in blanked code: at its `;`, or with its outermost braces.
pub fn item_end(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    let mut in_brackets = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => in_brackets += 1,
            b')' | b']' => in_brackets = in_brackets.saturating_sub(1),
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && in_brackets == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 && in_brackets == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn test_items(code: &str) -> Vec<(usize, usize)> {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    code.match_indices(ATTRIBUTE).map(|(at, _)| (at, item_end(code, at + ATTRIBUTE.len()))).collect()
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    code: Vec<u8>,
    strings: Vec<Literal>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            match rest {
                [b'/', b'/', ..] => {
                    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                    self.skip(end);
                }
                [b'/', b'*', ..] => self.block_comment(),
                [b'"', ..] => self.string(),
                [b'r', b'"' | b'#', ..] if !self.within_word() && self.raw_hashes().is_some() => {
                    self.raw_string();
                }
                [b'\'', ..] => self.quote(),
                _ => self.at += 1,
            }
        }
    }

    /// Blanks so many bytes and goes past them.
    fn skip(&mut self, count: usize) {
        let end = (self.at + count).min(self.bytes.len());
        blank(&mut self.code[self.at..end]);
        self.at = end;
    }

    /// Whether the byte before belongs to a longer word; `br` and `cr` begin raw strings as `r` does.
    fn within_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|at| self.bytes[at]);
        let word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        word(before(1)) && (word(before(2)) || !matches!(before(1), Some(b'b' | b'c')))
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        let mut length = 0;
        while let [first, second, ..] = self.bytes[self.at + length..] {
            match (first, second) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth -= 1,
                _ => {
                    length += 1;
                    continue;
                }
            }
            length += 2;
            if depth == 0 {
                return self.skip(length);
            }
        }
        self.skip(self.bytes.len());
    }

    fn string(&mut self) {
        let start = self.at + 1;
        let mut end = start;
        while end < self.bytes.len() && self.bytes[end] != b'"' {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.literal(start, end, 1);
    }

    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
        (self.bytes.get(self.at + 1 + hashes) == Some(&b'"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let hashes = self.raw_hashes().unwrap_or_default();
        let start = self.at + hashes + 2;
        let close = format!("\"{}", "#".repeat(hashes));
        let rest = &self.bytes[start..];
        let length = rest.windows(close.len()).position(|window| window == close.as_bytes());
        self.literal(start, start + length.unwrap_or(rest.len()), close.len());
    }

    fn literal(&mut self, start: usize, end: usize, close: usize) {
        let end = end.min(self.bytes.len());
        let text = String::from_utf8_lossy(&self.bytes[start..end]).into_owned();
        self.strings.push(Literal { at: start, text });
        self.at = start;
        self.skip(end - start);
        self.at = (end + close).min(self.bytes.len());
    }

    /// A character, or a lifetime.
    fn quote(&mut self) {
        let rest = &self.bytes[self.at + 1..];
        let length = match rest {
            [b'\\', _, tail @ ..] => tail.iter().position(|byte| *byte == b'\'').map(|end| end + 2),
            [_, ..] => {
                let width = std::str::from_utf8(&rest[..rest.len().min(4)])
                    .or_else(|error| std::str::from_utf8(&rest[..error.valid_up_to()]))
                    .ok()
                    .and_then(|text| text.chars().next())
                    .map_or(1, char::len_utf8);
                (rest.get(width) == Some(&b'\'')).then_some(width)
            }
            [] => None,
        };
        self.at += 1;
        if let Some(length) = length {
            self.skip(length);
            self.at += 1;
        }
    }
}

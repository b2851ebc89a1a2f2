//! The rules about what code does: who writes, who asks for the time, what a handler is.

use super::functions::{Function, enclosing, functions, matching};
use super::paths::{is_word, named, word_at, words};
use super::rules::{Fault, fault};
use super::source::Source;

/// The words of a piece of SQL, in lower case.
fn sql_words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a string is SQL that changes rows.
pub fn changes_rows(sql: &str) -> bool {
    let words = sql_words(sql);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    (0..words.len()).any(|at| match words[at..] {
        ["insert" | "merge", "into", ..]
        | ["delete", "from", ..]
        | ["truncate", _, ..]
        | ["copy", _, "from", ..]
        | ["public_change", ..] => true,
        ["update", ref rest @ ..] => rest.iter().take(4).skip(1).any(|word| *word == "set"),
        _ => false,
    })
}

/// (f) Only who holds an open change or housekeeping may write.
pub fn writes_take_a_change(sources: &[Source]) -> Vec<Fault> {
    sources.iter().flat_map(writes_of).collect()
}

fn writes_of(source: &Source) -> Vec<Fault> {
    const RULE: &str = "only a function that takes `&mut Change` or `&mut Housekeeping` writes";
    let functions = functions(source);
    let mut faults = Vec::new();
    let mut demand = |at: usize| {
        if !enclosing(&functions, at).is_some_and(Function::may_write) {
            faults.push(fault(source, at, RULE));
        }
    };
    for literal in source.strings.iter().filter(|literal| changes_rows(&literal.text)) {
        if enclosing(&functions, literal.at).is_some() {
            demand(literal.at);
            continue;
        }
        // A constant of the file: whoever names it writes.
        let name = constant_around(source, literal.at);
        let uses: Vec<usize> = match name {
            Some(name) => words(source, name).filter(|(_, word)| *word == name).map(|(at, _)| at).collect(),
            None => vec![literal.at],
        };
        let declared = uses.first().copied();
        uses.into_iter().filter(|at| name.is_none() || Some(*at) != declared).for_each(&mut demand);
        if name.is_some_and(|_| {
            source.code[..literal.at].lines().last().is_some_and(|line| line.starts_with("pub"))
        }) {
            demand(literal.at);
        }
    }
    if words(source, "diesel").next().is_some() {
        for (at, word) in words(source, "")
            .filter(|(_, word)| ["insert_into", "update", "delete", "copy_from"].contains(word))
        {
            let called = source.code[at + word.len()..].starts_with('(');
            if called && !source.code[..at].ends_with('.') && !source.code[..at].ends_with("fn ") {
                demand(at);
            }
        }
    }
    faults
}

/// The name of the constant whose value a string is.
fn constant_around(source: &Source, at: usize) -> Option<&str> {
    let declared = source.code[..at].rfind("const ")?;
    let name = word_at(&source.code, declared + "const ".len());
    (!source.code[declared..at].contains(';')).then_some(name)
}

/// (h) All SQL asks `mh_now()`, which alone asks the machine.
pub fn one_clock(sources: &[Source], scripts: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources {
        for literal in source.strings.iter().filter(|literal| clock(&literal.text).is_some()) {
            faults.push(fault(source, literal.at, "SQL asks mh_now() for the time"));
        }
        for name in named(source).iter().filter(|name| name.path.ends_with(&["dsl".into(), "now".into()])) {
            faults.push(fault(source, name.at, "SQL asks mh_now() for the time"));
        }
    }
    for (path, text) in scripts {
        let plain = without_comments(text);
        let defined =
            plain.find("create function mh_now()").map(|at| (at, at + plain[at..].find(';').unwrap_or(0)));
        let mut from = 0;
        while let Some(at) = clock(&plain[from..]).map(|at| from + at) {
            if !defined.is_some_and(|(start, end)| start < at && at < end) {
                let line = plain[..at].lines().count();
                faults.push(Fault {
                    path: path.clone(),
                    line,
                    rule: "SQL asks mh_now() for the time".into(),
                });
            }
            from = at + 3;
        }
    }
    faults
}

/// Where SQL asks a clock of Postgres, if it does.
pub fn clock(sql: &str) -> Option<usize> {
    const CALLED: [&str; 2] = ["now", "timeofday"];
    const NAMED: [&str; 9] = [
        "clock_timestamp",
        "current_date",
        "current_time",
        "current_timestamp",
        "localtime",
        "localtimestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "pg_xact_commit_timestamp",
    ];
    let sql = sql.to_lowercase();
    let bytes = sql.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word(bytes[at]) {
            at += 1;
            continue;
        }
        let word = word_at(&sql, at);
        let after = sql[at + word.len()..].trim_start();
        // 'now'::timestamptz and its like are read by Postgres as the time.
        let quoted =
            ["now", "today"].contains(&word) && at > 0 && bytes[at - 1] == b'\'' && after.starts_with('\'');
        if NAMED.contains(&word) || CALLED.contains(&word) && after.starts_with('(') || quoted {
            return Some(at);
        }
        at += word.len();
    }
    None
}

/// SQL with its comments blanked, line by line as it was.
fn without_comments(sql: &str) -> String {
    sql.split_inclusive('\n')
        .map(|line| match line.find("--") {
            Some(at) => {
                format!("{}{}", &line[..at], " ".repeat(line.trim_end_matches('\n').len() - at) + "\n")
            }
            None => line.to_owned(),
        })
        .collect()
}

/// (g) A handler's first parameter says who may call it, and its body is short.
pub fn handlers_demand_a_permit(sources: &[Source]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources {
        let functions = functions(source);
        for function in handlers(source, &functions) {
            let first = function.parameters.first().and_then(|first| first.split_once(':'));
            if !first.is_some_and(|(_, kind)| kind.trim().starts_with("Require<")) {
                let rule = format!("the first parameter of the handler {} is `Require<...>`", function.name);
                faults.push(fault(source, function.at, rule));
            }
            let lines = function.body_lines(source);
            if lines > MAX_HANDLER {
                let rule =
                    format!("the handler {} has {lines} lines, {MAX_HANDLER} are allowed", function.name);
                faults.push(fault(source, function.at, rule));
            }
        }
    }
    faults
}

const MAX_HANDLER: usize = 15;

/// The functions under an attribute of utoipa or actix that makes an operation of them.
fn handlers<'a>(source: &Source, functions: &'a [Function]) -> Vec<&'a Function> {
    const METHODS: [&str; 10] =
        ["get", "post", "put", "delete", "patch", "head", "options", "trace", "connect", "route"];
    let code = &source.code;
    let mut found: Vec<&Function> = Vec::new();
    for (at, opening) in code.match_indices("#[") {
        let attribute = code[at + opening.len()..].trim_start_matches("actix_web::");
        let makes_one = attribute.starts_with("utoipa::path")
            || METHODS.iter().any(|method| attribute.starts_with(&format!("{method}(")));
        let end = matching(code, at + 1).unwrap_or(at);
        let next = functions.iter().filter(|function| function.at > end).min_by_key(|function| function.at);
        // Between the attribute and its function stand attributes and `pub async` only.
        let next = next.filter(|function| {
            !code[end..function.at].contains(['{', ';']) || code[end..function.at].contains("#[")
        });
        if let Some(function) = next.filter(|_| makes_one)
            && !found.iter().any(|other| other.at == function.at)
        {
            found.push(function);
        }
    }
    found
}

/// (g) A route without an attribute has no `Require`, so there are only those that show the same to everyone.
pub fn plain_routes_are_listed(sources: &[Source]) -> Vec<Fault> {
    const LISTED: [(&str, &str); 5] = [
        (
            "src/identity/entrance/http.rs",
            "the page on which a one-time link is used, the same for everyone; the link does not reach the server with it",
        ),
        ("src/metrics/http.rs", "numbers, on an address that the operator keeps to their own network"),
        ("src/platform/problem/http.rs", "pages about the codes of problems, the same for everyone"),
        (
            "src/platform/http/docs.rs",
            "the OpenAPI documents and the pages that show them, the same for everyone",
        ),
        ("src/platform/http/endpoint.rs", "its handlers begin with `Require` by their type: see `Guarded`"),
    ];
    let mut faults = Vec::new();
    let unlisted = sources.iter().filter(|source| LISTED.iter().all(|(path, _)| *path != source.path));
    // Other things have a `to` as well, such as mail; a route needs actix.
    for source in unlisted.filter(|source| source.code.contains("actix_web")) {
        for (at, _) in source.code.match_indices(".to(") {
            faults.push(fault(source, at, "a route without `Require<...>`: give its handler an attribute"));
        }
    }
    faults
}

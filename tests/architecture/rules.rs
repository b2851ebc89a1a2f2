//! The rules about imports: which way they point, and which crates are named where.

use std::collections::BTreeSet;
use std::fmt;

use super::edges::{BAG, Edge, TOP};
use super::paths::{Named, module_of, named, words};
use super::source::Source;

/// A line that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub line: usize,
    pub rule: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.rule)
    }
}

pub fn fault(source: &Source, at: usize, rule: impl Into<String>) -> Fault {
    Fault { path: source.path.clone(), line: source.line(at), rule: rule.into() }
}

/// Every path of this package that a rule refuses.
fn refuse(sources: &[Source], folder: &str, rule: &str, refused: impl Fn(&Named) -> bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with(folder)) {
        for name in named(source).into_iter().filter(|name| name.ours && refused(name)) {
            faults.push(fault(source, name.at, format!("{rule}: `crate::{}`", name.path.join("::"))));
        }
    }
    faults
}

/// (a) The platform names nothing above it.
pub fn platform_names_no_slice(sources: &[Source]) -> Vec<Fault> {
    refuse(sources, "src/platform/", "platform names no slice", |name| name.path[0] != "platform")
}

/// (b) The engine names no kind: only itself, the platform, the tables and the bag of services.
pub fn documents_names_no_kind(sources: &[Source]) -> Vec<Fault> {
    let below = ["documents", "platform", "schema", BAG];
    refuse(sources, "src/documents/", "documents names no kind and no slice", |name| {
        !below.contains(&name.path[0].as_str())
    })
}

/// The names of the slices: folders of `src/`, and those inside the folders that hold several.
pub struct Slices(BTreeSet<String>);

impl Slices {
    pub fn of(sources: &[Source]) -> Self {
        let facades = sources.iter().filter(|source| source.path.ends_with("/mod.rs"));
        let modules =
            facades.map(|source| module_of(&source.path)).filter(|module| match module.as_slice() {
                [one] => !["platform", "cli"].contains(&one.as_str()),
                [above, _] => ["content", "identity"].contains(&above.as_str()),
                _ => false,
            });
        Self(modules.map(|module| module.join("::")).collect())
    }

    /// The innermost slice that a module lies in.
    fn holding(&self, module: &[String]) -> Option<String> {
        let within = |count: usize| module.get(..count).map(|part| part.join("::"));
        [within(2), within(1)].into_iter().flatten().find(|slice| self.0.contains(slice))
    }
}

/// (c) A slice reaches another only along an edge of the list, and never what lies above all slices.
pub fn slices_keep_to_the_edges(sources: &[Source], slices: &Slices, edges: &[Edge]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    let modules: BTreeSet<Vec<String>> = sources.iter().map(|source| module_of(&source.path)).collect();
    for source in sources {
        let module = module_of(&source.path);
        let Some(here) = slices.holding(&module) else { continue };
        for name in named(source).into_iter().filter(|name| name.ours && !name.path.is_empty()) {
            if TOP.contains(&name.path[0].as_str()) {
                faults.push(fault(
                    source,
                    name.at,
                    format!("`{here}` names what lies above it: {}", name.path.join("::")),
                ));
                continue;
            }
            let Some(there) = slices.holding(&name.path).filter(|there| *there != here) else { continue };
            // A folder of several slices is made of them.
            if there.starts_with(&format!("{here}::")) {
                continue;
            }
            match edges.iter().position(|edge| edge.from == here && leads_to(edge, &name.path, &modules)) {
                Some(edge) => drop(used.insert(edge)),
                None => faults.push(fault(
                    source,
                    name.at,
                    format!("no edge from `{here}` to `{}`", name.path.join("::")),
                )),
            }
        }
    }
    for (nth, edge) in edges.iter().enumerate().filter(|(nth, _)| !used.contains(nth)) {
        let rule =
            format!("edge {nth} from `{}` to `{}` is used by nothing ({})", edge.from, edge.to, edge.why);
        faults.push(Fault { path: "tests/architecture/edges.rs".into(), line: 1, rule });
    }
    faults
}

/// Whether a path names the edge's module, an item of it that is no module, or something of that item.
fn leads_to(edge: &Edge, path: &[String], modules: &BTreeSet<Vec<String>>) -> bool {
    let module: Vec<&str> = edge.to.split("::").collect();
    let Some(rest) = path.get(module.len()..) else { return false };
    let inside = path.iter().zip(&module).all(|(a, b)| a == b);
    let item = rest.len() == 1 && !modules.contains(path);
    inside && (rest.is_empty() || item || rest[0].starts_with(char::is_uppercase))
}

/// (c) Inside a slice: http, then actions, then store, then model.
pub fn layers_point_down(sources: &[Source]) -> Vec<Fault> {
    const LAYERS: [&str; 4] = ["model", "store", "actions", "http"];
    let layer = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("src/platform/")) {
        let module = module_of(&source.path);
        let Some((here, folder)) =
            module.split_last().and_then(|(last, folder)| Some((layer(last)?, folder)))
        else {
            continue;
        };
        for name in named(source).into_iter().filter(|name| name.ours && name.path.starts_with(folder)) {
            let there = name.path.get(folder.len()).and_then(|name| layer(name));
            if there.is_some_and(|there| there > here) {
                let rule = format!("{} does not call {}", LAYERS[here], name.path.join("::"));
                faults.push(fault(source, name.at, rule));
            }
        }
    }
    faults
}

/// (d) actix and the attribute of operations stay at the edge.
pub fn http_stays_at_the_edge(sources: &[Source]) -> Vec<Fault> {
    const ELSEWHERE: [(&str, &str); 3] = [
        ("src/routes.rs", "mounts everything"),
        ("src/cli/serve.rs", "starts the server and stops it"),
        ("src/cli/mod.rs", "runs a command on actix's runtime, which the store's pools are made on"),
    ];
    let allowed = |path: &str| {
        path.ends_with("/http.rs")
            || path.starts_with("src/platform/http/")
            || path.starts_with("src/platform/access/")
            || ELSEWHERE.iter().any(|(file, _)| *file == path)
    };
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !allowed(&source.path)) {
        for (at, word) in words(source, "actix_").filter(|(_, word)| *word != "actix_extras") {
            faults.push(fault(source, at, format!("{word} belongs into http.rs files")));
        }
        for name in named(source).iter().filter(|name| name.path == ["utoipa", "path"]) {
            faults.push(fault(source, name.at, "utoipa::path belongs into http.rs files"));
        }
    }
    faults
}

/// (e) The database's crates stay below `store.rs`.
pub fn sql_stays_in_stores(sources: &[Source]) -> Vec<Fault> {
    let allowed = |path: &str| {
        path.ends_with("/store.rs")
            || path.starts_with("src/platform/db/")
            || path.starts_with("src/platform/jobs/")
            || path == "src/schema.rs"
    };
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !allowed(&source.path)) {
        for (at, word) in words(source, "diesel").chain(words(source, "tokio_postgres")) {
            faults.push(fault(source, at, format!("{word} belongs into store.rs files")));
        }
    }
    faults
}

//! The guard guarded: each rule finds the fault in a small source that has it, and nothing in one that has not.

use super::edges::Edge;
use super::form;
use super::functions::functions;
use super::paths::named;
use super::rules::{self, Fault, Slices};
use super::source::{Source, product};
use super::writes;

fn parse(path: &str, text: &str) -> Vec<Source> {
    vec![Source::parse(path, text)]
}

/// The lines of the faults, which must all be in the one file.
fn lines(faults: &[Fault]) -> Vec<usize> {
    faults.iter().map(|fault| fault.line).collect()
}

#[test]
fn comments_and_strings_are_no_code_and_code_is() {
    let text = "// diesel\n/* diesel /* diesel */ diesel */\nlet a = \"diesel \\\" diesel\"; let b = r#\"diesel \" \"#;\n\
                let c = b\"diesel\"; let d = '\"'; let e: &'static str = br\"diesel\"; let f = '\\''; diesel();\n";
    let source = Source::parse("src/a.rs", text);
    assert_eq!(source.code.len(), text.len());
    assert_eq!(source.code.matches("diesel").count(), 1);
    assert!(source.code.contains("diesel()") && source.code.contains("&'static str"));
    let strings: Vec<&str> = source.strings.iter().map(|literal| literal.text.as_str()).collect();
    assert_eq!(strings, ["diesel \\\" diesel", "diesel \" ", "diesel", "diesel"]);
    assert_eq!(source.line(source.strings[0].at), 3);
}

#[test]
fn what_is_compiled_for_tests_alone_is_left_out() {
    let all = [
        Source::parse(
            "src/a/mod.rs",
            "mod b;\n#[cfg(test)]\nmod checks;\n#[cfg(test)]\nmod tests { fn f() { \"x\"; } }\nfn g() {}",
        ),
        Source::parse("src/a/checks.rs", "fn h() {}"),
        Source::parse("src/a/checks/deep.rs", "fn h() {}"),
        Source::parse(
            "src/a/b.rs",
            "#[cfg(test)] use crate::x;\nfn i() {}\n#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod tests;",
        ),
        Source::parse("src/a/b_tests.rs", "fn j() {}"),
    ];
    let left = product(&all);
    let paths: Vec<&str> = left.iter().map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["src/a/mod.rs", "src/a/b.rs"]);
    assert!(left[0].code.contains("fn g") && !left[0].code.contains("fn f") && left[0].strings.is_empty());
    assert!(left[1].code.contains("fn i") && !left[1].code.contains("crate::x"));
}

#[test]
fn paths_are_unfolded_and_made_absolute() {
    let text = "use crate::{a::{self, b as c}, d::*};\nuse super::e;\nfn f() -> impl X + use<> { super::super::g::h(); std::i::j() }\n\
                mod inner { use super::k; }\nuse self::l::m;";
    let found = named(&Source::parse("src/x/y/z.rs", text));
    let paths: Vec<String> = found
        .iter()
        .map(|name| format!("{}{}", if name.ours { "crate::" } else { "" }, name.path.join("::")))
        .collect();
    assert_eq!(
        paths,
        [
            "crate::a",
            "crate::a::b",
            "crate::d::*",
            "crate::x::y::e",
            "crate::x::g::h",
            "std::i::j",
            "crate::x::y::z::k",
            "crate::x::y::z::l::m"
        ]
    );
}

#[test]
fn functions_are_found_with_what_they_take() {
    let text = "impl<T: Into<A>> Store for Change<'_> {\n    fn a<F: Fn(A) -> B>(&mut self, f: F) -> C {\n        let x = |y: &mut D| y;\n    }\n}\n\
                trait X { fn without_body(&self); }\npub(super) async fn b(tx: &mut Change<'_>, (x, y): (A, B)) {}\n\
                fn c(work: impl FnOnce(&mut Change<'_>)) {}";
    let found = functions(&Source::parse("src/a.rs", text));
    let names: Vec<(&str, usize, bool)> = found
        .iter()
        .map(|function| (function.name.as_str(), function.parameters.len(), function.may_write()))
        .collect();
    assert_eq!(names, [("a", 2, true), ("b", 2, true), ("c", 1, false)]);
}

#[test]
fn imports_that_point_up_are_found() {
    let up = "use crate::platform::db;\nuse crate::content::Kind;\nfn f() { crate::routes::documents(); }";
    assert_eq!(lines(&rules::platform_names_no_slice(&parse("src/platform/x.rs", up))), [2, 3]);
    assert_eq!(lines(&rules::documents_names_no_kind(&parse("src/documents/x.rs", up))), [2, 3]);
    let fine = "//! Not crate::content.\nuse crate::platform::db;\n// crate::content\nconst A: &str = \"crate::content::B\";";
    assert!(rules::platform_names_no_slice(&parse("src/platform/x.rs", fine)).is_empty());
    assert_eq!(
        lines(&rules::platform_names_no_slice(&parse(
            "src/platform/a/b.rs",
            "use super::super::super::content::X;"
        ))),
        [1]
    );
}

#[test]
fn a_slice_leaves_its_folder_by_an_edge_only() {
    let edges = [Edge { from: "one", to: "two", why: "test" }];
    let check = |text: &str| {
        let files = [("one/mod", text), ("two/mod", ""), ("two/store", ""), ("three/mod", "")];
        let sources = files.map(|(name, text)| Source::parse(&format!("src/{name}.rs"), text));
        lines(&rules::slices_keep_to_the_edges(&sources, &Slices::of(&sources), &edges))
    };
    assert!(check("use crate::two::{Facade, act};\nfn f() { crate::two::Facade::new() }").is_empty());
    assert_eq!(check("use crate::two::Facade;\nuse crate::two::store::insert;"), [2]);
    assert_eq!(check("use crate::two::Facade;\nuse crate::two::{store, act};"), [2]);
    assert_eq!(check("use crate::two::Facade;\nuse crate::three::Facade;"), [2]);
    assert_eq!(check("use crate::two::Facade;\nuse crate::cli::Cli;"), [2]);
    assert_eq!(check("// the edge is not used"), [1]);
}

#[test]
fn layers_do_not_call_those_above_them() {
    let of = |path: &str, text: &str| lines(&rules::layers_point_down(&parse(path, text)));
    assert_eq!(of("src/one/store.rs", "use super::model::A;\nuse super::actions::act;"), [2]);
    assert_eq!(of("src/one/model.rs", "use crate::one::store::A;"), [1]);
    assert!(of("src/one/http.rs", "use super::{actions, store::A};").is_empty());
}

#[test]
fn crates_outside_their_place_are_found() {
    let text = "use actix_web::web;\n#[utoipa::path(get)]\nfn f() { diesel::sql_query(\"\"); }\nuse diesel_async::RunQueryDsl;";
    assert_eq!(lines(&rules::http_stays_at_the_edge(&parse("src/one/actions.rs", text))), [1, 2]);
    assert_eq!(lines(&rules::sql_stays_in_stores(&parse("src/one/actions.rs", text))), [3, 4]);
    assert!(rules::http_stays_at_the_edge(&parse("src/one/http.rs", text)).is_empty());
    assert!(rules::sql_stays_in_stores(&parse("src/one/store.rs", text)).is_empty());
}

#[test]
fn sql_that_changes_rows_is_told_from_sql_that_does_not() {
    for sql in [
        "insert into a values (1)",
        "UPDATE a\n SET b = 1",
        "update a p set b",
        "delete  from a",
        "truncate a",
        "select mh.public_change()",
    ] {
        assert!(writes::changes_rows(sql), "{sql}");
    }
    for sql in [
        "select 1 for update of a, b",
        "grant insert, update on a to b",
        "Update the page and then set its title.",
        "deleted from",
    ] {
        assert!(!writes::changes_rows(sql), "{sql}");
    }
}

#[test]
fn writes_outside_an_open_change_are_found() {
    let of = |text: &str| lines(&writes::writes_take_a_change(&parse("src/one/store.rs", text)));
    assert_eq!(of("fn f(conn: &mut Conn) {\n sql_query(\"delete from a\") }"), [2]);
    assert_eq!(of("fn f(tx: &mut Change<'_>) { sql_query(\"delete from a\") }"), [0; 0]);
    assert_eq!(of("fn f(hk: &mut Housekeeping<'_>) { const Q: &str = \"delete from a\"; }"), [0; 0]);
    assert_eq!(of("fn f(read: &mut Read<'_>) { const Q: &str = \"delete from a\"; }"), [1]);
    let constant = "const Q: &str = \"delete from a\";\nfn f(tx: &mut Change<'_>) { run(Q) }\nfn g(read: &mut Read<'_>) { run(Q) }";
    assert_eq!(of(constant), [3]);
    assert_eq!(of("pub const Q: &str = \"delete from a\";"), [1]);
    let builder = "use diesel::{delete, insert_into, update};\nfn f(read: &mut Read<'_>) { insert_into(a);\n update(b);\n diesel::delete(c);\n mac.update(d) }";
    assert_eq!(of(builder), [2, 3, 4]);
    assert_eq!(
        of(
            "impl Change<'_> {\n async fn f(&mut self) { sql_query(\"insert into a\") } }\nimpl Read<'_> {\n fn f(&mut self) { \"insert into a\" } }"
        ),
        [4]
    );
}

#[test]
fn every_clock_but_ours_is_found() {
    for sql in [
        "select now()",
        "select NOW ( )",
        "default current_timestamp",
        "x > clock_timestamp()",
        "'now'::timestamptz",
    ] {
        assert!(writes::clock(sql).is_some(), "{sql}");
    }
    for sql in ["select mh_now()", "now and then", "tx.now", "unknown()"] {
        assert!(writes::clock(sql).is_none(), "{sql}");
    }
    let script = |text: &str| lines(&writes::one_clock(&[], &[("a.sql".into(), text.into())]));
    assert!(
        script("-- now()\ncreate function mh_now() as $$ select clock_timestamp() $$;\nselect mh_now();")
            .is_empty()
    );
    assert_eq!(
        script("create function mh_now() as $$ select clock_timestamp() $$;\nselect 1,\n now();"),
        [3]
    );
    assert_eq!(
        lines(&writes::one_clock(
            &parse("src/a.rs", "fn f() {\n \"select now()\" }\nuse diesel::dsl::now;"),
            &[]
        )),
        [2, 3]
    );
}

#[test]
fn handlers_without_a_permit_or_of_great_length_are_found() {
    let of = |text: &str| lines(&writes::handlers_demand_a_permit(&parse("src/one/http.rs", text)));
    assert!(of("#[utoipa::path(tag = \"a;{\", params((\"id\" = Uuid)))]\n#[get(\"/\")]\nasync fn f(Require(permit): Require<Read<Page>>) {}").is_empty());
    assert_eq!(of("#[get(\"/\")]\nasync fn f(app: App, _: Require<Public>) {}"), [2]);
    assert_eq!(of("#[utoipa::path(get)]\nasync fn f() {}"), [2]);
    assert_eq!(of("#[actix_web::post(\"/\")]\npub async fn f(ids: Ids) {}\nfn plain() {}"), [2]);
    let long = format!("#[get(\"/\")]\nasync fn f(_: Require<Public>) {{\n{}}}", "    a();\n".repeat(16));
    assert_eq!(of(&long), [2]);
    let route = "use actix_web::web;\nweb::get()\n.to(f)";
    assert_eq!(lines(&writes::plain_routes_are_listed(&parse("src/one/http.rs", route))), [3]);
    assert!(writes::plain_routes_are_listed(&parse("src/one/mail.rs", "mail()\n.to(f)")).is_empty());
}

#[test]
fn what_is_too_long_open_or_without_a_head_is_found() {
    let long = format!("fn f() {{\n{}}}\n", "    a();\n".repeat(60));
    assert_eq!(lines(&form::sizes(&parse("src/a.rs", &long))), [1]);
    assert_eq!(lines(&form::sizes(&parse("src/a.rs", &"//\n".repeat(401)))), [1]);
    assert!(form::sizes(&parse("src/a.rs", &"//\n".repeat(400))).is_empty());
    let open = "#![allow(dead_code)]\nfn f() { a.unwrap();\n b.expect(\"c\");\n todo!();\n unimplemented!() }\n#[allow(unused)]\nfn g() { a.unwrap_or(1) }";
    let mut found = lines(&form::nothing_is_left_open(&parse("src/a.rs", open)));
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3, 4, 5, 6]);
    assert_eq!(lines(&form::heads(&parse("src/a.rs", "/// Not a head.\n"))), [1]);
    assert!(form::heads(&parse("src/a.rs", "//! A head.\n")).is_empty());
}

//! `src/schema.rs` is what a freshly migrated database has: tables, columns and their order, types, primary keys.

use crate::support::TestDatabase;

/// One line per table, `name (key) : column Type, ...`.
fn declared(source: &str) -> Vec<String> {
    let mut tables = Vec::new();
    for block in source.split("diesel::table! {").skip(1) {
        let code: Vec<&str> = block
            .lines()
            .map(str::trim)
            .take_while(|line| *line != "diesel::joinable!")
            .filter(|line| {
                !line.is_empty() && !["//", "use ", "#["].iter().any(|start| line.starts_with(start))
            })
            .collect();
        let head = code[0].trim_end_matches('{').trim();
        let columns: Vec<String> = code[1..]
            .iter()
            .take_while(|line| **line != "}")
            .map(|line| line.trim_end_matches(',').replace(" -> ", " "))
            .collect();
        tables.push(format!("{head}: {}", columns.join(", ")));
    }
    tables.sort();
    tables
}

/// The same of the catalog, with the types by the names that diesel gives them.
const CATALOG: &str = "
    select c.relname || ' (' || k.columns || '): ' || string_agg(a.attname || ' ' || t.name, ', ' order by a.attnum) as value
    from pg_class c
    join lateral (
      select string_agg(a.attname, ', ' order by k.n) as columns
      from pg_index i, unnest(i.indkey) with ordinality k (attnum, n), pg_attribute a
      where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum) k on true
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join lateral (
      select case when a.attnotnull then n.name else 'Nullable<' || n.name || '>' end as name
      from (select case when e.oid is null then initcap(y.typname) else 'Array<Nullable<' || initcap(e.typname) || '>>' end
              as name
            from pg_type y left join pg_type e on e.typarray = y.oid where y.oid = a.atttypid) n) t on true
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in ('__diesel_schema_migrations', 'test_clock')
    group by c.relname, k.columns order by c.relname collate \"C\"";

#[actix_web::test]
async fn schema_rs_equals_the_database() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs"))
        .expect("src/schema.rs");
    let declared = declared(&source);
    assert!(declared.len() > 10, "the tables are found");
    let there = TestDatabase::migrated().await.texts(CATALOG).await;
    for (declared, there) in declared.iter().zip(&there) {
        assert_eq!(declared, there, "run `make schema`");
    }
    assert_eq!(declared.len(), there.len(), "run `make schema`");
}

#[test]
fn a_column_more_or_of_another_type_is_seen() {
    let table = |column: &str| {
        format!("diesel::table! {{\n /// Text.\n a (id) {{\n /// Text.\n id -> Uuid,\n {column}\n }}\n}}\n")
    };
    assert_eq!(declared(&table("b -> Nullable<Text>,")), ["a (id): id Uuid, b Nullable<Text>"]);
    assert_eq!(declared(&table("")), ["a (id): id Uuid"]);
}

//! The id of a request reaches Postgres, so that an operator finds the request behind a query that waits.

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join;
use reqwest::Method;
use serde_json::json;

use crate::support::builders::{page, publish};
use crate::support::{Role, TestSite};

/// The names of those who wait for a lock in the database of a test.
const WAITING: &str = "select application_name::text as value from pg_stat_activity \
    where wait_event_type = 'Lock' and datname = current_database()";

/// The names of connections that have one of a request.
const NAMED: &str = "select application_name::text as value from pg_stat_activity \
    where application_name like 'masthead %' and datname = current_database()";

#[actix_web::test]
async fn whoever_waits_in_postgres_has_the_name_of_its_request() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = publish(&editor, json!({ "slug": "about" })).await.id();
    let mut holder = site.database.superuser().await;
    let (read, write) = (format!("/v1/pages/{id}"), page(json!({ "slug": "next" })));
    let cases = [
        ("publications", "probe-of-a-reader", Method::GET, read.as_str(), None, 200),
        (
            "events",
            "0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b",
            Method::POST,
            "/admin/v1/pages",
            Some(&write),
            201,
        ),
    ];
    for (table, request, method, path, body, status) in cases {
        let lock = format!("begin; lock table {table} in access exclusive mode");
        holder.batch_execute(&lock).await.expect("a lock");
        let headers = [("x-request-id", request)];
        let caller = if body.is_some() { editor.clone() } else { site.anonymous() };
        let asked = caller.send(method, path, &headers, body);
        let release = async {
            while site.database.texts(WAITING).await != [format!("masthead {request}")] {}
            holder.batch_execute("commit").await.expect("released");
        };
        let (answer, ()) = join(asked, release).await;
        assert_eq!(answer.expect(status).header("x-request-id"), request);
        assert!(site.database.texts(NAMED).await.is_empty(), "the name ends with the transaction");
    }
    site.stop().await;
}

//! What every answer has: ids, headers, problems for failures of every kind; parameters and cursors.

use serde_json::Value;

use super::{ID, get, header, problem, request};

#[tokio::test]
async fn a_panic_is_a_problem_and_the_process_lives() {
    for _ in 0..3 {
        let body = problem(get("/admin/v1/panic"), 500, "internal").await;
        assert!(!body.to_string().contains("plover"));
    }
    assert_eq!(get("/healthz").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_failure_shows_nothing_of_its_cause() {
    let body = problem(get("/admin/v1/broken"), 500, "internal").await;
    assert_eq!(body.as_object().unwrap().len(), 5, "{body}");
    let response = get("/v1/away").send().await.unwrap();
    assert_eq!(header(&response, "retry-after"), Some("3"));
    problem(get("/v1/away"), 503, "unavailable").await;
}

#[tokio::test]
async fn an_error_of_a_middleware_is_a_problem_too() {
    let body = problem(get("/v1/things").header("authorization", "Bearer explode"), 500, "internal").await;
    assert!(!body.to_string().contains("upstream"));
}

#[tokio::test]
async fn a_bad_token_is_never_anonymous() {
    let bad = || get("/v1/things").header("authorization", "Bearer bad");
    problem(bad(), 401, "invalid_token").await;
    let response = bad().send().await.unwrap();
    assert_eq!(
        header(&response, "www-authenticate"),
        Some(r#"Bearer realm="masthead", error="invalid_token""#)
    );
}

#[cfg(debug_assertions)]
#[tokio::test]
async fn a_hand_written_cache_header_fails_in_debug_builds() {
    problem(get("/v1/misbehaved"), 500, "internal").await;
}

#[tokio::test]
async fn request_ids_go_through_or_are_made() {
    let response = get("/healthz").header("x-request-id", "trace-1").send().await.unwrap();
    assert_eq!(header(&response, "x-request-id"), Some("trace-1"));
    let refused = get("/nothing").header("x-request-id", "trace-1").send().await.unwrap();
    assert_eq!(refused.json::<Value>().await.unwrap()["instance"], "trace-1");
    let made = get("/healthz").header("x-request-id", "not sane").send().await.unwrap();
    let id: uuid::Uuid = header(&made, "x-request-id").unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let data = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    for path in ["/healthz", "/v1/things", "/nothing", "/admin/v1/panic", "/problems", "/v1/things/%zz"] {
        let response = get(path).send().await.unwrap();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("content-security-policy", data),
        ] {
            assert_eq!(header(&response, name), Some(value), "{path}");
        }
        for name in ["server", "x-powered-by", "strict-transport-security"] {
            assert_eq!(header(&response, name), None, "{path}");
        }
    }
}

#[tokio::test]
async fn parameters_are_strict() {
    let body = problem(get("/v1/things?limt=3"), 400, "unknown_parameter").await;
    assert_eq!(
        body["detail"],
        "This operation does not know the query parameter `limt`. It takes `limit`, `filter[tag]`, `after`."
    );
    problem(get("/v1/things?limit=1&limit=2"), 400, "repeated_parameter").await;
    let body = problem(get("/v1/things?limit=many"), 400, "invalid_parameter").await;
    assert_eq!(body["errors"][0]["pointer"], "/query/limit");
    problem(get(&format!("/v1/things/{ID}?x=1")), 400, "unknown_parameter").await;
    let body = problem(get("/v1/things/not-an-id"), 400, "invalid_parameter").await;
    assert_eq!(body["errors"][0]["pointer"], "/path/id");
    problem(get("/v1/things/0197f2a4-8c1e-7d52-9b3a-000000000000"), 404, "not_found").await;
}

#[tokio::test]
async fn links_lead_through_a_list() {
    let mut address = "/v1/things?limit=2&filter[tag]=a".to_owned();
    for first in ["Thing 0", "Thing 2", "Thing 4"] {
        let response = get(&address).send().await.unwrap();
        let link = header(&response, "link").unwrap().to_owned();
        address = link.strip_prefix('<').unwrap().split_once(">; rel=\"next\"").unwrap().0.to_owned();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["data"][0]["title"], first);
        assert!(address.ends_with(body["page"]["next"].as_str().unwrap()));
    }
    let cursor = address.rsplit_once('=').unwrap().1.to_owned();
    problem(get(&format!("/v1/things?filter[tag]=b&after={cursor}")), 400, "invalid_cursor").await;
    problem(get("/v1/things?after=made-up"), 400, "invalid_cursor").await;
}

#[tokio::test]
async fn wrong_methods_do_not_reach_credentials() {
    let request = request(reqwest::Method::POST, "/v1/things").header("authorization", "Bearer bad");
    problem(request, 405, "method_not_allowed").await;
}

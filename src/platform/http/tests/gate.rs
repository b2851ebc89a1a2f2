//! Addresses, methods, HEAD, OPTIONS, CORS and `Accept`.

use reqwest::Method;

use super::{DEMO, ID, get, header, problem, raw, request};

#[tokio::test]
async fn unknown_paths_are_problems_that_say_so() {
    let body = problem(get("/v1/nothing"), 404, "not_found").await;
    assert!(body["detail"].as_str().unwrap().starts_with("No operation has this path."), "{body}");
    let body = problem(get("/v1/things/"), 404, "not_found").await;
    assert_eq!(body["detail"], "The path ends with a slash. Addresses are exact: leave the extra slash out.");
    let body = problem(get("/v1//things"), 404, "not_found").await;
    assert!(body["detail"].as_str().unwrap().starts_with("The path has two slashes"));
}

#[tokio::test]
async fn a_wrong_method_is_405_with_allow() {
    let thing = format!("/admin/v1/things/{ID}");
    for (method, path, allow) in [
        (Method::POST, "/v1/things", "GET, HEAD, OPTIONS"),
        (Method::GET, "/admin/v1/things", "POST, OPTIONS"),
        (Method::HEAD, "/admin/v1/things", "POST, OPTIONS"),
        (Method::PATCH, thing.as_str(), "PUT, DELETE, OPTIONS"),
        (Method::TRACE, "/healthz", "GET, HEAD, OPTIONS"),
        (Method::from_bytes(b"BREW").unwrap(), "/v1/things", "GET, HEAD, OPTIONS"),
    ] {
        let response = request(method.clone(), path).send().await.unwrap();
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(header(&response, "allow"), Some(allow), "{method} {path}");
        let text = response.text().await.unwrap();
        if method == Method::HEAD {
            assert_eq!(text, "");
        } else {
            assert!(text.contains(&format!("This path does not take {method}. It takes {allow}.")), "{text}");
        }
    }
    problem(request(Method::DELETE, "/v1/nothing"), 404, "not_found").await;
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    for path in ["/v1/things?limit=50", "/healthz", "/docs", &format!("/v1/things/{ID}")] {
        let full = get(path).send().await.unwrap();
        let head = request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        for name in [
            "content-length",
            "content-type",
            "etag",
            "cache-control",
            "vary",
            "link",
            "content-security-policy",
        ] {
            // For how many seconds shared caches keep an answer is drawn by lot.
            let lasting = |answer| header(answer, name).and_then(|value| value.split(", s-maxage=").next());
            assert_eq!(lasting(&head), lasting(&full), "{path} {name}");
        }
        let length: usize = header(&head, "content-length").unwrap().parse().unwrap();
        assert_eq!(length, full.text().await.unwrap().len(), "{path}");
        assert_eq!(head.text().await.unwrap(), "");
    }
    let missing = request(Method::HEAD, "/v1/nothing").send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_ne!(header(&missing, "content-length"), Some("0"));
}

#[tokio::test]
async fn a_connection_goes_on_after_head() {
    let answer = raw(
        &DEMO,
        &[b"HEAD /v1/things HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
    )
    .await;
    let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    assert!(rest.starts_with("HTTP/1.1 200"), "{rest}");
    assert!(rest.ends_with("\r\n\r\nok"));
}

#[tokio::test]
async fn options_lists_the_methods() {
    let response = request(Method::OPTIONS, "/admin/v1/things").send().await.unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(header(&response, "allow"), Some("POST, OPTIONS"));
    assert_eq!(header(&response, "access-control-allow-origin"), None);
    problem(request(Method::OPTIONS, "/v1/nothing"), 404, "not_found").await;
}

#[tokio::test]
async fn the_read_api_is_open_to_other_origins_and_the_admin_api_is_not() {
    let preflight = |path: &'static str| {
        request(Method::OPTIONS, path)
            .header("origin", "https://site.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "masthead-preview")
            .send()
    };
    let open = preflight("/v1/things").await.unwrap();
    assert_eq!(open.status(), 204);
    assert_eq!(header(&open, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&open, "access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert!(header(&open, "access-control-allow-headers").unwrap().contains("Masthead-Preview"));
    assert_eq!(header(&open, "access-control-max-age"), Some("7200"));
    assert_eq!(header(&open, "access-control-allow-credentials"), None);
    let closed = preflight("/admin/v1/things").await.unwrap();
    assert!(closed.headers().keys().all(|name| !name.as_str().starts_with("access-control-")));

    let error = get("/v1/nothing").header("origin", "https://site.example").send().await.unwrap();
    assert_eq!(header(&error, "access-control-allow-origin"), Some("*"));
    assert!(header(&error, "access-control-expose-headers").unwrap().contains("X-Request-Id"));
    assert_eq!(header(&error, "cross-origin-resource-policy"), Some("cross-origin"));
    let closed = get("/admin/v1/broken").header("origin", "https://site.example").send().await.unwrap();
    assert_eq!(header(&closed, "access-control-allow-origin"), None);
    assert_eq!(header(&closed, "cross-origin-resource-policy"), Some("same-origin"));
}

#[tokio::test]
async fn accept_that_excludes_json_is_406() {
    let body = problem(get("/v1/things").header("accept", "text/html"), 406, "not_acceptable").await;
    assert_eq!(body["detail"], "The header Accept excludes what this operation gives: application/json.");
    problem(get("/v1/things").header("accept", "application/json;q=0, */*"), 406, "not_acceptable").await;
    for good in
        ["*/*", "application/*", "application/json", "application/problem+json", "text/html, */*;q=0.1"]
    {
        assert_eq!(get("/v1/things").header("accept", good).send().await.unwrap().status(), 200, "{good}");
    }
    // A path that gives no JSON does not care.
    assert_eq!(get("/healthz").header("accept", "text/html").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn long_and_odd_addresses() {
    let long = format!("/v1/things?filter[tag]={}", "a".repeat(9000));
    let body = problem(get(&long), 414, "uri_too_long").await;
    assert_eq!(body["detail"], "Path and query together may have at most 8192 bytes.");
    problem(get("/v1/things?filter[tag]=%FF"), 400, "invalid_utf8").await;
    problem(get("/v1/things/%C3%28"), 400, "invalid_utf8").await;
    problem(get("/v1/things/%zz"), 400, "malformed_request").await;
    let body = problem(get("/v1/things?filter[tag]=a%00"), 422, "invalid").await;
    assert_eq!(body["errors"][0]["pointer"], "/query");
    problem(get("/v1/things/%00"), 422, "invalid").await;
    for target in ["*", "example.org:80"] {
        let line = format!("OPTIONS {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = raw(&DEMO, &[line.as_bytes()]).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
    }
}

#[tokio::test]
async fn raw_bytes_in_the_address_never_reach_a_handler() {
    for line in
        [&b"GET /v1/things?a=\xff HTTP/1.1"[..], b"GET /v1/\x00things HTTP/1.1", b"GET /v1/th ings HTTP/1.1"]
    {
        let answer = raw(&DEMO, &[line, b"\r\nHost: a\r\nConnection: close\r\n\r\n"]).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}

/// The parser takes 65,534 bytes, and what it refuses has no body: the README says so, and fuzzing leaves such addresses out.
#[tokio::test]
async fn an_address_that_is_too_long_is_refused_by_us_and_far_beyond_by_the_parser() {
    let ask = async |bytes: usize| {
        let target = format!("/v1/things?a={}", "a".repeat(bytes - "/v1/things?a=".len()));
        let line = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        raw(&DEMO, &[line.as_bytes()]).await
    };
    for bytes in [8_193, 65_000, 65_534] {
        let answer = ask(bytes).await;
        assert!(answer.starts_with("HTTP/1.1 414"), "{bytes}: {answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("uri_too_long"), "{answer}");
    }
    for bytes in [65_535, 80_000] {
        let answer = ask(bytes).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{bytes}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "it has no body: {answer}");
    }
}

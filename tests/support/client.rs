//! A client of the real server. Every answer is checked against the OpenAPI documents before a test sees it.

use reqwest::Method;
use serde_json::Value;

use super::contract;

/// Sends requests as one caller.
#[derive(Clone)]
pub struct Client {
    address: String,
    token: Option<String>,
    /// The value of `Cookie`, as a browser that is signed in sends it.
    cookie: Option<String>,
    http: reqwest::Client,
}

/// An answer that has kept the contract.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    /// `null` when the body is no JSON.
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("client");
        Self { address: address.into(), token: token.map(Into::into), cookie: None, http }
    }

    /// The same as a browser on a page of the server, with this cookie.
    pub fn with_cookie(self, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), token: None, ..self }
    }

    /// The cookie that it sends, which it must have.
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().expect("a cookie")
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// With `If-Match: "v<version>"`.
    pub async fn post_at(&self, path: &str, version: i64, body: Option<&Value>) -> Answer {
        self.send(Method::POST, path, &[("if-match", &tag(version))], body).await
    }

    /// With `If-Match: "v<version>"`.
    pub async fn put_at(&self, path: &str, version: i64, body: &Value) -> Answer {
        self.send(Method::PUT, path, &[("if-match", &tag(version))], Some(body)).await
    }

    /// With `If-Match: "v<version>"`.
    pub async fn delete_at(&self, path: &str, version: i64) -> Answer {
        self.send(Method::DELETE, path, &[("if-match", &tag(version))], None).await
    }

    /// Any request with a JSON body or none.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send_bytes(method, path, headers, body).await
    }

    /// Any request with any bytes.
    pub async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
            if !headers.iter().any(|(name, _)| ["sec-fetch-site", "origin"].contains(name)) {
                request = request.header("sec-fetch-site", "same-origin");
            }
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((media_type, bytes)) = body {
            request = request.header("content-type", media_type).body(bytes);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Answer { status, headers, json, bytes };
        contract::check(&method, path, &answer);
        // What the admin API answers is for its caller alone, refusals included.
        if path.starts_with("/admin/v1") {
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
        }
        answer
    }
}

impl Answer {
    /// The value of a header, which must be there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().expect("text")
    }

    /// The cookie that the answer sets, as a browser sends it back.
    pub fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().expect("a cookie")
    }

    /// The version that the `ETag` names.
    pub fn version(&self) -> i64 {
        let tag = self.header("etag");
        tag.trim_start_matches("\"v")
            .trim_end_matches('"')
            .parse()
            .unwrap_or_else(|_| panic!("{tag} is no version"))
    }

    /// The entry that the body is about.
    pub fn id(&self) -> String {
        self.json["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.json)).to_owned()
    }

    /// The places that a problem names, with their codes.
    pub fn places(&self) -> Vec<(&str, &str)> {
        let errors = self.json["errors"].as_array().into_iter().flatten();
        errors.map(|e| (e["pointer"].as_str().expect("text"), e["code"].as_str().expect("text"))).collect()
    }

    /// What a problem says.
    pub fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_else(|| panic!("no detail in {}", self.json))
    }

    /// The whole answer, body and headers, as text to search through.
    pub fn everything(&self) -> String {
        format!("{:?} {}", self.headers, String::from_utf8_lossy(&self.bytes))
    }

    /// Asserts the status, showing the body when it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Asserts a problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json["code"], code, "{}", answer.json);
        assert_eq!(answer.json["status"], status, "{}", answer.json);
        answer
    }
}

fn tag(version: i64) -> String {
    format!("\"v{version}\"")
}

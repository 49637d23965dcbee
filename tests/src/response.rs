//! What a caller is told.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer that has been read to its end; of a stream, which may go on for ever, what came first.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as JSON; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
    path: String,
}

impl Response {
    pub(crate) async fn read(mut response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let path = response.url().path().to_owned();
        let is_stream = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = match is_stream {
            true => response.chunk().await.map(|first| String::from_utf8_lossy(&first.unwrap_or_default()).into_owned()),
            false => response.text().await,
        };
        let text = text.expect("the body of the answer");
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text, path }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A header's value, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a plain header"))
    }

    /// Asserts the status, and that the answer is a problem where it has to be and none where not.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {}", self.path, self.text);
        self
    }

    /// Asserts a complete problem (RFC 9457) with this status and code.
    #[track_caller]
    pub fn assert_problem(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{} answered {}", self.path, self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.body["type"], format!("/problems/{code}"));
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["instance"], self.path);
        assert_eq!(self.body["request_id"].as_str(), self.header("x-request-id"));
        for member in ["title", "detail"] {
            assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "no {member}: {}", self.text);
        }
        self
    }

    /// Asserts that a 422 points at exactly these fields, in any order.
    #[track_caller]
    pub fn assert_pointers(self, expected: &[&str]) -> Self {
        let mut pointers: Vec<&str> =
            self.body["errors"].as_array().into_iter().flatten().filter_map(|error| error["pointer"].as_str()).collect();
        let mut expected = expected.to_vec();
        pointers.sort_unstable();
        expected.sort_unstable();
        assert_eq!(pointers, expected, "{}", self.text);
        self
    }

    /// The items of a page.
    #[track_caller]
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().unwrap_or_else(|| panic!("no page: {}", self.text))
    }

    /// The ids of the items of a page, in order.
    #[track_caller]
    pub fn ids(&self) -> Vec<i64> {
        self.items().iter().map(|item| item["id"].as_i64().expect("an id")).collect()
    }

    /// The id of what was answered with.
    #[track_caller]
    pub fn id(&self) -> i64 {
        self.body["id"].as_i64().unwrap_or_else(|| panic!("no id: {}", self.text))
    }
}

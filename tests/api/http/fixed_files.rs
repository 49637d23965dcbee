//! Files that stay the same as long as the process lives, as the API document and its page: compressed once, and sent as often as
//! they are asked for.

use flate2::read::GzDecoder;
use reqwest::Method;
use std::io::Read;
use support::TestApp;

const FILES: [&str; 3] = ["/openapi.json", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"];

#[tokio::test]
async fn a_fixed_file_comes_in_the_coding_that_the_client_reads() {
    let app = TestApp::start().await;
    for path in FILES {
        let plain = app.anonymous().get(path).await.assert_status(200);
        for accepted in ["gzip", "gzip, deflate, br", "*", "br;q=1.0, gzip;q=0.2", "gzip;q=1, identity;q=0"] {
            let visitor = app.anonymous().with_header("accept-encoding", accepted);
            let answer = visitor.request(Method::GET, path).send().await.unwrap();
            assert_eq!(answer.headers()["content-encoding"], "gzip", "{path} {accepted}");
            assert_eq!(answer.headers()["vary"], "accept-encoding", "{path} {accepted}");
            let bytes = answer.bytes().await.unwrap();
            let mut text = String::new();
            GzDecoder::new(bytes.as_ref()).read_to_string(&mut text).unwrap();
            assert!(text == plain.text && bytes.len() * 3 < text.len(), "{path} {accepted}: {}", bytes.len());
        }
        for accepted in ["identity", "br", "deflate", "gzip;q=0", "gzip;q=0.000, br", "*;q=0", "zstd"] {
            let answer = app.anonymous().with_header("accept-encoding", accepted).get(path).await.assert_status(200);
            assert_eq!(answer.header("content-encoding"), None, "{path} {accepted}");
            assert!(answer.text == plain.text, "{path} {accepted}");
        }
    }
}

#[tokio::test]
async fn a_fixed_file_that_the_client_has_is_not_sent_again() {
    let app = TestApp::start().await;
    for path in FILES {
        let first = app.anonymous().get(path).await.assert_status(200);
        let tag = first.header("etag").unwrap();
        for known in [tag, "*", &format!("\"other\", W/{tag}")] {
            let again = app.anonymous().with_header("if-none-match", known).get(path).await.assert_status(304);
            assert_eq!(
                (again.text.as_str(), again.header("etag"), again.header("vary")),
                ("", Some(tag), Some("accept-encoding"))
            );
        }
        let other = app.anonymous().with_header("if-none-match", "\"other\"").get(path).await.assert_status(200);
        assert_eq!((other.header("etag"), other.header("cache-control")), (Some(tag), Some("no-cache")), "{path}");
        let head = app.anonymous().send_text(Method::HEAD, path, None, "").await.assert_status(200);
        assert_eq!(
            (head.text.as_str(), head.header("content-length")),
            ("", Some(first.text.len().to_string().as_str())),
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_file_that_the_page_of_the_document_asks_for_is_there() {
    let app = TestApp::start().await;
    let page = app.anonymous().get("/docs/").await.assert_status(200);
    let asked: Vec<&str> = page.text.split(['"', '\'']).filter_map(|part| part.strip_prefix("./")).collect();
    assert!(asked.len() > 4, "{}", page.text);
    for name in asked {
        app.anonymous().get(&format!("/docs/{name}")).await.assert_status(200);
    }
    let initializer = app.anonymous().get("/docs/swagger-initializer.js").await.assert_status(200);
    assert!(initializer.text.contains("/openapi.json"), "{}", initializer.text);
    app.anonymous().get("/docs/package.json").await.assert_status(404);
}

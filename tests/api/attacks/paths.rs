//! Paths that say one thing and mean another.

use super::raw::{Connection, status};
use support::TestApp;

#[tokio::test]
async fn no_way_of_writing_a_path_leads_past_the_credential() {
    let app = TestApp::start().await;
    let user = app.user().await;
    for path in [
        "/api/v1/system/auth/me",
        "/api/v1/system/./auth/me",
        "/api/v1/system/../system/auth/me",
        "/api/v1/admin/../system/auth/me",
        "/api/v1/admin/..%2fsystem/auth/me",
        "/api/v1/admin/%2e%2e/system/auth/me",
        "/api/v1/system%2fauth%2fme",
        "/api/v1/system/auth%2fme",
        "/api/v1/system//auth/me",
        "//api/v1/system/auth/me",
        "/api/v1/system/auth/me/",
        "/api/v1/system/auth/me%00",
        "/api/v1/system/auth/me;x=1",
        "/api/v1/system/auth/me%20",
        "/api/v1/system/auth/%6de",
        "/API/V1/SYSTEM/AUTH/ME",
        "/api/v1/system/auth\\me",
        "/api/v1/system/auth/me#x",
        "/api/v1/system/auth/me%23",
        "/api/v1/system/ops/runs/%c0%ae%c0%ae",
        "/api/v1/system/ops/runs/%",
        "/api/v1/system/ops/runs/%zz",
        "http://127.0.0.1/api/v1/system/auth/me",
        "/assets/..%2f..%2f..%2fetc/passwd",
        "/../../../../etc/passwd",
        "/docs/..%2f..%2fetc/passwd",
        "*",
    ] {
        for credential in ["", &format!("Authorization: Bearer {}\r\n", user.token())] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{credential}Connection: close\r\n\r\n");
            let answer = Connection::open(app.server().address).exchange(request.as_bytes());
            let is_page = answer.contains("<!doctype html") || answer.contains("<!DOCTYPE html");
            assert!(status(&answer) < 500, "{path}: {answer}");
            assert!(status(&answer) != 200 || is_page, "{path} was answered: {answer}");
            assert!(!answer.contains("\"capabilities\"") && !answer.contains("root:"), "{path}: {answer}");
        }
    }
}

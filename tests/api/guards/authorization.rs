//! Every operation of both planes, called as everybody: the committed matrix says who may do what.

mod refusals;
mod system;
mod tenants;

use super::operations::{Operation, operations};
use serde_json::json;
use support::actor::Credential;
use support::app::PASSWORD;
use support::{Actor, Response, TestApp, snapshot};

const MATRIX: &str = "tests/api/guards/role_matrix.txt";

struct Row<'a> {
    operation: &'a Operation,
    cells: Vec<String>,
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_matrix_says() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    let operations = operations();
    let of_system = system::rows(&app, &admin, &operations).await;
    let of_tenants = tenants::rows(&app, &admin, &operations).await;
    snapshot::assert_matches(MATRIX, &format!("{}\n{}", system::matrix(&of_system), tenants::matrix(&of_tenants)));
}

/// Shown by nobody: a session that is over, one that was ended, and a token with another signature.
async fn worthless(app: &TestApp, signed_in: &Actor) -> [Actor; 3] {
    let again = async |path: &str| {
        let body = json!({ "email": signed_in.email, "password": PASSWORD });
        let answer = app.anonymous().post(path, &body).await.assert_status(200);
        signed_in.with_credential(Credential::Bearer(answer.body["access_token"].as_str().unwrap().to_owned()))
    };
    let is_operator = signed_in.email.starts_with("operator");
    let path = if is_operator { "/api/v1/system/auth/token" } else { "/api/v1/admin/auth/token" };
    let over = signed_in.clone();
    app.execute("UPDATE sessions SET expires_at = db_now() - interval '1 second' WHERE id = (SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1)");
    let ended = again(path).await;
    if is_operator { ended.logout().await } else { ended.user_logout().await }.assert_status(204);
    let forged = again(path).await;
    let (claims, signature) = forged.token().rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = forged.with_credential(Credential::Bearer(format!("{claims}.{other}{}", &signature[1..])));
    [over, ended, forged]
}

trait Cell {
    fn cell(&self) -> String;
}

impl Cell for Response {
    fn cell(&self) -> String {
        if (200..300).contains(&self.status) { "yes".to_owned() } else { self.status.to_string() }
    }
}

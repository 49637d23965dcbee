//! A file that takes its time on the way (FND-02): what holds at its end counts.

use crate::attacks::raw::{Connection, status};
use serde_json::json;
use std::time::{Duration, Instant};
use support::actor::ADMIN;
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// A file of which one half has come.
struct SlowUpload {
    connection: Connection,
    rest: String,
}

impl SlowUpload {
    /// Sends the first half.
    fn begin(app: &TestApp, sender: &Actor, tenant: &Tenant) -> Self {
        let file = format!("{}\n", app.observation("CHECK.1"));
        let (half, rest) = file.split_at(file.len() / 2);
        let head = format!(
            "POST {ADMIN}/tenants/{}/findings/import?format=jsonl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{half}",
            tenant.id,
            sender.token(),
            file.len()
        );
        let mut connection = Connection::open(app.server().address);
        connection.send(head.as_bytes());
        Self { connection, rest: rest.to_owned() }
    }

    /// Takes that one of them out which is answered before it has come to its end; one is.
    async fn answered_early(uploads: &mut Vec<Self>) -> String {
        loop {
            match uploads.iter().position(|upload| upload.connection.is_answered()) {
                Some(at) => return uploads.swap_remove(at).connection.exchange(b""),
                None => tokio::task::yield_now().await,
            }
        }
    }

    /// Sends the rest, and reads the answer.
    fn end(mut self) -> String {
        self.connection.exchange(self.rest.as_bytes())
    }
}

/// Waits until the sender has been let in, which prolongs a session that soon ends and notes the use of a token.
async fn let_in(app: &TestApp) {
    let seen = "SELECT (SELECT count(*) FROM sessions WHERE plane = 'admin' AND expires_at BETWEEN db_now() AND db_now() + interval '15 minutes') \
                + (SELECT count(*) FROM api_tokens WHERE last_used_at IS NULL)";
    let begun = Instant::now();
    while app.value(seen) != 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody was let in");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_may_not_import_any_more_when_the_file_has_come_imports_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let cases = [
        ("DELETE FROM tenant_memberships WHERE user_id = $", 404, "not-found"),
        (
            "UPDATE tenants SET deleted_at = db_now() WHERE id IN (SELECT tenant_id FROM tenant_memberships WHERE user_id = $)",
            404,
            "not-found",
        ),
        ("UPDATE tenant_memberships SET role = 'readonly' WHERE user_id = $", 403, "capability-missing"),
        ("UPDATE sessions SET revoked_at = db_now() WHERE user_id = $", 401, "unauthenticated"),
        ("UPDATE sessions SET expires_at = db_now() WHERE user_id = $", 401, "unauthenticated"),
        ("UPDATE users SET deactivated_at = db_now() WHERE id = $", 401, "unauthenticated"),
    ];
    for (change, expected, code) in cases {
        let member = app.member(&tenant, "manager").await;
        app.execute(&format!(
            "UPDATE sessions SET expires_at = db_now() + interval '10 minutes', renewable_until = db_now() + interval '2 hours' \
             WHERE user_id = {}",
            member.id
        ));
        let upload = SlowUpload::begin(&app, &member, &tenant);
        let_in(&app).await;
        app.execute(&change.replace('$', &member.id.to_string()));
        let answer = upload.end();
        assert!(status(&answer) == expected && answer.contains(&format!("\"code\":\"{code}\"")), "{change}: {answer}");
        app.execute("UPDATE tenants SET deleted_at = NULL");
    }
    assert_nothing_imported(&app);
}

#[tokio::test]
async fn a_token_that_ends_while_the_file_comes_imports_nothing() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let owner = app.member(&tenant, "owner").await;
    for end in ["revoked_at = db_now()", "expires_at = db_now()"] {
        let program = owner.program(&["findings.import"]).await;
        let upload = SlowUpload::begin(&app, &program, &tenant);
        let_in(&app).await;
        app.execute(&format!("UPDATE api_tokens SET {end} WHERE revoked_at IS NULL"));
        let answer = upload.end();
        assert!(status(&answer) == 401, "{end}: {answer}");
    }
    assert_nothing_imported(&app);
    let upload = SlowUpload::begin(&app, &owner.program(&["findings.import"]).await, &tenant);
    assert_eq!(status(&upload.end()), 200);
}

#[tokio::test]
async fn two_files_of_a_user_are_on_their_way_at_once_and_a_third_is_told_when_to_come_back() {
    let app = TestApp::builder().setting("TENANTATLAS_UPLOADS_PER_TENANT", "8").start().await;
    let tenant = app.tenant("Contoso");
    let owner = app.member(&tenant, "owner").await;
    // A program of theirs counts as well.
    let program = owner.program(&["findings.import"]).await;
    let mut uploads: Vec<_> =
        [&owner, &program, &owner].into_iter().map(|sender| SlowUpload::begin(&app, sender, &tenant)).collect();

    assert_told_to_come_back(&SlowUpload::answered_early(&mut uploads).await);

    let other = app.member(&tenant, "manager").await;
    other.import_findings(tenant.id, "jsonl", app.observation("CHECK.2").to_string()).await.assert_status(200);
    for upload in uploads {
        assert_eq!(status(&upload.end()), 200);
    }
    owner.import_findings(tenant.id, "jsonl", app.observation("CHECK.3").to_string()).await.assert_status(200);
}

#[tokio::test]
async fn two_files_of_a_tenant_are_on_their_way_at_once_and_another_tenant_has_room() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let mut uploads = Vec::new();
    for _ in 0..3 {
        uploads.push(SlowUpload::begin(&app, &app.member(&tenant, "manager").await, &tenant));
    }

    assert_told_to_come_back(&SlowUpload::answered_early(&mut uploads).await);

    let elsewhere = app.member(&other, "manager").await;
    elsewhere.import_findings(other.id, "jsonl", app.observation("CHECK.2").to_string()).await.assert_status(200);
    for upload in uploads {
        assert_eq!(status(&upload.end()), 200);
    }
}

#[tokio::test]
async fn eight_files_of_all_users_are_on_their_way_at_once() {
    let app = TestApp::start().await;
    let mut uploads = Vec::new();
    for (number, files) in [2, 2, 2, 2, 1].into_iter().enumerate() {
        let tenant = app.tenant(&format!("Tenant {number}"));
        let sender = app.member(&tenant, "manager").await;
        uploads.extend((0..files).map(|_| SlowUpload::begin(&app, &sender, &tenant)));
    }

    assert_told_to_come_back(&SlowUpload::answered_early(&mut uploads).await);

    for upload in uploads {
        assert_eq!(status(&upload.end()), 200);
    }
}

fn assert_told_to_come_back(answer: &str) {
    let says = |text: &str| answer.to_lowercase().contains(text);
    assert!(status(answer) == 503 && says("retry-after: 5") && says("\"code\":\"unavailable\""), "{answer}");
}

fn assert_nothing_imported(app: &TestApp) {
    let rows = app.value("SELECT (SELECT count(*) FROM findings) + (SELECT count(*) FROM finding_scans)");
    assert_eq!((rows, app.audited("findings.imported").len()), (json!(0), 0));
}

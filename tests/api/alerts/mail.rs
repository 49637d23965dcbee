//! Alerts by mail, over servers with and without TLS and signing in.

use super::ALLOWED;
use serde_json::{Value, json};
use std::net::SocketAddr;
use support::mail_server::{MailServer, Manner, Protection};
use support::{Actor, TestApp};

const CA: &str = "TENANTATLAS_ALERTS_CA_FILE";

/// A mail server, and a product that trusts it.
async fn scene(protection: Protection, manner: Manner) -> (MailServer, TestApp, Actor, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let server = MailServer::start(protection, manner, &file).await;
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).setting(CA, file.to_str().unwrap()).start().await;
    let operator = app.operator().await;
    (server, app, operator, folder)
}

fn mail(address: SocketAddr, tls: &str, user: Option<(&str, &str)>) -> Value {
    let mut body = json!({ "name": "Mail", "kind": "email", "smtp_host": address.ip().to_string(), "smtp_port": address.port(), "smtp_tls": tls,
                           "from": "TenantAtlas <atlas@example.com>", "to": ["ops@example.com", "Night Shift <night@example.com>"] });
    if let Some((user, password)) = user {
        body["smtp_username"] = json!(user);
        body["smtp_password"] = json!(password);
    }
    body
}

/// Sends one test and says what became of it.
async fn sent(app: &TestApp, operator: &Actor, body: &Value) -> Value {
    let id = operator.made_destination(body).await;
    operator.test_alert_destination(id).await.assert_status(202);
    app.deliver().await;
    operator.list_alert_deliveries("").await.items()[0].clone()
}

#[tokio::test]
async fn mail_goes_out_as_encrypted_as_the_destination_says() {
    let user = Some(("atlas", "hunter2"));
    let takes_from = Manner::TakesFrom("atlas", "hunter2");
    #[rustfmt::skip]
    let table = [
        (Protection::None, Manner::Takes, "none", None),
        (Protection::Starttls, Manner::Takes, "starttls", None),
        (Protection::Starttls, takes_from.clone(), "starttls", user),
        (Protection::Implicit, Manner::Takes, "implicit", None),
        (Protection::Implicit, takes_from, "implicit", user),
    ];
    for (protection, manner, tls, user) in table {
        let (server, app, operator, _folder) = scene(protection, manner).await;
        let delivery = sent(&app, &operator, &mail(server.address, tls, user)).await;
        assert_eq!((&delivery["state"], &delivery["response_status"]), (&json!("sent"), &json!(250)), "{tls}: {delivery}");
        let mail = server.only();
        assert_eq!(mail.is_encrypted, tls != "none");
        assert_eq!(mail.user.as_deref(), user.map(|(name, _)| name));
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("atlas@example.com", ["ops@example.com".to_owned(), "night@example.com".to_owned()].as_slice())
        );
        let uid = delivery["uid"].as_str().unwrap();
        assert_eq!(mail.header("Message-ID"), Some(format!("<{uid}@example.com>")));
        assert_eq!(mail.header("X-TenantAtlas-Delivery").as_deref(), Some(uid));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    }
}

#[tokio::test]
async fn whatever_a_mail_server_does_the_delivery_says_why() {
    #[rustfmt::skip]
    let table = [
        (Protection::None, Manner::Takes, "starttls", None, "failed", "tls_failed", None),
        (Protection::None, Manner::Takes, "implicit", None, "failed", "tls_failed", None),
        (Protection::Starttls, Manner::HangsUp, "starttls", None, "pending", "connection_failed", None),
        (Protection::Implicit, Manner::HangsUp, "implicit", None, "pending", "connection_failed", None),
        (Protection::Starttls, Manner::Postpones("454 TLS not available due to temporary reason"), "starttls", None, "pending", "smtp_busy", Some(454)),
        (Protection::Starttls, Manner::Postpones("502 not here"), "starttls", None, "failed", "smtp_refused", Some(502)),
        (Protection::Starttls, Manner::TakesFrom("atlas", "hunter2"), "starttls", Some(("atlas", "wrong")), "failed", "smtp_sign_in_failed", Some(535)),
        (Protection::Starttls, Manner::TakesFrom("atlas", "hunter2"), "starttls", None, "failed", "smtp_refused", Some(530)),
        (Protection::None, Manner::Says("451 greylisted"), "none", None, "pending", "smtp_busy", Some(451)),
        (Protection::None, Manner::Says("550 no such user"), "none", None, "failed", "smtp_refused", Some(550)),
        (Protection::None, Manner::Hangs, "none", None, "pending", "timed_out", None),
        (Protection::None, Manner::Floods, "none", None, "pending", "bad_answer", None),
    ];
    for (protection, manner, tls, user, state, reason, status) in table {
        let (server, app, operator, _folder) = scene(protection, manner.clone()).await;
        let delivery = sent(&app, &operator, &mail(server.address, tls, user)).await;
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!(state), &json!(reason)), "{manner:?}");
        assert_eq!(delivery["response_status"].as_u64(), status, "{manner:?}");
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_taken() {
    for (protection, tls) in [(Protection::Starttls, "starttls"), (Protection::Implicit, "implicit")] {
        let folder = tempfile::tempdir().unwrap();
        let server = MailServer::start(protection, Manner::Takes, &folder.path().join("ca.pem")).await;
        let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
        let operator = app.operator().await;
        let delivery = sent(&app, &operator, &mail(server.address, tls, None)).await;
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("failed"), &json!("tls_failed")), "{tls}");
        assert!(server.mails().is_empty());
    }
}

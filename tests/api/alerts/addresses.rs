//! Requests of alerts cannot be turned against the installation.

use super::{ALLOWED, Told};
use serde_json::json;
use support::TestApp;
use support::actor::alerts::{rule, webhook_at};
use support::receiver::{Behaviour, Receiver};

#[tokio::test]
async fn an_address_of_a_private_network_however_written_is_refused_at_once() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1:8080/path",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "https://１２７.0.0.1/",
    ] {
        let refused = operator.create_alert_destination(&webhook_at("Hook", url)).await.assert_problem(422, "validation-failed");
        assert_eq!(refused.body["errors"][0]["code"], "address", "{url}");
    }
    for url in ["file:///etc/passwd", "gopher://192.0.66.2/", "postgres://192.0.66.2/", "//192.0.66.2/", "unix:/socket"] {
        let refused = operator.create_alert_destination(&webhook_at("Hook", url)).await.assert_problem(422, "validation-failed");
        assert_eq!(refused.body["errors"][0]["code"], "value", "{url}");
    }
    let mail = json!({ "name": "Mail", "kind": "email", "smtp_host": "10.0.0.1", "smtp_port": 25, "smtp_tls": "none",
                       "from": "atlas@example.com", "to": ["ops@example.com"] });
    let refused = operator.create_alert_destination(&mail).await.assert_problem(422, "validation-failed");
    assert_eq!(
        (&refused.body["errors"][0]["pointer"], &refused.body["errors"][0]["code"]),
        (&json!("/smtp_host"), &json!("address"))
    );
}

#[tokio::test]
async fn a_name_that_stands_for_a_private_address_is_refused_when_it_is_to_be_reached() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let url = format!("http://localhost:{}/", receiver.address.port());
    let hook = operator.made_destination(&webhook_at("Hook", url)).await;
    let mail = json!({ "name": "Mail", "kind": "email", "smtp_host": "localhost", "smtp_port": receiver.address.port(), "smtp_tls": "none",
                       "from": "atlas@example.com", "to": ["ops@example.com"] });
    let mail = operator.made_destination(&mail).await;
    for id in [hook, mail] {
        operator.test_alert_destination(id).await.assert_status(202);
    }
    app.deliver().await;
    for delivery in operator.list_alert_deliveries("").await.items() {
        assert_eq!((&delivery["state"], &delivery["reason"]["code"]), (&json!("failed"), &json!("address_refused")));
    }
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_setting_that_is_taken_away_holds_for_destinations_that_are_there() {
    let app = TestApp::builder().setting(ALLOWED.0, ALLOWED.1).start().await;
    let operator = app.operator().await;
    let receiver = Receiver::start(Behaviour::Answer(200)).await;
    let hook = operator.made_destination(&webhook_at("Hook", receiver.url())).await;
    operator.made_rule(&rule("Everything", hook)).await;
    // An address outside of the one network that is allowed.
    let outside = webhook_at("Outside", "http://10.1.2.3/");
    operator.create_alert_destination(&outside).await.assert_problem(422, "validation-failed");
    app.execute(r#"UPDATE alert_destinations SET settings = jsonb_set(settings, '{url}', '"http://10.1.2.3/"')"#);
    operator.test_alert_destination(hook).await.assert_status(202);
    app.deliver().await;
    assert_eq!(operator.list_alert_deliveries("").await.items()[0]["reason"]["code"], "address_refused");
}

#[tokio::test]
async fn no_proxy_of_the_environment_and_no_credential_of_ours_goes_along() {
    let told = Told::start().await;
    told.operator.pause_backfill().await.assert_status(201);
    told.app.deliver().await;
    let request = told.receiver.only();
    let mut names: Vec<&str> = request.headers.keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "accept",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-tenantatlas-delivery",
        "x-tenantatlas-signature",
        "x-tenantatlas-timestamp",
    ];
    assert_eq!(names, expected);
}

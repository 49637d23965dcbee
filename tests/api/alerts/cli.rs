//! Alerts on the command line.

use super::Told;
use support::cli;

#[tokio::test]
async fn rules_are_listed_and_tried_out_for_an_operator() {
    let told = Told::start().await;
    let (url, email) = (told.app.database_url(), told.operator.email.as_str());
    let listed = cli::run(url, &["alerts", "list"], "").assert_code(0);
    assert!(listed.out.contains("Everything") && listed.out.contains("On call"), "{}", listed.out);
    let listed = cli::run(url, &["alerts", "list", "--json"], "").assert_code(0).json();
    assert_eq!(listed[0]["id"], told.rule);

    let tested = cli::run(url, &["alerts", "test", "Everything", "--as", email, "--json"], "").assert_code(0).json();
    assert_eq!((tested[0]["event"].as_str(), tested[0]["state"].as_str()), (Some("alerts.test"), Some("pending")));
    let by_number = cli::run(url, &["alerts", "test", &told.rule.to_string(), "--as", email], "").assert_code(0);
    assert!(by_number.out.contains("to On call is on its way."), "{}", by_number.out);
    told.app.deliver().await;
    assert_eq!(told.receiver.requests().len(), 2);

    cli::run(url, &["alerts", "test", "Nothing", "--as", email], "").assert_code(1);
    let (_, without) = told.app.create_operator(&["platform.access_system_panel"]);
    cli::run(url, &["alerts", "test", "Everything", "--as", &without], "").assert_code(1);
    let actor = told.app.rows("SELECT actor_label FROM audit_logs WHERE action = 'platform.alerts.rule_tested'");
    assert_eq!((actor.len(), actor[0]["actor_label"].as_str()), (2, Some(email)));
}

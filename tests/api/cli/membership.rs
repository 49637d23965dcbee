//! `tenantatlas membership`

use serde_json::{Value, json};
use support::TestApp;
use support::cli::{Ended, run};

fn set(app: &TestApp, email: &str, arguments: &[&str]) -> Ended {
    run(app.database_url(), &[&["membership", "set", "--json", "--user", email], arguments].concat(), "")
}

#[tokio::test]
async fn a_role_is_given_changed_and_taken_away_and_counts_at_once() {
    let app = TestApp::start().await;
    let (tenant, user) = (app.tenant("Contoso"), app.user().await);

    let given = set(&app, &user.email, &["--tenant", &tenant.external_id, "--role", "operator"]).assert_code(0).json();
    assert_eq!(given["changed"], true);
    assert_eq!(user.get_my_tenant(tenant.id).await.assert_status(200).body["role"], "operator");
    let same = set(&app, &user.email, &["--tenant", &tenant.id.to_string(), "--role", "operator"]).assert_code(0).json();
    assert_eq!(same["changed"], false);
    set(&app, &user.email, &["--tenant", &tenant.external_id, "--role", "owner"]).assert_code(0);
    assert_eq!(user.get_my_tenant(tenant.id).await.assert_status(200).body["role"], "owner");
    set(&app, &user.email, &["--tenant", &tenant.external_id, "--remove"]).assert_code(0);
    user.get_my_tenant(tenant.id).await.assert_status(404);

    let rows = app.audited("platform.tenants.member_set");
    let told = |row: &Value| {
        let mut metadata = row["metadata"].clone();
        metadata.as_object_mut().unwrap().remove("command_line").expect("who typed it");
        (row["tenant_id"].clone(), metadata)
    };
    assert_eq!(rows.len(), 2, "setting what is set leaves nothing");
    assert_eq!(told(&rows[0]), (json!(tenant.id), json!({ "role": "operator", "previous_role": null })));
    assert_eq!(told(&rows[1]).1, json!({ "role": "owner", "previous_role": "operator" }));
    assert_eq!(app.audited("platform.tenants.member_removed")[0]["target_label"], user.email);
}

#[tokio::test]
async fn a_place_in_a_workspace_shows_its_name_and_nothing_else() {
    let app = TestApp::start().await;
    let (workspace, user) = (app.workspace("north", "North"), app.user().await);
    let tenant = app.tenant_in(&workspace, "Contoso");

    set(&app, &user.email, &["--workspace", "north"]).assert_code(0);

    let me = user.user_me().await.assert_status(200);
    assert_eq!(me.body["user"]["workspaces"], json!([{ "id": workspace.id, "name": "North" }]));
    user.get_my_tenant(tenant.id).await.assert_status(404);
    set(&app, &user.email, &["--workspace", "north", "--remove"]).assert_code(0);
    assert_eq!(user.user_me().await.assert_status(200).body["user"]["workspaces"], json!([]));
    assert_eq!(app.audited("platform.workspaces.member_added")[0]["workspace_id"], workspace.id);
    assert_eq!(app.audited("platform.workspaces.member_removed").len(), 1);
}

#[tokio::test]
async fn what_cannot_be_is_wrong_usage_or_fails() {
    let app = TestApp::start().await;
    let (tenant, user) = (app.tenant("Contoso"), app.user().await);
    let id = tenant.id.to_string();

    set(&app, &user.email, &["--tenant", &id]).assert_code(2);
    set(&app, &user.email, &["--tenant", &id, "--role", "king"]).assert_code(2);
    set(&app, &user.email, &["--tenant", &id, "--workspace", "default", "--remove"]).assert_code(2);
    set(&app, &user.email, &["--role", "owner"]).assert_code(2);
    set(&app, &user.email, &["--tenant", "platform", "--role", "owner"]).assert_code(2);
    set(&app, &user.email, &["--workspace", "nowhere"]).assert_code(2);
    set(&app, "nobody@example.com", &["--tenant", &id, "--role", "owner"]).assert_code(1);

    assert_eq!(app.value("SELECT count(*) FROM tenant_memberships"), 0);
}

#[tokio::test]
async fn the_list_says_who_belongs_where() {
    let app = TestApp::start().await;
    let (contoso, fabrikam) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let (owner, reader) = (app.member(&contoso, "owner").await, app.member(&fabrikam, "readonly").await);
    app.add_to_workspace(owner.id, &app.default_workspace());
    let list = |arguments: &[&str]| {
        let listed = run(app.database_url(), &[&["membership", "list", "--json"], arguments].concat(), "").assert_code(0).json();
        let rows =
            listed.as_array().unwrap().iter().map(|row| (row["email"].clone(), row["tenant_name"].clone(), row["role"].clone()));
        rows.collect::<Vec<_>>()
    };
    let own = (json!(owner.email), json!("Contoso"), json!("owner"));
    let read = (json!(reader.email), json!("Fabrikam"), json!("readonly"));
    let of_workspace = (json!(owner.email), Value::Null, Value::Null);

    assert_eq!(list(&[]), [of_workspace.clone(), own.clone(), read.clone()]);
    assert_eq!(list(&["--user", &owner.email]), [of_workspace, own]);
    assert_eq!(list(&["--tenant", &fabrikam.external_id]), [read]);
}

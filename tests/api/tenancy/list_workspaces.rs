//! `GET /workspaces`

use super::all_ids;
use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_workspace_is_listed_with_how_many_tenants_may_be_targeted() {
    let app = TestApp::start().await;
    let workspace = app.workspace("contoso", "Contoso Ltd");
    app.tenant_in(&workspace, "Kept");
    app.delete_tenant(&app.tenant_in(&workspace, "Deleted"));
    let default = app.default_workspace();

    let page = app.operator_with(&[]).await.list_workspaces("").await.assert_status(200);

    let platform = json!({ "id": default.id, "slug": "default", "name": "Default", "tenant_count": 0 });
    let contoso = json!({ "id": workspace.id, "slug": "contoso", "name": "Contoso Ltd", "tenant_count": 1 });
    assert_eq!(page.items(), [platform, contoso]);
}

#[tokio::test]
async fn paging_one_by_one_shows_every_workspace_once_in_order() {
    let app = TestApp::start().await;
    let mut workspaces = vec![app.default_workspace().id];
    workspaces.extend((0..4).map(|number| app.workspace(&format!("w{number}"), "W").id));
    let operator = app.operator().await;

    let ids = all_ids(|query| {
        let operator = operator.clone();
        async move { operator.list_workspaces(&query).await }
    })
    .await;

    assert_eq!(ids, workspaces);
}

#[tokio::test]
async fn the_search_finds_part_of_name_or_slug_and_takes_signs_literally() {
    let app = TestApp::start().await;
    let (half, plain) = (app.workspace("half", "50% of_it"), app.workspace("north-wind", "Northwind"));
    let operator = app.operator().await;
    let find = async |search: &str| operator.list_workspaces(&format!("search={search}")).await.assert_status(200).ids();

    assert_eq!(find("%25").await, [half.id]);
    assert_eq!(find("f_i").await, [half.id]);
    assert_eq!(find("NORTH-").await, [plain.id]);
    assert_eq!(find("thw").await, [plain.id]);
}

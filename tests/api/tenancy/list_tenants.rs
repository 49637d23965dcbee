//! `GET /tenants`

use super::all_ids;
use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_tenant_is_listed_with_its_workspace() {
    let app = TestApp::start().await;
    let workspace = app.workspace("contoso", "Contoso Ltd");
    let tenant = app.tenant_in(&workspace, "Contoso Production");
    let operator = app.operator_with(&[]).await;

    let page = operator.list_tenants("").await.assert_status(200);

    let expected = json!({ "id": tenant.id, "external_id": tenant.external_id, "name": "Contoso Production",
                           "workspace": { "id": workspace.id, "name": "Contoso Ltd" } });
    assert_eq!(page.items(), [expected]);
}

#[tokio::test]
async fn the_platform_tenant_and_deleted_ones_are_never_listed() {
    let app = TestApp::start().await;
    let (kept, deleted) = (app.tenant("Kept"), app.tenant("Deleted"));
    app.delete_tenant(&deleted);
    let operator = app.operator().await;

    for query in ["", "search=e", "search=platform", "limit=200", &format!("workspace_id={}", kept.workspace_id)] {
        let ids = operator.list_tenants(query).await.assert_status(200).ids();
        assert!(!ids.contains(&deleted.id) && !ids.contains(&app.platform_tenant_id()), "{query}");
    }
    assert_eq!(
        all_ids(|query| {
            let operator = operator.clone();
            async move { operator.list_tenants(&query).await }
        })
        .await,
        [kept.id]
    );
}

#[tokio::test]
async fn paging_one_by_one_shows_every_tenant_once_in_order() {
    let app = TestApp::start().await;
    let tenants: Vec<i64> = (0..5).map(|number| app.tenant(&format!("Tenant {number}")).id).collect();
    let operator = app.operator().await;

    let ids = all_ids(|query| {
        let operator = operator.clone();
        async move { operator.list_tenants(&query).await }
    })
    .await;

    assert_eq!(ids, tenants);
}

#[tokio::test]
async fn the_search_finds_part_of_name_or_directory_id_in_any_case_and_takes_signs_literally() {
    let app = TestApp::start().await;
    let (percent, underscore) = (app.tenant("100% Contoso"), app.tenant("under_score"));
    let (backslash, plain) = (app.tenant("back\\slash"), app.tenant("underXscore"));
    let operator = app.operator().await;
    let find = async |search: &str| operator.list_tenants(&format!("search={search}")).await.assert_status(200).ids();

    assert_eq!(find("%25").await, [percent.id]);
    assert_eq!(find("r_s").await, [underscore.id]);
    assert_eq!(find("%5C").await, [backslash.id]);
    assert_eq!(find("UNDERX").await, [plain.id]);
    assert_eq!(find(&plain.external_id[20..]).await, [plain.id]);
    assert_eq!(find("nothing").await, [] as [i64; 0]);
}

#[tokio::test]
async fn the_tenants_of_one_workspace_can_be_asked_for() {
    let app = TestApp::start().await;
    let (here, there) = (app.workspace("here", "Here"), app.workspace("there", "There"));
    let (first, _) = (app.tenant_in(&here, "A"), app.tenant_in(&there, "A"));
    let operator = app.operator().await;

    let page = operator.list_tenants(&format!("workspace_id={}&search=a", here.id)).await.assert_status(200);

    assert_eq!(page.ids(), [first.id]);
    assert_eq!(operator.list_tenants("workspace_id=999999").await.assert_status(200).items().len(), 0);
}

//! `GET /tenants` of the tenant plane

use serde_json::json;
use support::TestApp;

#[tokio::test]
async fn a_user_sees_the_tenants_they_are_a_member_of_with_their_role() {
    let app = TestApp::start().await;
    let workspace = app.workspace("north", "North");
    let (contoso, fabrikam) = (app.tenant_in(&workspace, "Contoso"), app.tenant("Fabrikam"));
    app.tenant("Somebody else's");
    let user = app.member(&contoso, "owner").await;
    app.set_membership(user.id, &fabrikam, "readonly");

    let page = user.list_my_tenants("").await.assert_status(200);

    assert_eq!(
        page.body["items"],
        json!([
            { "id": contoso.id, "name": "Contoso", "workspace": { "id": workspace.id, "name": "North" }, "role": "owner" },
            { "id": fabrikam.id, "name": "Fabrikam", "workspace": { "id": fabrikam.workspace_id, "name": "Default" }, "role": "readonly" },
        ])
    );
}

#[tokio::test]
async fn the_list_is_paged_and_searched() {
    let app = TestApp::start().await;
    let user = app.user().await;
    let tenants: Vec<_> = ["Alpha", "Beta", "Alpine"].into_iter().map(|name| app.tenant(name)).collect();
    tenants.iter().for_each(|tenant| app.set_membership(user.id, tenant, "manager"));

    let first = user.list_my_tenants("limit=2").await.assert_status(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = user.list_my_tenants(&format!("limit=2&cursor={cursor}")).await.assert_status(200);
    let found = user.list_my_tenants("search=alp").await.assert_status(200);

    assert_eq!((first.ids(), second.ids()), (vec![tenants[0].id, tenants[1].id], vec![tenants[2].id]));
    assert_eq!(found.ids(), [tenants[0].id, tenants[2].id]);
    user.list_my_tenants("limit=0").await.assert_problem(422, "validation-failed");
    user.list_my_tenants("nonsense=1").await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn deleted_tenants_the_platforms_and_those_of_a_workspace_alone_are_not_listed() {
    let app = TestApp::start().await;
    let (gone, workspace) = (app.tenant("Gone"), app.workspace("north", "North"));
    app.tenant_in(&workspace, "Not mine");
    let user = app.member(&gone, "owner").await;
    app.set_membership(user.id, &app.platform_tenant(), "owner");
    app.add_to_workspace(user.id, &workspace);
    app.delete_tenant(&gone);

    assert_eq!(user.list_my_tenants("").await.assert_status(200).items(), &[] as &[serde_json::Value]);
}

//! `GET /tenants`

use support::TestApp;

#[tokio::test]
async fn a_new_tenant_is_listed_with_its_workspace() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let operator = app.operator_with(&[]).await;

    let page = operator.list_tenants("").await.assert_status(200);

    assert_eq!(page.ids(), [tenant.id]);
    assert_eq!(page.items()[0]["external_id"], tenant.external_id);
    assert_eq!(page.items()[0]["workspace"]["name"], "Default");
}

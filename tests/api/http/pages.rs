//! Keyset pages.

use support::TestApp;

#[tokio::test]
async fn a_cursor_that_no_list_gave_is_malformed() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for cursor in ["", "x", "c", "c00", "cffffffffffffffff", "c0000000000000000", "czzzzzzzzzzzzzzzz", "1"] {
        operator.list_tenants(&format!("cursor={cursor}")).await.assert_problem(400, "malformed-cursor");
        operator.list_audit_logs(&format!("cursor={cursor}")).await.assert_problem(400, "malformed-cursor");
    }
}

#[tokio::test]
async fn an_empty_list_is_a_page_without_items() {
    let app = TestApp::start().await;

    let page = app.operator().await.list_tenants("").await.assert_status(200);

    assert_eq!(page.body, serde_json::json!({ "items": [], "next_cursor": null }));
}

#[tokio::test]
async fn a_page_that_is_just_full_is_the_last_one() {
    let app = TestApp::start().await;
    app.tenant("A");
    app.tenant("B");

    let page = app.operator().await.list_tenants("limit=2").await.assert_status(200);

    assert_eq!((page.items().len(), &page.body["next_cursor"]), (2, &serde_json::Value::Null));
}

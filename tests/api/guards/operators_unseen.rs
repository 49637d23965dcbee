//! Nothing that the tenant plane answers tells who of the operators did something, or why they started a run (086).

use super::operations::{operations, prepare};
use support::TestApp;

#[tokio::test]
async fn no_answer_of_the_tenant_plane_names_an_operator_or_their_reason() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let admin = app.operator().await;
    app.execute(&format!("UPDATE platform_users SET name = 'Ophelia Unseen' WHERE id = {}", admin.id));
    let mut seen = 0;
    for operation in operations().iter().filter(|operation| operation.is_of_tenants()) {
        let call = prepare(&app, &admin, operation).await;
        let tenant = call.tenant();
        app.legacy_findings(tenant, 3);
        // With a reason, and met by what the member starts.
        let run = admin.start_backfill_of(tenant.id).await;
        assert!([200, 201].contains(&run.status) && run.text.contains("Old rows lack"), "{}", run.text);
        let owner = call.caller(&app, &admin).await;

        let answer = call.send(&owner).await;

        assert!((200..300).contains(&answer.status), "{}: {}", operation.id, answer.text);
        for secret in
            ["Ophelia", &admin.email, "Old rows lack", "DATA_REPAIR", "platform_initiator", "is_break_glass", "reason_code"]
        {
            assert!(!answer.text.contains(secret), "{} tells {secret}: {}", operation.id, answer.text);
        }
        seen += 1;
    }
    assert!(seen > 10, "the operations were not found");
}

//! What was recorded stays as it was recorded.

use diesel::prelude::*;
use support::TestApp;

#[tokio::test]
async fn the_database_refuses_to_change_delete_or_truncate_audit_rows() {
    let app = TestApp::start().await;
    app.operator().await;
    let before = app.rows("SELECT * FROM audit_logs");
    assert_eq!(before.len(), 1);

    for statement in ["UPDATE audit_logs SET summary = 'nothing happened'", "DELETE FROM audit_logs", "TRUNCATE audit_logs"] {
        let refused = diesel::sql_query(statement).execute(&mut app.db()).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }

    assert_eq!(app.rows("SELECT * FROM audit_logs"), before);
}

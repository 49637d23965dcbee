//! Leftovers that must not stay: work that a test leaves behind, and a library that was taken out.

use support::TestApp;

#[tokio::test]
#[should_panic(expected = "leaves open targets")]
async fn a_test_that_leaves_targets_of_a_run_open_fails() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 3);

    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);
}

#[tokio::test]
async fn a_test_may_say_that_it_leaves_them_on_purpose() {
    let mut app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.legacy_findings(&tenant, 3);

    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);

    app.allow_pending();
}

#[test]
fn no_library_that_compresses_by_brotli_is_built_in() {
    let lock = std::fs::read_to_string(support::source::root().join("Cargo.lock")).unwrap();

    // It takes up to 30 MB for every answer under way.
    assert!(lock.contains("name = \"flate2\"") && !lock.contains("name = \"brotli\""));
}

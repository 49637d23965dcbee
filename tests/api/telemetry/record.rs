//! Recording: who is recorded, in which transaction, and what a failure costs (TEL-03, TEL-04).

use diesel::Connection;
use diesel::connection::SimpleConnection;
use serde_json::json;
use support::TestApp;
use support::fixtures::Tenant;
use tenantatlas::context::{Actor, Ctx, TokenRef};
use tenantatlas::db::{TenantScope, floor};
use tenantatlas::error::Error;
use tenantatlas::telemetry::{self, DiagnosticsSurface, Person, ReviewPackSurface, UnsafeToken, UsageEvent};
use time::OffsetDateTime;

/// A customer's user with hostile names in a tenant with a hostile name.
fn somebody(app: &TestApp) -> (Tenant, Person) {
    let tenant = app.tenant("Contoso.Secret");
    let (id, email) = app.create_user();
    app.execute(&format!("UPDATE users SET name = 'Uma.User' WHERE id = {id}"));
    let ctx = Ctx::local(Actor::User { id, email, name: "Uma.User".to_owned() });
    let person = Person::of(&ctx, tenant.workspace_id, tenant.id).expect("a person");
    (tenant, person)
}

fn failures(metrics: &str) -> u64 {
    let line = metrics.lines().find(|line| line.starts_with("telemetry_write_failures_total")).expect("the counter");
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_of_the_five_events_is_one_row_with_safe_metadata_only() {
    let app = TestApp::start().await;
    let (tenant, person) = somebody(&app);
    let at = OffsetDateTime::UNIX_EPOCH;
    let events = [
        UsageEvent::onboarding_checkpoint_completed(11, "tenant_connected", "ready", at),
        UsageEvent::support_diagnostics_opened(DiagnosticsSurface::TenantDashboard(tenant.id)),
        UsageEvent::support_diagnostics_opened(DiagnosticsSurface::OperationRunViewer(12, "inventory.sync")),
        UsageEvent::operation_started(13, "findings.lifecycle.backfill"),
        UsageEvent::stored_report_created(14, "permission_posture"),
        UsageEvent::review_pack_requested(15, ReviewPackSurface::TenantReview, true, false),
    ];

    app.db()
        .transaction(|conn| {
            events.into_iter().for_each(|event| telemetry::record(conn, person, event));
            Ok::<_, Error>(())
        })
        .unwrap();

    let rows = app.usage_events();
    let seen: Vec<_> = rows
        .iter()
        .map(|row| json!([row["event_name"], row["feature_area"], row["subject_type"], row["subject_id"], row["metadata"]]))
        .collect();
    assert_eq!(
        json!(seen),
        json!([
            ["product.onboarding.checkpoint_completed", "onboarding", "tenant_onboarding_session", 11,
             { "checkpoint_key": "tenant_connected", "lifecycle_state": "ready", "completed_at": "1970-01-01T00:00:00Z" }],
            ["product.support_diagnostics.opened", "support_diagnostics", "tenant", tenant.id, { "source_surface": "tenant_dashboard" }],
            ["product.support_diagnostics.opened", "support_diagnostics", "operation_run", 12,
             { "source_surface": "operation_run_viewer", "operation_type": "inventory.sync" }],
            ["product.operations.started", "operations", "operation_run", 13, { "operation_type": "findings.lifecycle.backfill" }],
            ["product.stored_report.created", "stored_reports", "stored_report", 14, { "report_type": "permission_posture" }],
            ["product.review_pack.requested", "review_pack", "review_pack", 15,
             { "source_surface": "tenant_review", "include_operations": true, "include_pii": false }],
        ])
    );
    for row in &rows {
        assert_eq!((&row["tenant_id"], &row["workspace_id"]), (&json!(tenant.id), &json!(tenant.workspace_id)));
        for word in ["Contoso", "Secret", "Uma", "@", "example"] {
            assert!(!row.to_string().contains(word), "{word} in {row}");
        }
    }
}

#[tokio::test]
async fn nobody_but_a_customers_user_in_person_is_recorded() {
    let email = || "somebody@example.com".to_owned();
    let name = || "Somebody".to_owned();
    for actor in [
        Actor::Operator { id: 1, email: email(), name: name(), is_break_glass: false },
        Actor::Operator { id: 1, email: email(), name: name(), is_break_glass: true },
        Actor::Cli { name: name() },
        Actor::System,
        Actor::Anonymous { label: name() },
    ] {
        let ctx = Ctx::local(actor);
        assert_eq!(Person::of(&ctx, 1, 1), None, "{ctx:?}");
    }
    let user = Ctx::local(Actor::User { id: 1, email: email(), name: name() });
    assert!(Person::of(&user, 1, 1).is_some());
    let program = Ctx { token: Some(TokenRef { id: 1, name: name() }), ..user };
    assert_eq!(Person::of(&program, 1, 1), None, "{program:?}");
}

#[tokio::test]
async fn an_event_goes_with_the_transaction_of_its_action() {
    let app = TestApp::start().await;
    let (_, person) = somebody(&app);

    let given_up = app.db().transaction(|conn| {
        telemetry::record(conn, person, UsageEvent::operation_started(1, "inventory.sync"));
        Err::<(), _>(Error::not_found())
    });

    assert!(given_up.is_err());
    assert_eq!(app.count_usage(), (0, 0));
}

#[tokio::test]
async fn what_cannot_be_written_is_counted_and_the_action_goes_on() {
    let app = TestApp::start().await;
    let (tenant, person) = somebody(&app);
    let stranger = Ctx::local(Actor::User { id: 999, email: String::new(), name: String::new() });
    let stranger = Person::of(&stranger, tenant.workspace_id, tenant.id);
    let before = failures(&app.anonymous().metrics().await.text);
    let failing: [(Person, Result<UsageEvent, UnsafeToken>); 3] = [
        (person, UsageEvent::operation_started(1, "user@example.com")),
        (person, UsageEvent::stored_report_created(1, "The report of Contoso")),
        (stranger.unwrap(), UsageEvent::operation_started(1, "inventory.sync")),
    ];

    for (person, event) in failing {
        app.db()
            .transaction(|conn| {
                conn.batch_execute("UPDATE tenants SET name = name || '!'")?;
                telemetry::record(conn, person, event);
                Ok::<_, Error>(())
            })
            .unwrap();
    }

    assert_eq!(app.value(&format!("SELECT name FROM tenants WHERE id = {}", tenant.id)), "Contoso.Secret!!!");
    assert_eq!(app.count_usage(), (0, 0));
    // Other tests of this process count too.
    assert!(failures(&app.anonymous().metrics().await.text) >= before + 3);
}

#[tokio::test]
async fn what_takes_too_long_to_write_is_counted_and_the_action_goes_on() {
    let app = TestApp::start().await;
    let (tenant, person) = somebody(&app);
    app.execute("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$");
    app.execute("CREATE TRIGGER dawdle BEFORE INSERT ON product_usage_events FOR EACH ROW EXECUTE FUNCTION dawdle()");
    let before = failures(&app.anonymous().metrics().await.text);

    app.db()
        .transaction(|conn| {
            conn.batch_execute("SET LOCAL statement_timeout = '200ms'")?;
            telemetry::record(conn, person, UsageEvent::operation_started(1, "inventory.sync"));
            Ok::<_, Error>(conn.batch_execute("UPDATE tenants SET name = name || '!'")?)
        })
        .unwrap();

    assert_eq!(app.value(&format!("SELECT name FROM tenants WHERE id = {}", tenant.id)), "Contoso.Secret!");
    assert_eq!(app.count_usage(), (0, 0));
    assert!(failures(&app.anonymous().metrics().await.text) > before);
}

#[tokio::test]
async fn the_tenant_plane_adds_events_of_its_tenant_as_of_now_and_reads_none() {
    let app = TestApp::start().await;
    let (tenant, person) = somebody(&app);
    let other = app.tenant_in(&app.workspace("north", "North"), "Other");
    let scope = TenantScope::of([tenant.id]);
    let mut conn = app.db();

    floor::write(&mut conn, &scope, |conn| {
        telemetry::record(conn, person, UsageEvent::operation_started(1, "inventory.sync"));
        Ok(())
    })
    .unwrap();
    floor::write(&mut conn, &TenantScope::of([other.id]), |conn| {
        telemetry::record(conn, person, UsageEvent::operation_started(2, "inventory.sync"));
        Ok(())
    })
    .unwrap();

    assert_eq!(app.count_usage(), (1, 1), "its own, and unfolded like any other");
    let backdated = |column: &str, value: &str| {
        format!(
            "INSERT INTO product_usage_events (workspace_id, tenant_id, user_id, event_name, feature_area, subject_type, subject_id, metadata, {column}) \
             OVERRIDING SYSTEM VALUE VALUES ({}, {}, {}, 'product.operations.started', 'operations', 'operation_run', 3, \
                                             '{{\"operation_type\": \"inventory.sync\"}}', {value})",
            tenant.workspace_id,
            tenant.id,
            app.create_user().0
        )
    };
    for (column, value) in [("occurred_at", "'2001-01-01T00:00:00Z'"), ("id", "1")] {
        let written = floor::write(&mut conn, &scope, |conn| Ok(conn.batch_execute(&backdated(column, value))?));
        let cause = std::error::Error::source(&written.unwrap_err()).unwrap().to_string();
        assert!(cause.contains("permission denied"), "{column}: {cause}");
    }
    for table in [
        "product_usage_events",
        "product_usage_unfolded",
        "product_usage_counts",
        "product_usage_active_workspaces",
        "product_usage_upkeep",
    ] {
        let read = floor::read(&mut conn, &scope, |conn| Ok(conn.batch_execute(&format!("SELECT count(*) FROM {table}"))?));
        let cause = std::error::Error::source(&read.unwrap_err()).unwrap().to_string();
        assert!(cause.contains("permission denied"), "{table}: {cause}");
    }
}

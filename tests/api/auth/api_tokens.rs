//! `GET`, `POST` and `DELETE` of `/auth/api-tokens`, in both planes, and what a program may do with one.

use super::administer;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::app::ACCESS;
use support::{Actor, TestApp};
use tenantatlas::auth::{operators, users};
use tokio::task::JoinSet;

const OPS_VIEW: &str = "platform.ops.view";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn newest_id(owner: &Actor) -> i64 {
    owner.list_api_tokens("").await.assert_status(200).body["items"][0]["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_token_is_shown_once_and_lets_a_program_do_what_it_was_made_for() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let body = json!({ "name": " Nightly report ", "capabilities": [OPS_VIEW] });

    let answer = owner.create_api_token(&body).await.assert_status(201);

    let secret = answer.body["secret"].as_str().unwrap();
    assert!(secret.starts_with("tatlas_sys_") && secret.len() == 59, "{secret}");
    assert_eq!(answer.header("location"), Some(format!("/api/v1/system/auth/api-tokens/{}", answer.id()).as_str()));
    let listed = owner.list_api_tokens("").await.assert_status(200).body["items"][0].clone();
    assert_eq!(
        (&listed["name"], &listed["state"], &listed["hint"]),
        (&json!("Nightly report"), &json!("active"), &json!(secret[55..]))
    );
    assert_eq!(listed["capabilities"], json!([ACCESS, OPS_VIEW]));
    assert!(listed.get("secret").is_none() && listed["last_used_at"].is_null());
    let program = owner.with_credential(support::actor::Credential::Bearer(secret.to_owned()));
    program.list_runs("").await.assert_status(200);
    program.list_controls().await.assert_problem(403, "capability-missing");
    assert_eq!(program.me().await.assert_status(200).body["operator"]["capabilities"], json!([ACCESS, OPS_VIEW]));
    let kept = app.rows("SELECT t::text AS all FROM api_tokens t")[0].to_string();
    assert!(!kept.contains(&secret[11..51]), "the token is in the database");
}

#[tokio::test]
async fn a_token_ends_after_ninety_days_or_when_it_was_to() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let long = owner.program(&[OPS_VIEW]).await;
    let short = owner.create_api_token(&json!({ "name": "Short", "capabilities": [OPS_VIEW], "expires_in_days": 1 })).await;
    let short = owner.with_credential(support::actor::Credential::Bearer(short.body["secret"].as_str().unwrap().to_owned()));

    app.clock().advance(DAY);
    short.list_runs("").await.assert_problem(401, "unauthenticated");
    app.clock().advance(88 * DAY);
    long.list_runs("").await.assert_status(200);
    app.clock().advance(DAY);
    long.list_runs("").await.assert_problem(401, "unauthenticated");

    let again = app.anonymous().signed_in(&owner.email, support::app::PASSWORD).await;
    let states = again.list_api_tokens("").await.body["items"].clone();
    assert_eq!((&states[0]["state"], &states[1]["state"]), (&json!("expired"), &json!("expired")));
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let app = TestApp::start().await;
    let owner = app.operator_with(&[OPS_VIEW]).await;
    let whole = json!({ "name": "Program", "capabilities": [OPS_VIEW], "expires_in_days": 30 });
    for (field, value, pointer) in [
        ("name", json!(" "), "/name"),
        ("name", json!("x".repeat(101)), "/name"),
        ("name", json!(null), "/name"),
        ("capabilities", json!([]), "/capabilities"),
        ("capabilities", json!([OPS_VIEW, "platform.no_such"]), "/capabilities/1"),
        ("capabilities", json!(["platform.audit.view"]), "/capabilities/0"),
        ("expires_in_days", json!(0), "/expires_in_days"),
        ("expires_in_days", json!(366), "/expires_in_days"),
        ("nonsense", json!(1), "/nonsense"),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let answer = owner.create_api_token(&body).await.assert_problem(422, "validation-failed");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(app.value("SELECT count(*) FROM api_tokens"), json!(0));
}

#[tokio::test]
async fn what_makes_others_more_powerful_is_not_for_programs() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    let owner = app.member(&tenant, "owner").await;
    for capability in ["platform.operators.manage", "platform.break_glass.open"] {
        let body = json!({ "name": "Program", "capabilities": [capability] });
        operator.create_api_token(&body).await.assert_problem(422, "validation-failed");
    }
    let body = json!({ "name": "Program", "capabilities": ["members.manage"] });
    owner.create_user_api_token(&body).await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn what_a_token_can_be_made_for_is_told_in_both_planes() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let names = |answer: support::Response| -> Vec<String> {
        let items = answer.assert_status(200).body["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };

    let operator = app.operator_with(&[OPS_VIEW, "platform.break_glass.open"]).await;
    assert_eq!(names(operator.list_token_capabilities().await), [ACCESS, OPS_VIEW]);
    let user = app.member(&tenant, "readonly").await;
    let held = names(user.list_user_token_capabilities().await);
    assert_eq!(held, ["tenant.view", "findings.view", "verification.view"]);
}

#[tokio::test]
async fn a_program_cannot_make_see_or_revoke_tokens_nor_sign_out() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let program = owner.program(&[OPS_VIEW]).await;

    program
        .create_api_token(&json!({ "name": "Another", "capabilities": [OPS_VIEW] }))
        .await
        .assert_problem(403, "person-required");
    program.list_api_tokens("").await.assert_problem(403, "person-required");
    program.revoke_api_token(newest_id(&owner).await).await.assert_problem(403, "person-required");
    program.logout().await.assert_problem(403, "person-required");
    program.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn a_revoked_token_is_worthless_at_once_on_every_node() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let owner = app.operator().await;
    let program = owner.program(&[OPS_VIEW]).await;
    program.at(second.address).list_runs("").await.assert_status(200);

    owner.revoke_api_token(newest_id(&owner).await).await.assert_status(204);

    program.list_runs("").await.assert_problem(401, "unauthenticated");
    program.at(second.address).list_runs("").await.assert_problem(401, "unauthenticated");
    owner.revoke_api_token(newest_id(&owner).await).await.assert_status(204);
    let audited = "SELECT count(*) FROM audit_logs WHERE action = 'platform.api_tokens.revoked'";
    assert_eq!(app.value(audited), json!(1));
}

#[tokio::test]
async fn what_the_owner_loses_the_token_loses_at_once() {
    let app = TestApp::start().await;
    let owner = app.operator_with(&[OPS_VIEW, "platform.audit.view"]).await;
    let program = owner.program(&[OPS_VIEW, "platform.audit.view"]).await;
    let name = [OPS_VIEW.to_owned()];

    administer(&app, |ctx, permit, conn| operators::revoke(ctx, permit, conn, &owner.email, &name));
    program.list_runs("").await.assert_problem(403, "capability-missing");
    program.list_audit_logs("").await.assert_status(200);
    administer(&app, |ctx, permit, conn| operators::grant(ctx, permit, conn, &owner.email, &name));
    program.list_runs("").await.assert_status(200);

    let access = [ACCESS.to_owned()];
    administer(&app, |ctx, permit, conn| operators::revoke(ctx, permit, conn, &owner.email, &access));
    program.list_runs("").await.assert_problem(403, "capability-missing");
    administer(&app, |ctx, permit, conn| operators::deactivate(ctx, permit, conn, &owner.email));
    program.list_runs("").await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_users_token_goes_by_their_role_of_now() {
    let app = TestApp::start().await;
    let (tenant, other) = (app.tenant("Contoso"), app.tenant("Fabrikam"));
    let user = app.member(&tenant, "manager").await;
    let program = user.program(&["findings.view", "findings.edit"]).await;
    let finding = app.finding(&tenant, &json!({}));
    let edit = async |caller: &Actor| caller.update_finding(tenant.id, finding, &json!({ "due_at": null })).await;

    program.list_findings(tenant.id, "").await.assert_status(200);
    edit(&program).await.assert_status(200);
    program.list_findings(other.id, "").await.assert_problem(404, "not-found");
    app.set_membership(user.id, &tenant, "readonly");
    edit(&program).await.assert_problem(403, "capability-missing");
    program.list_findings(tenant.id, "").await.assert_status(200);
    app.execute("DELETE FROM tenant_memberships");
    program.list_findings(tenant.id, "").await.assert_problem(404, "not-found");
    administer(&app, |ctx, permit, conn| users::deactivate(ctx, permit, conn, &user.email));
    program.user_me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_users_token_made_for_less_does_less_than_the_role() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let user = app.member(&tenant, "owner").await;

    let program = user.program(&["tenant.view"]).await;

    let detail = program.get_my_tenant(tenant.id).await.assert_status(200);
    assert!(detail.body["actions"].as_array().unwrap().iter().all(|action| action["allowed"] == false), "{}", detail.text);
    program.list_findings(tenant.id, "").await.assert_problem(403, "capability-missing");
}

#[tokio::test]
async fn a_token_of_the_other_plane_finds_nothing_and_a_broken_one_is_nobodys() {
    let app = TestApp::start().await;
    let (operator, tenant) = (app.operator().await, app.tenant("Contoso"));
    let (of_operator, of_user) =
        (operator.program(&[OPS_VIEW]).await, app.member(&tenant, "owner").await.program(&["tenant.view"]).await);

    of_operator.get("/api/v1/admin/tenants").await.assert_problem(404, "not-found");
    of_user.get("/api/v1/system/tenants").await.assert_problem(404, "not-found");
    let token = of_operator.token();
    let swapped = token.replace("_sys_", "_adm_");
    for broken in [&token[..58], &format!("{token}0"), &swapped, "tatlas_", "tatlas_sys_"] {
        let caller = operator.with_credential(support::actor::Credential::Bearer(broken.to_owned()));
        caller.me().await.assert_problem(401, "unauthenticated");
        caller.user_me().await.assert_problem(401, "unauthenticated");
    }
    let in_cookie = support::actor::Credential::Cookie(format!("tenantatlas_system={token}"));
    operator.with_credential(in_cookie).me().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let program = owner.program(&[OPS_VIEW]).await;
    let written = || app.value("SELECT xmin::text || '/' || coalesce(last_used_at::text, '') FROM api_tokens");

    program.list_runs("").await.assert_status(200);
    let first = written();
    program.list_runs("").await.assert_status(200);
    assert_eq!(written(), first);
    app.clock().advance(Duration::from_secs(61));
    program.list_runs("").await.assert_status(200);

    assert_ne!(written(), first);
    assert!(owner.list_api_tokens("").await.body["items"][0]["last_used_at"].is_string());
}

#[tokio::test]
async fn audit_tells_the_program_from_the_person() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    let program = owner.program(&["platform.ops.controls.manage"]).await;
    let pause = support::actor::controls::global_pause();

    program.pause_control(support::actor::controls::RESTORE, &pause).await.assert_status(201);

    let rows = app.rows("SELECT action, actor_id, metadata -> 'api_token' AS token FROM audit_logs ORDER BY id DESC LIMIT 2");
    assert_eq!((&rows[0]["action"], &rows[0]["actor_id"]), (&json!("operational_control.paused"), &json!(owner.id)));
    assert_eq!(rows[0]["token"]["name"], "Program");
    assert_eq!((&rows[1]["action"], &rows[1]["token"]), (&json!("platform.api_tokens.created"), &json!(null)));
}

#[tokio::test]
async fn nobody_sees_or_revokes_the_tokens_of_others() {
    let app = TestApp::start().await;
    let (owner, other) = (app.operator().await, app.operator().await);
    let program = owner.program(&[OPS_VIEW]).await;

    other.revoke_api_token(newest_id(&owner).await).await.assert_problem(404, "not-found");
    assert_eq!(other.list_api_tokens("").await.body["items"], json!([]));
    program.list_runs("").await.assert_status(200);
}

#[tokio::test]
async fn under_an_idempotency_key_one_token_is_made_and_its_text_shown_once() {
    let app = TestApp::start().await;
    let owner = app.operator().await.with_header("idempotency-key", "once");
    let body = json!({ "name": "Program", "capabilities": [OPS_VIEW] });

    let first = owner.create_api_token(&body).await.assert_status(201);
    let again = owner.create_api_token(&body).await.assert_status(201);

    assert_eq!((again.header("idempotency-replayed"), first.header("idempotency-replayed")), (Some("true"), None));
    assert!(first.body["secret"].is_string() && again.body["secret"].is_null());
    assert_eq!((first.id(), first.header("location")), (again.id(), again.header("location")));
    assert_eq!(app.value("SELECT count(*) FROM api_tokens"), json!(1));
    let kept = app.value("SELECT body::text FROM idempotency_keys").to_string();
    assert!(!kept.contains("tatlas_sys_"), "{kept}");
    let other = json!({ "name": "Other", "capabilities": [OPS_VIEW] });
    owner.create_api_token(&other).await.assert_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn of_many_made_at_once_no_more_are_kept_than_one_may_have() {
    let app = TestApp::start().await;
    let owner = app.operator().await;
    owner.create_api_token(&json!({ "name": "First", "capabilities": [OPS_VIEW] })).await.assert_status(201);
    app.execute(
        "INSERT INTO api_tokens (plane, platform_user_id, name, capabilities, secret_hash, hash_key_id, hint, created_at, expires_at)
         SELECT plane, platform_user_id, name, capabilities, sha256(n::text::bytea), hash_key_id, hint, created_at, expires_at
           FROM api_tokens, generate_series(1, 98) n",
    );
    let wish = json!({ "name": "One more", "capabilities": [OPS_VIEW] });

    let attempts: JoinSet<_> = (0..8)
        .map(|_| {
            let (owner, wish) = (owner.clone(), wish.clone());
            async move { owner.create_api_token(&wish).await.status }
        })
        .collect();
    let mut answers = attempts.join_all().await;

    answers.sort_unstable();
    assert_eq!(answers, [201, 409, 409, 409, 409, 409, 409, 409]);
    owner.create_api_token(&wish).await.assert_problem(409, "too-many-tokens");
}

#[tokio::test]
async fn revoking_tokens_under_load_ends_those_at_once_on_every_node_and_refuses_nobody_else() {
    let app = TestApp::start().await;
    let second = app.second_server().await;
    let (owner, nodes) = (app.operator().await, [app.server().address, second.address]);
    let (kept, other) = (owner.program(&[OPS_VIEW]).await, app.operator().await.program(&[OPS_VIEW]).await);
    let is_over = Arc::new(AtomicBool::new(false));
    let mut visits = JoinSet::new();
    for visitor in [&kept, &other, &owner] {
        for node in nodes {
            let (visitor, is_over) = (visitor.at(node), is_over.clone());
            visits.spawn(async move {
                let mut answered = 0;
                while !is_over.load(Ordering::Relaxed) {
                    visitor.list_runs("").await.assert_status(200);
                    answered += 1;
                }
                answered
            });
        }
    }

    for _ in 0..10 {
        let program = owner.program(&[OPS_VIEW]).await;
        let id = newest_id(&owner).await;
        for node in nodes {
            program.at(node).list_runs("").await.assert_status(200);
        }
        owner.revoke_api_token(id).await.assert_status(204);
        for node in nodes {
            program.at(node).list_runs("").await.assert_problem(401, "unauthenticated");
        }
    }

    is_over.store(true, Ordering::Relaxed);
    assert!(visits.join_all().await.into_iter().all(|answered| answered > 0));
}

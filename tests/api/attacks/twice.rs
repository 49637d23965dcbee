//! Members, parameters and headers that stand in a request twice: readers differ in which of two they believe, so neither is.

use super::raw::{Connection, status};
use reqwest::Method;
use support::TestApp;
use support::actor::Credential;

const JSON: Option<&str> = Some("application/json");

#[tokio::test]
async fn a_member_that_stands_twice_is_refused_at_any_depth() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let pause = "/api/v1/system/ops/controls/findings.lifecycle.backfill/pause";
    let scope = "/api/v1/system/ops/runbooks/findings.lifecycle.backfill/preflight";
    for (path, body, pointers) in [
        (
            pause,
            r#"{"scope_type":"global","scope_type":"workspace","workspace_id":1,"reason_text":"Pager 4711"}"#,
            &["/scope_type"][..],
        ),
        (scope, r#"{"scope":{"mode":"all_tenants","\u006dode":"single_tenant","tenant_id":1}}"#, &["/scope/mode"]),
        (scope, r#"{"scope":{"mode":"all_tenants"},"scope":{"mode":"all_tenants"}}"#, &["/scope"]),
        (scope, r#"{"scope":[{"a":1,"a":1}],"b":0,"b":0}"#, &["/scope/0/a", "/b"]),
    ] {
        let answer = operator.send_text(Method::POST, path, JSON, body).await.assert_problem(422, "validation-failed");
        let answer = answer.assert_pointers(pointers);
        assert_eq!(answer.body["errors"][0]["code"], "duplicate", "{body}");
    }
    assert_eq!(app.value("SELECT count(*) FROM operational_control_activations"), 0);
}

#[tokio::test]
async fn a_query_parameter_or_a_header_that_stands_twice_is_refused() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    for path in ["/api/v1/system/tenants?limit=1&limit=2", "/api/v1/system/audit-logs?run_id=1&run_id=2"] {
        let answer = operator.get(path).await.assert_problem(422, "validation-failed");
        assert_eq!(answer.body["errors"][0]["code"], "duplicate", "{}", answer.text);
    }
    for (name, one, two) in [
        ("idempotency-key", "a", "b"),
        ("authorization", "Bearer a", "Bearer b"),
        ("content-type", "application/json", "text/plain"),
        ("break-glass-reason", "Pager 4711", "Pager 4712"),
        ("sec-fetch-site", "same-origin", "cross-site"),
    ] {
        let twice = operator.with_header(name, one).with_header(name, two);
        let answer = twice.get("/api/v1/system/tenants").await.assert_problem(400, "malformed-request");
        assert!(answer.body["detail"].as_str().unwrap().contains(name), "{}", answer.text);
    }
}

#[tokio::test]
async fn cookies_of_others_do_not_matter_and_of_two_of_ours_neither_is_believed() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    for (plane, browser) in [("system", app.cookie_operator().await), ("admin", app.cookie_member(&tenant, "owner").await)] {
        let Credential::Cookie(ours) = &browser.credential else { panic!("a browser has a cookie") };
        let name = format!("tenantatlas_{plane}");
        for (cookies, expected) in [
            (format!("theme=dark; {ours}").into_bytes(), 200),
            ([b"note=Gr\xfc\xdfe; ", ours.as_bytes()].concat(), 200),
            ([ours.as_bytes(), b";\xff=\xfe; =; x"].concat(), 200),
            (format!("{name}2=x; x{name}=y; {ours}").into_bytes(), 200),
            (format!("{ours}; {ours}").into_bytes(), 200),
            (format!("{ours}; {name}=tossed").into_bytes(), 401),
            (format!("{name}=tossed; {ours}").into_bytes(), 401),
            (format!("{name}=\r\nCookie: {ours}").into_bytes(), 401),
        ] {
            let head = format!("GET /api/v1/{plane}/auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ");
            let request = [head.as_bytes(), &cookies, b"\r\n\r\n"].concat();
            let answer = Connection::open(app.server().address).exchange(&request);
            assert_eq!(status(&answer), expected, "{}: {answer}", String::from_utf8_lossy(&cookies));
        }
    }
}

#[tokio::test]
async fn an_id_has_one_name() {
    let mut app = TestApp::start().await;
    app.allow_pending();
    let tenant = app.tenant("Contoso");
    let (operator, owner) = (app.operator().await, app.member(&tenant, "owner").await);
    app.pending_findings(&tenant, 1);
    let run = operator.start_backfill_of(tenant.id).await.assert_status(201).id();
    for (caller, before, id, after) in [
        (&operator, "/api/v1/system/ops/runs/", run, ""),
        (&owner, "/api/v1/admin/tenants/", tenant.id, ""),
        (&owner, "/api/v1/admin/tenants/", tenant.id, "/findings"),
    ] {
        caller.get(&format!("{before}{id}{after}")).await.assert_status(200);
        for other in [format!("0{id}"), format!("+{id}"), format!("%2B{id}"), format!("{id}.0"), format!("{id}%20")] {
            caller.get(&format!("{before}{other}{after}")).await.assert_problem(404, "not-found");
        }
    }
    for query in ["tenant_id=02", "tenant_id=%2B2", "workspace_id=0", "initiator=operator:02"] {
        let answer = operator.list_runs(query).await.assert_problem(422, "validation-failed");
        answer.assert_pointers(&[&format!("?{}", query.split('=').next().unwrap())]);
    }
    let sessions = operator.get("/api/v1/system/auth/sessions").await.assert_status(200);
    let session = sessions.body["items"][0]["id"].as_str().unwrap().to_owned();
    for other in [session.to_uppercase(), format!("{{{session}}}"), session.replace('-', "")] {
        let path = format!("/api/v1/system/auth/sessions/{other}");
        operator.send_text(Method::DELETE, &path, None, "").await.assert_problem(404, "not-found");
    }
}

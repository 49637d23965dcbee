//! Every operation of the API document, and how to call it so that it succeeds.

use serde_json::{Value, json};
use support::actor::alerts::{rule, webhook};
use support::actor::controls::{RESTORE, global_pause};
use support::actor::runbooks::{BACKFILL, all_tenants, reason, single_tenant};
use support::app::{ACCESS, PASSWORD};
use support::fixtures::Tenant;
use support::{Actor, Response, TestApp};
use tenantatlas::auth::capability;

/// Sent with a body, and yet nothing but a question; or changes nothing but what its caller is shown as unread.
const ONLY_LOOKS: [&str; 5] =
    ["preview_control", "read_notification", "read_all_notifications", "read_my_notification", "read_all_my_notifications"];

/// One operation of the document.
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// As `GET`.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// `x-required-capability`; none: it is enough to be signed in, or nothing is needed at all.
    pub capability: Option<String>,
    /// Who holds all of these does not need it; none: there is no other way.
    pub instead: Vec<String>,
    /// Whether it can be called without a credential.
    pub is_public: bool,
    /// All that the document says.
    pub document: Value,
}

impl Operation {
    /// Whether it may change something.
    pub fn is_mutating(&self) -> bool {
        self.method != "GET" && !ONLY_LOOKS.contains(&self.id.as_str())
    }

    /// Whether a program with an API token may not do it at all.
    pub fn is_person_only(&self) -> bool {
        self.document["x-person-only"] == json!(true)
    }

    /// Whether it takes a body of JSON.
    pub fn takes_json(&self) -> bool {
        self.document.pointer("/requestBody/content/application~1json").is_some()
    }

    /// Whether it belongs to the system plane.
    pub fn is_system(&self) -> bool {
        self.path.starts_with("/api/v1/system/")
    }

    /// Whether it belongs to the tenant plane.
    pub fn is_of_tenants(&self) -> bool {
        self.path.starts_with("/api/v1/admin/")
    }

    /// Whether it belongs to a plane.
    pub fn is_api(&self) -> bool {
        self.is_system() || self.is_of_tenants()
    }
}

/// The document as JSON.
pub fn document() -> Value {
    serde_json::from_str(&tenantatlas::server::document().to_json().unwrap()).unwrap()
}

/// Every operation, in the order of the document.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &Value)| {
        let each = |(method, operation): (&String, &Value)| Operation {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
            capability: operation["x-required-capability"].as_str().map(ToOwned::to_owned),
            instead: instead_of(operation["x-required-capability"].as_str()),
            is_public: operation["security"] == json!([{}]),
            document: operation.clone(),
        };
        methods.as_object().unwrap().iter().map(each).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// Those that the registry says are enough, held together.
fn instead_of(capability: Option<&str>) -> Vec<String> {
    let entry = capability.and_then(capability::find);
    entry.iter().flat_map(|entry| entry.instead).map(|other| other.name.to_owned()).collect()
}

/// Name of what belongs to whoever calls.
pub const OWN: &str = "Own of the caller";

/// A request that succeeds when its caller may make it.
pub struct Call<'a> {
    app: &'a TestApp,
    path: String,
    method: reqwest::Method,
    body: Option<Value>,
    tenant: Option<Tenant>,
}

impl Call<'_> {
    /// Somebody who may make it: the operator, or in the tenant plane an owner of the tenant.
    pub async fn caller(&self, app: &TestApp, admin: &Actor) -> Actor {
        match &self.tenant {
            Some(tenant) => {
                let owner = app.member(tenant, "owner").await;
                app.give_notifications_to(owner.id);
                owner
            }
            None => admin.clone(),
        }
    }

    /// The tenant that it is about, in the tenant plane.
    pub fn tenant(&self) -> &Tenant {
        self.tenant.as_ref().expect("a call of the tenant plane")
    }

    /// Makes the request.
    pub async fn send(&self, actor: &Actor) -> Response {
        let text = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        self.send_text(actor, &text).await
    }

    /// Makes the request with another body.
    pub async fn send_text(&self, actor: &Actor, body: &str) -> Response {
        let content_type = self.body.as_ref().map(|_| "application/json");
        self.hand_over(actor);
        actor.send_text(self.method.clone(), &self.path, content_type, body).await
    }

    /// What only its owner may touch becomes the caller's.
    fn hand_over(&self, actor: &Actor) {
        let column = if actor.email.starts_with("operator") { "platform_user_id" } else { "user_id" };
        for (table, name) in [("api_tokens", "name"), ("sessions", "user_agent")] {
            self.app.execute(&format!(
                "UPDATE {table} SET {column} = {id}, revoked_at = NULL WHERE {name} = '{OWN}' AND {column} IS NOT NULL AND {id} > 0",
                id = actor.id
            ));
        }
        if self.method == reqwest::Method::DELETE && self.path.contains("/auth/break-glass") && column == "platform_user_id" {
            self.app.execute(&format!(
                "UPDATE sessions SET break_glass_reason = 'Called as everybody', break_glass_expires_at = db_now() + interval '1 minute' \
                 WHERE platform_user_id = {}",
                actor.id
            ));
        }
    }

    /// The same request with a query.
    pub fn with_query(self, query: &str) -> Self {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        Self { path: format!("{}{sign}{query}", self.path), ..self }
    }

    /// What it sends, if it sends anything.
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The path, without anything in braces.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// Brings about what the operation needs to succeed. A new operation gets its line here.
pub async fn prepare<'a>(app: &'a TestApp, admin: &Actor, operation: &Operation) -> Call<'a> {
    let scene = Scene { app, admin };
    let tenant = operation.is_of_tenants().then(|| app.tenant("Contoso"));
    let own_finding = || tenant.as_ref().map(|own| app.finding(own, &json!({})).to_string()).unwrap_or_default();
    let (parameter, body) = match operation.id.as_str() {
        "login" | "issue_token" => {
            let (_, email) = app.create_operator(&[]);
            (String::new(), Some(json!({ "email": email, "password": PASSWORD })))
        }
        "user_login" | "user_token" => {
            let (_, email) = app.create_user();
            (String::new(), Some(json!({ "email": email, "password": PASSWORD })))
        }
        "user_logout" | "user_me" | "list_my_tenants" | "get_my_tenant" | "list_findings" | "summarize_findings" => {
            (String::new(), None)
        }
        "preflight_lifecycle_backfill" | "start_lifecycle_backfill" => {
            tenant.iter().for_each(|own| _ = app.legacy_findings(own, 3));
            (String::new(), Some(json!({})))
        }
        "list_operations" => (String::new(), None),
        "get_operation" | "list_operation_targets" | "watch_operation" => {
            let own = tenant.as_ref().expect("a call of the tenant plane");
            (scene.ended_run_of(own).await, None)
        }
        "import_findings" => (String::new(), Some(app.observation("CHECK.1"))),
        "get_finding" => (own_finding(), None),
        "update_finding" => (own_finding(), Some(json!({ "due_at": null }))),
        "list_token_capabilities" | "list_user_token_capabilities" => (String::new(), None),
        "list_sessions" | "list_user_sessions" | "logout_everywhere" | "user_logout_everywhere" | "end_break_glass" => {
            (String::new(), None)
        }
        "open_break_glass" => (String::new(), Some(json!({ "reason": "Called as everybody", "minutes": 5 }))),
        "revoke_session" => (scene.own_session("system", admin.id), None),
        "revoke_user_session" => (scene.own_session("admin", app.create_user().0), None),
        "list_api_tokens" | "list_user_api_tokens" => (String::new(), None),
        "create_api_token" => (String::new(), Some(json!({ "name": "Nightly", "capabilities": [ACCESS] }))),
        "create_user_api_token" => (String::new(), Some(json!({ "name": "Nightly", "capabilities": ["tenant.view"] }))),
        "revoke_api_token" => (scene.own_token("system", admin.id), None),
        "revoke_user_api_token" => (scene.own_token("admin", app.create_user().0), None),
        "list_alert_events" | "list_alert_rules" | "list_alert_destinations" | "list_alert_deliveries" => (String::new(), None),
        "create_alert_destination" => (String::new(), Some(webhook(&scene.new_name()))),
        "create_alert_rule" => {
            let destination = admin.made_destination(&webhook(&scene.new_name())).await;
            (String::new(), Some(rule(&scene.new_name(), destination)))
        }
        "get_alert_destination" | "delete_alert_destination" | "test_alert_destination" => {
            (admin.made_destination(&webhook(&scene.new_name())).await.to_string(), None)
        }
        "update_alert_destination" => {
            (admin.made_destination(&webhook(&scene.new_name())).await.to_string(), Some(json!({ "enabled": false })))
        }
        "get_alert_rule" | "delete_alert_rule" | "test_alert_rule" => (scene.alert_rule().await.to_string(), None),
        "update_alert_rule" => (scene.alert_rule().await.to_string(), Some(json!({ "enabled": false }))),
        "get_alert_delivery" => (scene.alert_delivery().await.to_string(), None),
        "retry_alert_delivery" => {
            let id = scene.alert_delivery().await;
            app.execute(&format!(
                "UPDATE alert_deliveries SET state = 'failed', reason = 'timed_out', finished_at = db_now() WHERE id = {id}"
            ));
            (id.to_string(), None)
        }
        "logout"
        | "me"
        | "list_workspaces"
        | "list_tenants"
        | "list_runbooks"
        | "list_runs"
        | "list_audit_actions"
        | "list_audit_logs"
        | "list_controls"
        | "get_dashboard"
        | "summarize_telemetry" => (String::new(), None),
        "list_notifications" | "watch_notifications" | "list_my_notifications" | "watch_my_notifications" => {
            (String::new(), None)
        }
        "read_all_notifications" | "read_all_my_notifications" => (String::new(), Some(json!({}))),
        "read_notification" => (scene.notification().await, None),
        "read_my_notification" => (scene.notification_of_users(tenant.as_ref().unwrap()), None),
        "healthz" | "readyz" | "metrics" => (String::new(), None),
        "explain_problem" => ("not-found".to_owned(), None),
        "get_runbook" => (BACKFILL.to_owned(), None),
        "preflight_runbook" => (BACKFILL.to_owned(), Some(json!({ "scope": all_tenants() }))),
        "get_control" | "list_control_history" => (BACKFILL.to_owned(), None),
        "preview_control" => (BACKFILL.to_owned(), Some(json!({ "action": "pause", "scope_type": "global" }))),
        // Not the backfill's, which other operations need.
        "pause_control" => (RESTORE.to_owned(), Some(global_pause())),
        "resume_control" => {
            admin.pause_control(RESTORE, &global_pause()).await;
            (RESTORE.to_owned(), Some(json!({ "scope_type": "global" })))
        }
        "start_run" => (BACKFILL.to_owned(), Some(scene.start_body().await)),
        "get_run" | "list_targets" | "list_run_audit" | "watch_run" => (scene.ended_run().await, None),
        "cancel_run" | "pause_run" => (scene.active_run().await, Some(json!({}))),
        "resume_run" => (scene.paused_run().await, Some(json!({}))),
        "retry_failed" => (scene.failed_run().await, Some(json!({ "reason": reason() }))),
        "acknowledge_run" => (scene.failed_run().await, Some(json!({ "note": "Ticket 4711" }))),
        unknown => panic!("say in this table how {unknown} is called"),
    };
    let of_tenant = tenant.as_ref().map_or(operation.path.clone(), |own| operation.path.replace("{tenant}", &own.id.to_string()));
    let mut path = match (of_tenant.find('{'), of_tenant.find('}')) {
        (Some(from), Some(to)) => format!("{}{parameter}{}", &of_tenant[..from], &of_tenant[to + 1..]),
        _ => of_tenant,
    };
    if operation.id == "import_findings" {
        path.push_str("?format=jsonl");
    }
    Call { app, path, method: operation.method.parse().unwrap(), body, tenant }
}

struct Scene<'a> {
    app: &'a TestApp,
    admin: &'a Actor,
}

impl Scene<'_> {
    /// A name that nothing has.
    fn new_name(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }

    async fn alert_rule(&self) -> i64 {
        let destination = self.admin.made_destination(&webhook(&self.new_name())).await;
        self.admin.made_rule(&rule(&self.new_name(), destination)).await
    }

    async fn alert_delivery(&self) -> i64 {
        let rule = self.alert_rule().await;
        self.admin.test_alert_rule(rule).await.assert_status(202).body["items"][0]["id"].as_i64().unwrap()
    }

    async fn start_body(&self) -> Value {
        let tenant = self.app.tenant("Contoso");
        self.app.legacy_findings(&tenant, 3);
        let scope = single_tenant(tenant.id);
        json!({ "preflight_id": self.admin.preflight(&scope).await.assert_status(200).id(), "scope": scope })
    }

    /// A token that [`Call::send_text`] makes the caller's own.
    fn own_token(&self, plane: &str, owner_id: i64) -> String {
        let column = if plane == "system" { "platform_user_id" } else { "user_id" };
        self.app.execute(&format!(
            "INSERT INTO api_tokens (plane, {column}, name, capabilities, secret_hash, hash_key_id, hint, expires_at) \
             VALUES ('{plane}', {owner_id}, '{OWN}', '{{}}', sha256(gen_random_uuid()::text::bytea), 'none', '0000', db_now() + interval '1 day')"
        ));
        self.app.value("SELECT max(id) FROM api_tokens").to_string()
    }

    /// A session that [`Call::send_text`] makes the caller's own.
    fn own_session(&self, plane: &str, owner_id: i64) -> String {
        let column = if plane == "system" { "platform_user_id" } else { "user_id" };
        let id = uuid::Uuid::new_v4();
        self.app.execute(&format!(
            "INSERT INTO sessions (id, plane, {column}, expires_at, renewable_until, carrier, user_agent) \
             VALUES ('{id}', '{plane}', {owner_id}, db_now() + interval '1 hour', db_now() + interval '1 hour', 'bearer', '{OWN}')"
        ));
        id.to_string()
    }

    async fn active_run(&self) -> String {
        let tenant = self.app.tenant("Contoso");
        self.app.legacy_findings(&tenant, 3);
        self.admin.start_backfill_of(tenant.id).await.assert_status(201).id().to_string()
    }

    async fn paused_run(&self) -> String {
        let id = self.active_run().await;
        self.admin.pause_run(id.parse().unwrap()).await.assert_status(202);
        id
    }

    async fn ended_run(&self) -> String {
        self.ended_run_of(&self.app.tenant("Contoso")).await
    }

    async fn ended_run_of(&self, tenant: &Tenant) -> String {
        self.app.legacy_findings(tenant, 3);
        let id = self.admin.start_backfill_of(tenant.id).await.assert_status(201).id();
        self.app.drain().await;
        id.to_string()
    }

    /// Its tenant is away just while a worker looks at it.
    async fn failed_run(&self) -> String {
        let tenant = self.app.tenant("Contoso");
        self.app.legacy_findings(&tenant, 3);
        let id = self.admin.start_backfill_of(tenant.id).await.assert_status(201).id();
        self.app.delete_tenant(&tenant);
        self.app.drain().await;
        self.app.execute(&format!("UPDATE tenants SET deleted_at = NULL WHERE id = {}", tenant.id));
        id.to_string()
    }

    /// That a run of the operator has ended.
    async fn notification(&self) -> String {
        let run = self.ended_run().await;
        self.app.value(&format!("SELECT id FROM notifications WHERE run_id = {run}")).to_string()
    }

    /// That a run of some user in this tenant has ended; whoever calls is taken for them.
    fn notification_of_users(&self, tenant: &Tenant) -> String {
        let (user_id, _) = self.app.create_user();
        self.app.notification_of_user(tenant, user_id).to_string()
    }
}

//! The product under test.

use crate::actor::Actor;
use crate::fixtures::{Tenant, Workspace};
use crate::postgres::TestDatabase;
use crate::server::{Options, Server};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tenantatlas::alerts::{Outbox, deliver};
use tenantatlas::auth::{capability, password};
use tenantatlas::db::{Address, Db, SessionLimits};
use tenantatlas::runs::lane;
use tenantatlas::runs::sweep::{self, Swept};
use tenantatlas::telemetry::upkeep::{self, Kept};

/// The password of every operator and user of the tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// Hashing takes a while; every operator and user of the tests gets this one.
static HASH: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD).expect("a hash"));

/// A server over a database of its own, and everything a test does beside calling it.
///
/// When it is dropped after a test that passed, no target of a run may be open, unless [`Self::allow_pending`] says so.
pub struct TestApp {
    // Dropped in this order: the server lets go of the database first.
    server: Server,
    worker: Db,
    looking: Mutex<Option<PgConnection>>,
    database: TestDatabase,
    options: Options,
    allow_pending: bool,
    made: AtomicU64,
}

/// A product in the making.
#[derive(Default)]
pub struct Builder {
    options: Options,
    database_server: Option<String>,
}

impl Builder {
    /// A setting by the name of its variable, as `TENANTATLAS_TRUSTED_PROXIES`.
    pub fn setting(mut self, variable: &str, value: &str) -> Self {
        self.options.settings.insert(variable.to_owned(), value.to_owned());
        self
    }

    /// With a worker of this many lanes beside the server.
    pub fn worker(mut self, lanes: usize) -> Self {
        self.options.lanes = lanes;
        self
    }

    /// On this PostgreSQL instead of the one that tests share.
    pub fn database_server(mut self, url: &str) -> Self {
        self.database_server = Some(url.to_owned());
        self
    }

    /// Starts it.
    pub async fn start(self) -> TestApp {
        let database = self.database_server.as_deref().map_or_else(TestDatabase::create, TestDatabase::create_on);
        let server = Server::start(&database.url, &self.options).await;
        let worker = Db::new(&Address::parse(&database.url).expect("an address"), 1, SessionLimits::WORKER);
        let options = self.options;
        TestApp { server, worker, looking: Mutex::default(), database, options, allow_pending: false, made: AtomicU64::new(0) }
    }
}

impl TestApp {
    /// The product as it is by default, without a worker: [`Self::drain`] is one.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// The product with options.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Open targets are left on purpose.
    pub fn allow_pending(&mut self) {
        self.allow_pending = true;
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// A second server over the same database.
    pub async fn second_server(&self) -> Server {
        Server::start(&self.database.url, &Options::default()).await
    }

    /// The address of the database.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// A connection to the database.
    pub fn db(&self) -> PgConnection {
        self.database.connect()
    }

    /// Runs a statement; returns how many rows it touched.
    #[track_caller]
    pub fn execute(&self, sql: &str) -> usize {
        self.look(|conn| diesel::sql_query(sql).execute(conn)).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The rows of a query, each as a JSON object.
    #[track_caller]
    pub fn rows(&self, sql: &str) -> Vec<Value> {
        let query = format!("SELECT to_jsonb(q) AS row FROM ({sql}) q");
        let rows: QueryResult<Vec<Row>> = self.look(|conn| diesel::sql_query(&query).load(conn));
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.into_iter().map(|row| row.row.unwrap_or_default()).collect()
    }

    /// Runs a statement on the connection kept for that: a new one each time is most of what looking again costs. After a
    /// fault of the database it is a new one.
    fn look<T>(&self, statement: impl Fn(&mut PgConnection) -> QueryResult<T>) -> QueryResult<T> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(conn) = looking.as_mut()
            && diesel::sql_query("SELECT 1").execute(conn).is_err()
        {
            *looking = None;
        }
        statement(looking.get_or_insert_with(|| self.db()))
    }

    /// The one value of a query.
    #[track_caller]
    pub fn value(&self, sql: &str) -> Value {
        let rows = self.rows(sql);
        assert_eq!(rows.len(), 1, "one row is expected of: {sql}");
        rows[0].as_object().and_then(|row| row.values().next().cloned()).unwrap_or_default()
    }

    /// Waits until so many wait for locks in the database.
    pub async fn wait_for_waiters(&self, number: i64) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while self.value(waiting).as_i64() < Some(number) {
            assert!(Instant::now() < deadline, "nobody waits for the lock");
            tokio::task::yield_now().await;
        }
    }

    /// Somebody without a credential.
    pub fn anonymous(&self) -> Actor {
        Actor::anonymous(self.server.address)
    }

    /// An operator with every capability, signed in with a bearer token.
    pub async fn operator(&self) -> Actor {
        self.operator_holding(&all_capabilities()).await
    }

    /// An operator who may enter the system plane and holds these capabilities, signed in with a bearer token.
    pub async fn operator_with(&self, capabilities: &[&str]) -> Actor {
        self.operator_holding(&[&[ACCESS], capabilities].concat()).await
    }

    /// An operator with exactly these capabilities, signed in with a bearer token.
    pub async fn operator_holding(&self, capabilities: &[&str]) -> Actor {
        let (id, email) = self.create_operator(capabilities);
        let signed_in = self.anonymous().signed_in(&email, PASSWORD).await;
        signed_in.known_as(id, email)
    }

    /// An operator with every capability, signed in with a cookie as a browser is.
    pub async fn cookie_operator(&self) -> Actor {
        let (id, email) = self.create_operator(&all_capabilities());
        let signed_in = self.anonymous().signed_in_with_cookie(&email, PASSWORD).await;
        signed_in.known_as(id, email)
    }

    /// An operator who has not signed in: id and e-mail address. The password is [`PASSWORD`].
    pub fn create_operator(&self, capabilities: &[&str]) -> (i64, String) {
        let email = format!("operator{}@example.com", self.next_number());
        let id = self.insert("platform_users", &json!({ "email": email, "name": "Olga Operator", "password_hash": *HASH }));
        self.execute(&format!(
            "INSERT INTO platform_user_capabilities (platform_user_id, capability) SELECT {id}, unnest('{{{}}}'::text[])",
            capabilities.join(",")
        ));
        (id, email)
    }

    /// A user who is no member of anything, signed in with a bearer token.
    pub async fn user(&self) -> Actor {
        let (id, email) = self.create_user();
        let signed_in = self.anonymous().signed_in_as_user(&email, PASSWORD).await;
        signed_in.known_as(id, email)
    }

    /// A user with this role in a tenant (`owner`, `manager`, `operator`, `readonly`), signed in with a bearer token.
    pub async fn member(&self, tenant: &Tenant, role: &str) -> Actor {
        let user = self.user().await;
        self.set_membership(user.id, tenant, role);
        user
    }

    /// A user with this role in a tenant, signed in with a cookie as a browser is.
    pub async fn cookie_member(&self, tenant: &Tenant, role: &str) -> Actor {
        let (id, email) = self.create_user();
        self.set_membership(id, tenant, role);
        let signed_in = self.anonymous().signed_in_as_user_with_cookie(&email, PASSWORD).await;
        signed_in.known_as(id, email)
    }

    /// A user who has not signed in: id and e-mail address. The password is [`PASSWORD`].
    pub fn create_user(&self) -> (i64, String) {
        let email = format!("user{}@example.com", self.next_number());
        (self.insert("users", &json!({ "email": email, "name": "Uma User", "password_hash": *HASH })), email)
    }

    /// Gives a user a role in a tenant, in place of another.
    pub fn set_membership(&self, user_id: i64, tenant: &Tenant, role: &str) {
        self.execute(&format!(
            "INSERT INTO tenant_memberships (user_id, tenant_id, workspace_id, role) VALUES ({user_id}, {}, {}, '{role}') \
             ON CONFLICT (user_id, tenant_id) DO UPDATE SET role = excluded.role",
            tenant.id, tenant.workspace_id
        ));
    }

    /// Makes a user a member of a workspace.
    pub fn add_to_workspace(&self, user_id: i64, workspace: &Workspace) {
        self.execute(&format!("INSERT INTO workspace_memberships (user_id, workspace_id) VALUES ({user_id}, {})", workspace.id));
    }

    /// Starts the product with one tenant, and a run over so many findings of it that no worker has begun yet.
    pub async fn with_run(findings: usize) -> (Self, Actor, i64) {
        let app = Self::start().await;
        let tenant = app.tenant("Contoso");
        app.pending_findings(&tenant, findings);
        let operator = app.operator().await;
        let run = operator.start_backfill_of_all().await.assert_status(201).id();
        (app, operator, run)
    }

    /// Works as one worker until nothing can be claimed any more; returns how many targets were worked on.
    pub async fn drain(&self) -> usize {
        self.on_worker(|conn| lane::drain(conn, uuid::Uuid::new_v4())).await
    }

    /// Sweeps once.
    pub async fn sweep(&self) -> Swept {
        self.on_worker(sweep::sweep).await
    }

    /// Sends every alert that is due, as one worker would; returns how many attempts that took.
    pub async fn deliver(&self) -> usize {
        let config = crate::server::config(&self.options);
        let outbox = self.on_worker(move |conn| Outbox::load(conn, &config)).await;
        deliver::drain(&self.worker, &outbox).await.expect("the database")
    }

    /// Keeps product usage up once, with the usual retention.
    pub async fn keep_up(&self) -> Kept {
        self.keep_up_for(90).await
    }

    /// Keeps product usage up once, and events for so many days.
    pub async fn keep_up_for(&self, days: u16) -> Kept {
        self.on_worker(move |conn| upkeep::keep_up(conn, days)).await
    }

    async fn on_worker<T, F>(&self, work: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&mut PgConnection) -> tenantatlas::error::Result<T> + Send + 'static,
    {
        let worker = self.worker.clone();
        let done = tokio::task::spawn_blocking(move || worker.run(work)).await.expect("the worker not to panic");
        done.unwrap_or_else(|error| panic!("{error}; {:?}", std::error::Error::source(&error)))
    }

    /// The clock of the product.
    pub fn clock(&self) -> Clock<'_> {
        Clock(self)
    }

    /// A number not given before.
    pub(crate) fn next_number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() || self.allow_pending {
            return;
        }
        let open = self
            .rows("SELECT run_id, tenant_id, state FROM run_targets WHERE state IN ('queued', 'waiting', 'running') ORDER BY id");
        assert!(open.is_empty(), "the test leaves open targets; drain them, or say allow_pending: {open:?}");
    }
}

/// The clock of the product: every time it reads comes from one function of the database.
pub struct Clock<'a>(&'a TestApp);

impl Clock<'_> {
    /// Sets the clock to a moment, as `2027-03-28T00:30:00Z`; it goes on from there.
    pub fn set(&self, moment: &str) {
        let seconds = self.0.value(&format!("SELECT extract(epoch FROM '{moment}'::timestamptz - clock_timestamp())::float8"));
        self.move_by(seconds.as_f64().expect("seconds"));
    }

    /// Moves the clock by exactly so much; it goes on from there.
    pub fn advance(&self, by: Duration) {
        let sql =
            "SELECT coalesce(substring(prosrc FROM 'secs => ([-0-9.]+)'), '0')::float8 FROM pg_proc WHERE proname = 'db_now'";
        self.move_by(self.0.value(sql).as_f64().expect("seconds") + by.as_secs_f64());
    }

    /// Moves the clock back, as a failover to a server whose clock is behind does; it goes on from there.
    pub fn step_back(&self, by: Duration) {
        let now = self.0.value("SELECT extract(epoch FROM db_now() - clock_timestamp())::float8");
        self.move_by(now.as_f64().expect("seconds") - by.as_secs_f64());
    }

    /// Makes each reading one second later than the one before, from now on, and nothing else move the clock.
    pub fn step_at_each_reading(&self) {
        let now = self.0.value("SELECT db_now()");
        self.0.execute("CREATE SEQUENCE IF NOT EXISTS clock_readings");
        self.0.execute("ALTER SEQUENCE clock_readings RESTART");
        self.0.execute("GRANT USAGE ON SEQUENCE clock_readings TO PUBLIC");
        self.0.execute(&format!(
            "CREATE OR REPLACE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql VOLATILE \
             AS 'SELECT timestamptz {now} + make_interval(secs => nextval(''clock_readings''))'",
            now = now.to_string().replace('"', "''")
        ));
    }

    /// The reading that comes after so many others, where each is a step, as an SQL expression.
    pub fn after_readings(&self, number: i64) -> String {
        let now = self.0.value("SELECT db_now()");
        format!("timestamptz '{}' + make_interval(secs => {number} + 1)", now.as_str().expect("a time"))
    }

    fn move_by(&self, seconds: f64) {
        self.0.execute(&format!(
            "CREATE OR REPLACE FUNCTION db_now() RETURNS timestamptz LANGUAGE sql VOLATILE \
             AS 'SELECT clock_timestamp() + make_interval(secs => {seconds})'"
        ));
    }
}

/// What everything in the system plane needs.
pub const ACCESS: &str = "platform.access_system_panel";

/// The name of every capability.
pub fn all_capabilities() -> Vec<&'static str> {
    capability::ALL.iter().map(|entry| entry.name).collect()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Jsonb>)]
    row: Option<Value>,
}

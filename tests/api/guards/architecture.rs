//! How the parts of `api/src` may lean on each other, where SQL stands, and how long things may be. The tables here are
//! the documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use support::source;
use tenantatlas::auth::tenant_capability;

/// Which part may import which, outside of `routes`. Everything may import [`FOUNDATION`] beside.
const EDGES: &[(&str, &[&str])] = &[
    (
        "runs",
        &["alerts", "runbooks", "controls", "findings", "telemetry", "tenancy", "audit", "idempotency", "notifications", "auth"],
    ),
    // A run that ends tells its initiator; what it tells are the words of runs.
    ("notifications", &["runs", "runbooks", "tenancy", "auth"]),
    ("runbooks", &["controls", "tenancy", "findings", "audit", "auth"]),
    // It shows what others know, and nothing leans on it.
    ("dashboard", &["runs", "controls", "telemetry", "audit", "alerts", "auth"]),
    ("controls", &["alerts", "audit", "tenancy", "auth"]),
    // It is told of events, and asks nobody what they are about.
    ("alerts", &["audit", "tenancy", "auth", "config"]),
    ("telemetry", &["auth", "audit"]),
    ("findings", &["tenancy", "audit", "auth"]),
    ("demo", &["findings", "tenancy", "audit", "auth"]),
    ("tenancy", &["audit", "auth"]),
    // Signing in is audited, and the audit log asks for a permit.
    ("audit", &["auth"]),
    ("auth", &["audit"]),
    ("idempotency", &[]),
    // The ways in.
    (
        "server",
        &[
            "http",
            "observability",
            "config",
            "alerts",
            "audit",
            "auth",
            "controls",
            "dashboard",
            "findings",
            "notifications",
            "runbooks",
            "runs",
            "telemetry",
            "tenancy",
        ],
    ),
    ("worker", &["runs", "alerts", "telemetry", "config"]),
    (
        "cli",
        &[
            "server",
            "worker",
            "config",
            "observability",
            "alerts",
            "audit",
            "auth",
            "controls",
            "demo",
            "findings",
            "runbooks",
            "runs",
            "telemetry",
            "tenancy",
        ],
    ),
    // What handlers share holds the keys and the live views; a request knows its operator.
    ("http", &["alerts", "auth", "runs", "notifications", "config", "idempotency"]),
    // What everything stands on.
    ("db", &[]),
    ("error", &[]),
    ("json", &[]),
    ("text", &[]),
    ("context", &[]),
    ("shares", &[]),
    ("config", &["auth"]),
    ("observability", &["config", "http"]),
    ("main", &[]),
    ("lib", &[]),
];
/// Imported by all.
const FOUNDATION: [&str; 6] = ["error", "context", "db", "json", "shares", "text"];
/// Slices whose routes are mounted; a route may put together what several slices know.
const SLICES: [&str; 11] =
    ["alerts", "audit", "auth", "controls", "dashboard", "findings", "notifications", "runbooks", "runs", "telemetry", "tenancy"];
/// Files over the limit that are to be split. The list only shrinks.
const TOO_LONG: &[&str] = &[];

const MOST_LINES_OF_A_FILE: usize = 400;
const MOST_LINES_OF_A_HANDLER: usize = 25;

#[test]
fn parts_import_each_other_only_along_the_allowed_edges() {
    let edges: BTreeMap<_, _> = EDGES.iter().copied().collect();
    let mut forbidden = BTreeSet::new();
    for file in files() {
        let allowed = edges.get(file.part()).unwrap_or_else(|| panic!("say in this table what {} may import", file.part()));
        for import in file.imports() {
            let composes = file.is_route() && (import == "http" || import == "idempotency" || SLICES.contains(&import.as_str()));
            let is_allowed = import == file.part() || FOUNDATION.contains(&import.as_str()) || allowed.contains(&import.as_str());
            if !is_allowed && !composes {
                forbidden.insert((file.name.clone(), import));
            }
        }
    }
    assert!(forbidden.is_empty(), "imports that no edge allows: {forbidden:#?}");
}

#[test]
fn nothing_imports_routes_but_the_server_and_the_extractor_of_the_caller() {
    for file in files().iter().filter(|file| file.name != "server.rs") {
        for import in file.code.split("crate::").skip(1).filter(|import| import.contains("::routes")) {
            let path = import.split([';', ' ', '>', '(', ',']).next().unwrap_or_default();
            // A request knows its caller, whose requests are counted.
            let knows_it = ["http/extract/mod.rs", "http/rate_limit.rs"].contains(&file.name.as_str());
            let is_the_caller =
                knows_it && path.trim_start_matches("auth::routes::").trim_start_matches('{').starts_with("Authentication");
            assert!(!path.contains("::routes") || is_the_caller || file.is_route(), "{} imports {path}", file.name);
        }
    }
}

#[test]
fn sql_stands_in_stores_only() {
    const SIGNS: [&str; 8] = [
        "sql_query",
        "diesel::insert_into",
        "diesel::update",
        "diesel::delete",
        "diesel::select",
        "db::schema",
        "batch_execute",
        "diesel::dsl",
    ];
    // LISTEN needs a connection of its own, beside the pool.
    const ELSEWHERE: [&str; 1] = ["worker/listen.rs"];
    for file in files() {
        let is_store = file.name.ends_with("/store.rs") || file.name.contains("/store/") || file.part() == "db";
        // The shape of a row may name its table.
        let code: String = file.code.lines().filter(|line| !line.contains("table_name = ")).collect();
        for sign in SIGNS.iter().filter(|sign| code.contains(**sign)) {
            assert!(is_store || ELSEWHERE.contains(&file.name.as_str()), "{}: {sign} belongs into a store", file.name);
        }
    }
}

#[test]
fn the_clock_is_read_into_a_value_in_one_place() {
    for file in files().iter().filter(|file| file.name != "db/clock.rs") {
        assert!(!file.code.contains("\"SELECT db_now()"), "{}: take a Moment of db::clock", file.name);
    }
}

#[test]
fn use_cases_know_neither_the_web_framework_nor_the_command_line() {
    for file in files().iter().filter(|file| SLICES.contains(&file.part()) && !file.is_route()) {
        for library in ["actix_web", "clap::", "HttpResponse"] {
            assert!(!file.code.contains(library), "{} knows {library}", file.name);
        }
    }
}

#[test]
fn handlers_only_translate() {
    let mut handlers = 0;
    for file in files().iter().filter(|file| file.is_route()) {
        let lines: Vec<&str> = file.code.lines().collect();
        for (at, _) in lines.iter().enumerate().filter(|(_, line)| is_route_attribute(line)) {
            let length = lines[at + 1..].iter().position(|line| *line == "}").unwrap() + 1;
            assert!(length <= MOST_LINES_OF_A_HANDLER, "{}: the handler has {length} lines", file.name);
            handlers += 1;
        }
    }
    assert!(handlers > 10, "the handlers were not found");
}

#[test]
fn no_file_is_a_drawer_for_everything_or_too_long() {
    const DRAWERS: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "shared"];
    let mut long = Vec::new();
    for file in files() {
        assert!(!file.name.split(['/', '.']).any(|part| DRAWERS.contains(&part)), "{} is a drawer", file.name);
        if file.lines > MOST_LINES_OF_A_FILE && file.name != "db/schema.rs" {
            long.push(file.name);
        }
    }
    assert_eq!(long, TOO_LONG, "files over {MOST_LINES_OF_A_FILE} lines (left), and those known (right)");
}

#[test]
fn names_of_capabilities_and_audit_actions_stand_in_their_registries_only() {
    let capabilities = tenantatlas::auth::capability::ALL.iter().map(|entry| (entry.name, "auth/capability.rs"));
    let actions = tenantatlas::audit::ACTIONS.iter().map(|row| (row.id, "audit/action.rs"));
    // Some are also the name of a control.
    let of_tenants = tenant_capability::ALL.iter().map(|entry| (entry.name, "auth/tenant_capability.rs"));
    let of_tenants = of_tenants.filter(|(name, _)| tenantatlas::controls::find(name).is_err());
    let names: Vec<_> = capabilities.chain(of_tenants).chain(actions).collect();
    for file in files() {
        // Examples in the API document are prose.
        let code: String = file.code.lines().filter(|line| !line.trim_start().starts_with("#[schema(example")).collect();
        for (name, registry) in &names {
            assert!(file.name == *registry || !code.contains(&format!("\"{name}\"")), "{} writes {name} itself", file.name);
        }
    }
}

/// What a transaction of the tenant plane may see follows from a permit.
#[test]
fn scopes_of_the_tenant_plane_are_made_by_the_auth_slice_only() {
    for file in files().iter().filter(|file| file.part() != "auth" && file.name != "db/floor.rs") {
        assert!(!file.code.contains("TenantScope::of"), "{} makes a scope itself", file.name);
        assert!(!file.code.contains("'role'") && !file.code.contains("SET LOCAL ROLE"), "{} changes the role", file.name);
    }
}

/// CTL-11: settings are read in one place, and none of them can open or close a controlled action.
#[test]
fn only_the_settings_and_the_command_line_read_the_environment() {
    // Where the programs of PostgreSQL are is found out by looking.
    const ALLOWED: [&str; 3] = ["config.rs", "context.rs", "db/embedded/binaries.rs"];
    for file in files().iter().filter(|file| file.part() != "cli" && !ALLOWED.contains(&file.name.as_str())) {
        assert!(!file.code.contains("env::var"), "{} reads the environment", file.name);
    }
    let settings = files().into_iter().find(|file| file.name == "config.rs").unwrap().code.to_lowercase();
    for word in ["control", "kill", "backfill", "restore", "runbook", "maintenance"] {
        assert!(!settings.contains(word), "a setting speaks of {word}");
    }
}

/// A source file without comments and tests.
struct File {
    name: String,
    code: String,
    lines: usize,
}

impl File {
    fn read(root: &std::path::Path, path: &PathBuf) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = own.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
        Self { name, code, lines: text.lines().count() }
    }

    fn part(&self) -> &str {
        self.name.split(['/', '.']).next().unwrap()
    }

    fn is_route(&self) -> bool {
        self.name.contains("/routes/")
    }

    /// The parts named after `crate::`, one by one or in braces.
    fn imports(&self) -> BTreeSet<String> {
        let after = self.code.split("crate::").skip(1);
        after
            .flat_map(|rest| if rest.starts_with('{') { group(rest) } else { vec![word(rest)] })
            .filter(|name| !name.is_empty())
            .collect()
    }
}

/// `{a, b::{c, d}, e}` names a, b and e.
fn group(text: &str) -> Vec<String> {
    let (mut depth, mut names, mut at_start) = (0, Vec::new(), false);
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            _ if depth == 1 && at_start && !character.is_whitespace() => names.push(word(&text[at..])),
            _ => {}
        }
        at_start = depth == 1 && (matches!(character, '{' | ',') || (at_start && character.is_whitespace()));
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|character| character.is_ascii_alphanumeric() || *character == '_').collect()
}

fn is_route_attribute(line: &str) -> bool {
    ["#[get(", "#[post(", "#[put(", "#[patch(", "#[delete("].iter().any(|start| line.starts_with(start))
}

/// Every source file that is no test.
fn files() -> Vec<File> {
    let root = source::root().join("api/src");
    let is_test = |file: &File| file.name.split(['/', '.']).any(|part| part == "tests");
    source::files(&root, "rs").iter().map(|path| File::read(&root, path)).filter(|file| !is_test(file)).collect()
}

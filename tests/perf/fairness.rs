//! A pause of a control beside each hog: callers that ask for as much as they get, many at once. `PERF_FINDINGS` (500,000) are
//! the findings that a search without a hit walks past, `PERF_PAUSES` (200) the pauses beside each hog.

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{self, Installation, PASSWORD};
use crate::legacy;
use crate::settings;
use crate::statistics::{longest, median, quantile, ratio};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::Actor;
use support::actor::alerts::{rule, webhook};
use support::actor::controls::{RESTORE, global_pause};
use support::actor::{ADMIN, Credential};
use tokio::task::JoinSet;

/// People of the large tenant.
const PEOPLE: usize = 20;
/// Rules that tell of each pause.
const RULES: usize = 200;

/// A request, by the number of the caller and how often that one has asked.
type Request = Arc<dyn Fn(usize, usize) -> RequestBuilder + Send + Sync>;

/// Callers that ask again and again.
struct Hog {
    name: &'static str,
    at_once: usize,
    request: Request,
}

pub fn run() -> Figures {
    let findings = settings::number("PERF_FINDINGS", 500_000);
    let pauses = settings::number("PERF_PAUSES", 200);
    let cluster = Cluster::start();
    let database = legacy::seed(&cluster, findings, 1);
    let installation = Installation::over(&database, 0);
    let (people, tenant) = people_of(&installation, &database);
    let mut figures = Figures::new("a pause beside each hog");
    figures.say(&format!(
        "One process of the release binary with default shares and no rate limit, the hogs on the same machine. A tenant of {findings} \
         findings and {PEOPLE} people. {pauses} pauses of a control beside each hog, each followed by a resume, one after the other, \
         by an operator over HTTP; between two hogs as many with nothing beside. A pause never fails."
    ));
    let mut rows = Vec::new();
    for hog in hogs(&installation, &database, &people, tenant) {
        let quiet = beside(&installation, None, pauses);
        let beside = beside(&installation, Some(&hog), pauses);
        rows.push(row(hog.name, hog.at_once, &quiet, &beside));
    }
    let quiet = beside(&installation, None, pauses);
    installation.runtime.block_on(make_rules(&installation.operator));
    rows.push(row("alert rules, each telling of each pause", RULES, &quiet, &beside(&installation, None, pauses)));
    figures.table(["hog", "at once", "was answered", "pause, median", "p99", "longest", "p99, of quiet"], &rows);
    figures.say(&format!(
        "Memory of the process afterwards {:.1} MiB, at most {:.1} MiB.",
        installation.server.memory("VmRSS") as f64 / 1024.0,
        installation.server.memory("VmHWM") as f64 / 1024.0
    ));
    figures
}

fn hogs(installation: &Installation, database: &Database, people: &[Actor], tenant: i64) -> Vec<Hog> {
    let anybody = installation.operator.with_credential(Credential::None);
    let by_anybody = |path: &'static str, encoding: &'static str| {
        let anybody = anybody.clone();
        move |_: usize, _: usize| anybody.request(Method::GET, path).header("accept-encoding", encoding)
    };
    let by_person = |method: Method, path: String, body: String| {
        let people = people.to_vec();
        move |caller: usize, _: usize| people[caller % people.len()].request(method.clone(), &path).body(body.clone())
    };
    let stranger = anybody.clone();
    let sign_in = move |caller: usize, asked: usize| {
        let body = json!({ "email": format!("nobody{caller}.{asked}@example.com"), "password": "a guess at it" });
        stranger.request(Method::POST, &format!("{ADMIN}/auth/token")).json(&body)
    };
    let token = json!({ "name": "Program", "capabilities": ["findings.view"] });
    let created = installation.runtime.block_on(people[0].create_user_api_token(&token)).assert_status(201).body;
    let program = anybody.with_credential(Credential::Bearer(created["secret"].as_str().expect("a secret").to_owned()));
    database.execute("DELETE FROM api_tokens");
    let by_forged_token = move |_: usize, _: usize| program.request(Method::GET, &format!("{ADMIN}/tenants"));
    let findings = format!("{ADMIN}/tenants/{tenant}/findings");
    let hog = |name, at_once, request: Request| Hog { name, at_once, request };
    vec![
        hog("API document, `br`", 100, Arc::new(by_anybody("/openapi.json", "br"))),
        hog("API document, `gzip`", 100, Arc::new(by_anybody("/openapi.json", "gzip"))),
        hog("readiness", 300, Arc::new(by_anybody("/readyz", "identity"))),
        hog("API tokens that nobody has", 100, Arc::new(by_forged_token)),
        hog("sign-in under new addresses", 100, Arc::new(sign_in)),
        hog(
            "search without a hit",
            100,
            Arc::new(by_person(Method::GET, format!("{findings}?search=nothinghas"), String::new())),
        ),
        hog("event streams", 400, Arc::new(by_person(Method::GET, format!("{ADMIN}/notifications/events"), String::new()))),
        hog("uploads", 40, Arc::new(by_person(Method::POST, format!("{findings}/import?format=jsonl"), scan()))),
    ]
}

/// A scan of 20,000 findings.
fn scan() -> String {
    let line = |number| {
        format!(
            "{{\"source\":\"scan\",\"type\":\"drift\",\"check_id\":\"c{number}\",\"verdict\":\"open\",\"seen_at\":\"2026-11-01T00:00:00Z\"}}\n"
        )
    };
    (0..20_000).map(line).collect()
}

/// Managers of the tenant, signed in, and the tenant.
fn people_of(installation: &Installation, database: &Database) -> (Vec<Actor>, i64) {
    let tenant = database.number("SELECT max(id) FROM allowed_tenants");
    let create = ["user", "create", "--email", "user0@example.com", "--name", "Person", "--password-stdin"];
    installation::complete(installation::command(database, &create), PASSWORD);
    database.execute(&format!(
        "INSERT INTO users (email, name, password_hash)
             SELECT 'user' || n || '@example.com', name, password_hash FROM users, generate_series(1, {PEOPLE} - 1) n;
         INSERT INTO tenant_memberships (user_id, tenant_id, workspace_id, role)
             SELECT u.id, t.id, t.workspace_id, 'manager' FROM users u, tenants t WHERE t.id = {tenant}"
    ));
    let anybody = installation.operator.with_credential(Credential::None);
    let sign_in = |n| installation.runtime.block_on(anybody.signed_in_as_user(&format!("user{n}@example.com"), PASSWORD));
    ((0..PEOPLE).map(sign_in).collect(), tenant)
}

async fn make_rules(operator: &Actor) {
    let destination = operator.create_alert_destination(&webhook("On call")).await.assert_status(201).id();
    for number in 0..RULES {
        operator.made_rule(&rule(&format!("Rule {number}"), destination)).await;
    }
}

/// Pauses beside a hog, and what that was answered.
struct Beside {
    pauses: Vec<Duration>,
    answers: BTreeMap<String, usize>,
}

fn beside(installation: &Installation, hog: Option<&Hog>, pauses: usize) -> Beside {
    installation.runtime.block_on(async {
        let (is_over, begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut callers = JoinSet::new();
        if let Some(hog) = hog {
            for caller in 0..hog.at_once {
                callers.spawn(ask(hog.request.clone(), caller, is_over.clone(), begun.clone()));
            }
            while begun.load(Ordering::SeqCst) < hog.at_once {
                tokio::task::yield_now().await;
            }
            // All of them are at it.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let mut times = Vec::new();
        for _ in 0..pauses {
            let begun = Instant::now();
            installation.operator.pause_control(RESTORE, &global_pause()).await.assert_status(201);
            times.push(begun.elapsed());
            installation.operator.resume_control(RESTORE, &json!({ "scope_type": "global" })).await.assert_status(200);
        }
        is_over.store(true, Ordering::SeqCst);
        let mut answers = BTreeMap::new();
        while let Some(seen) = callers.join_next().await {
            for (status, count) in seen.expect("a caller") {
                *answers.entry(status).or_default() += count;
            }
        }
        Beside { pauses: times, answers }
    })
}

/// Asks again and again until it is over; how often each answer came. A stream is kept until then.
async fn ask(request: Request, caller: usize, is_over: Arc<AtomicBool>, begun: Arc<AtomicUsize>) -> BTreeMap<String, usize> {
    let mut answers = BTreeMap::new();
    begun.fetch_add(1, Ordering::SeqCst);
    for asked in 0.. {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let answer = match request(caller, asked).send().await {
            Err(_) => "none".to_owned(),
            Ok(mut answer) => {
                let status = answer.status().as_u16().to_string();
                loop {
                    tokio::select! {
                        chunk = answer.chunk() => if !matches!(chunk, Ok(Some(_))) { break },
                        () = until_over(&is_over) => break,
                    }
                }
                status
            }
        };
        *answers.entry(answer).or_default() += 1;
    }
    answers
}

async fn until_over(is_over: &AtomicBool) {
    while !is_over.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn row(name: &str, at_once: usize, quiet: &Beside, beside: &Beside) -> [String; 7] {
    let (p99, of_quiet) = (quantile(&beside.pauses, 0.99), quantile(&quiet.pauses, 0.99));
    let answers: Vec<String> = beside.answers.iter().map(|(status, count)| format!("{status}: {count}")).collect();
    println!("{name}: p99 {p99:.1?}, quiet {of_quiet:.1?}; {}", answers.join(", "));
    [
        name.to_owned(),
        at_once.to_string(),
        if answers.is_empty() { "–".to_owned() } else { answers.join(", ") },
        format!("{:.1?}", median(&beside.pauses)),
        format!("{p99:.1?}"),
        format!("{:.1?}", longest(&beside.pauses)),
        format!("{:.1} ×", ratio(p99, of_quiet)),
    ]
}

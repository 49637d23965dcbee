//! The tenant plane of one large tenant: its list of findings, filtered and searched, with `PERF_FINDINGS` (1,000,000) of them,
//! over HTTP against pgbench with the SQL that the list sends; what is not there against what is not one's own; and an import
//! against `COPY` of the same rows.

mod import;
mod statements;

use crate::cluster::{Cluster, Database};
use crate::figures::Figures;
use crate::installation::{self, Installation, PASSWORD};
use crate::legacy;
use crate::settings;
use crate::statistics::{longest, median, quantile};
use std::time::{Duration, Instant};
use support::Actor;
use support::actor::ADMIN;

/// The member who asks.
const MEMBER: &str = "member@example.com";
/// Calls of each list.
const REPEATED: usize = 100;

pub fn run() -> Figures {
    let findings = settings::number("PERF_FINDINGS", 1_000_000);
    let cluster = Cluster::start();
    let mut figures = Figures::new("findings of a member's tenant");
    let database = legacy::seed(&cluster, findings, 1);
    let installation = Installation::over(&database, 0);
    let member = member_of(&installation, &database, 1);
    figures.say(&format!(
        "One tenant of {findings} findings as older versions wrote them; pages of 50 as a member, one request after the other. \
         pgbench runs the statements that the list sends, in the same transaction as `tenantatlas_tenant`, over one connection; \
         a request also looks up session and membership, and renders JSON."
    ));
    lists(&mut figures, &installation, &member, &database);
    to_the_end(&mut figures, &installation, &member, &database);
    absent(&mut figures, &installation, &member);
    drop(installation);
    cluster.drop(legacy::SEEDED);
    import::measure(&mut figures, &cluster);
    figures
}

/// A user who is manager of the tenant with this place among them, signed in.
fn member_of(installation: &Installation, database: &Database, place: i64) -> Actor {
    let create = ["user", "create", "--email", MEMBER, "--name", "Member", "--password-stdin"];
    installation::complete(installation::command(database, &create), PASSWORD);
    let tenant = tenant(database, place);
    database.execute(&format!(
        "INSERT INTO tenant_memberships (user_id, tenant_id, workspace_id, role) \
         SELECT u.id, t.id, t.workspace_id, 'manager' FROM users u, tenants t WHERE u.email = '{MEMBER}' AND t.id = {tenant}"
    ));
    let anybody = installation.operator.with_credential(support::actor::Credential::None);
    installation.runtime.block_on(anybody.signed_in_as_user(MEMBER, PASSWORD))
}

fn tenant(database: &Database, place: i64) -> i64 {
    database.number(&format!("SELECT id FROM allowed_tenants ORDER BY id OFFSET {place} - 1 LIMIT 1"))
}

fn lists(figures: &mut Figures, installation: &Installation, member: &Actor, database: &Database) {
    let tenant = tenant(database, 1);
    let middle = database.number("SELECT (min(id) + max(id)) / 2 FROM findings");
    // With the values of the statement after tenant and cursor.
    let cases = [
        ("first page", String::new(), vec![], REPEATED),
        ("in the middle", format!("cursor=c{middle:016x}"), vec![], REPEATED),
        ("overdue", "overdue=true".to_owned(), vec![], REPEATED),
        ("severity and status that are common", "severity=high&status=new".to_owned(), vec!["new", "high"], REPEATED),
        ("a word that titles have", "search=departs".to_owned(), vec!["departs"], REPEATED),
        ("a word that nothing has", "search=nothinghas".to_owned(), vec!["nothinghas"], REPEATED),
        ("hexadecimal digits that nothing has", "search=0000abcdef0000".to_owned(), vec!["0000abcdef0000"], REPEATED),
    ];
    let mut rows = Vec::new();
    for (name, query, words, repeated) in cases {
        let after = if query.starts_with("cursor") { middle } else { 0 };
        let values: Vec<String> =
            [tenant.to_string(), after.to_string()].into_iter().chain(words.iter().map(|w| format!("'{w}'"))).collect();
        let path = format!("{ADMIN}/tenants/{tenant}/findings?{query}");
        let times: Vec<Duration> = (0..repeated).map(|_| time(installation, member, &path)).collect();
        let ask = || _ = time(installation, member, &path);
        let bare = statements::pgbench(database, tenant, &values, repeated, ask);
        let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        let p99 = quantile(&times, 0.99);
        println!("{name}: {} p99, pgbench {}", ms(p99), ms(bare));
        let ratio = format!("{:.2}", p99.as_secs_f64() / bare.as_secs_f64());
        rows.push([name.to_owned(), ms(median(&times)), ms(p99), ms(longest(&times)), ms(bare), ratio]);
    }
    figures.table(["list", "median", "99th percentile", "longest", "pgbench, 99th percentile", "ratio"], &rows);
    let path = format!("{ADMIN}/tenants/{tenant}/findings/summary");
    let times: Vec<Duration> = (0..settings::rounds().max(5)).map(|_| time(installation, member, &path)).collect();
    println!("summary: {:?}", median(&times));
    figures.say(&format!(
        "All figures of the tenant's dashboard, which pass over all of its findings twice: {:.0} ms (median), {:.0} ms at most.",
        median(&times).as_secs_f64() * 1000.0,
        longest(&times).as_secs_f64() * 1000.0
    ));
}

/// Lists that hold nothing, from page to page until they are over.
fn to_the_end(figures: &mut Figures, installation: &Installation, member: &Actor, database: &Database) {
    let tenant = tenant(database, 1);
    let mut rows = Vec::new();
    for (name, query) in [
        ("overdue", "overdue=true"),
        ("a word that nothing has", "search=nothinghas"),
        ("hexadecimal digits that nothing has", "search=0000abcdef0000"),
    ] {
        let (mut answers, mut totals) = (Vec::new(), Vec::new());
        for _ in 0..settings::rounds() {
            let (begun, mut cursor, mut count) = (Instant::now(), String::new(), 0);
            loop {
                let asked = Instant::now();
                let page = installation.runtime.block_on(member.list_findings(tenant, &format!("{query}{cursor}")));
                answers.push(asked.elapsed());
                count += 1;
                let page = page.assert_status(200);
                assert_eq!(page.items().len(), 0);
                let Some(next) = page.body["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            totals.push((begun.elapsed(), count));
        }
        totals.sort_unstable();
        let (total, count) = totals[totals.len() / 2];
        let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1000.0);
        println!("{name} to the end: {} in {count} answers, p99 {}", ms(total), ms(quantile(&answers, 0.99)));
        let [each, p99, longest] = [median(&answers), quantile(&answers, 0.99), longest(&answers)].map(ms);
        rows.push([name.to_owned(), count.to_string(), ms(total), each, p99, longest]);
    }
    figures.say("The lists that hold nothing, read on to their end, one answer after the other:");
    figures.table(["list", "answers", "all of them, median", "each, median", "99th percentile", "longest"], &rows);
}

fn time(installation: &Installation, actor: &Actor, path: &str) -> Duration {
    let request = actor.request(reqwest::Method::GET, path);
    let begun = Instant::now();
    installation.runtime.block_on(async {
        let response = request.send().await.expect("an answer");
        assert!(response.status() == 200 || response.status() == 404, "{path} answered {}", response.status());
        response.bytes().await.expect("a body")
    });
    begun.elapsed()
}

/// Whether time tells what is not there from what is somebody else's.
fn absent(figures: &mut Figures, installation: &Installation, member: &Actor) {
    let cases = [
        ("a tenant", format!("{ADMIN}/tenants/1"), format!("{ADMIN}/tenants/999999999")),
        ("its findings", format!("{ADMIN}/tenants/1/findings"), format!("{ADMIN}/tenants/999999999/findings")),
    ];
    let mut rows = Vec::new();
    for (name, others, nobodys) in cases {
        // In turns, so that whatever else the machine does meets both alike.
        let both = (0..5 * REPEATED).map(|_| (time(installation, member, &others), time(installation, member, &nobodys)));
        let (others, nobodys): (Vec<_>, Vec<_>) = both.unzip();
        let (theirs, absent) = (median(&others), median(&nobodys));
        let ratio = theirs.as_secs_f64() / absent.as_secs_f64();
        rows.push([name.to_owned(), format!("{theirs:.2?}"), format!("{absent:.2?}"), format!("{ratio:.3}")]);
    }
    figures.say("404 for the platform's tenant, which is there, and for one that is not, in turns:");
    figures.table(["asked for", "not one's own, median", "not there, median", "ratio"], &rows);
}

//! `POST /tenants/{tenant}/findings/import` of the tenant plane (FND-02)

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use support::actor::ADMIN;
use support::fixtures::Tenant;
use support::table::with;
use support::{Actor, TestApp};

async fn manager_of_a_tenant() -> (TestApp, Tenant, Actor) {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let manager = app.member(&tenant, "manager").await;
    (app, tenant, manager)
}

/// Lines of a scan.
fn lines(observations: &[Value]) -> String {
    observations.iter().map(|observation| format!("{observation}\n")).collect()
}

fn assert_nothing_imported(app: &TestApp) {
    let rows = app.value("SELECT (SELECT count(*) FROM findings) + (SELECT count(*) FROM finding_scans)");
    assert_eq!((rows, app.audited("findings.imported").len()), (json!(0), 0));
}

#[tokio::test]
async fn a_manager_imports_a_scan_and_is_told_what_became_of_each_finding() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let passed = with(app.observation("CHECK.3"), json!({ "verdict": "resolved" }));
    let wrong = with(app.observation("CHECK.4"), json!({ "severity": "dreadful" }));
    let file = lines(&[app.observation("CHECK.1"), app.observation("CHECK.2"), passed, wrong]);

    let report = manager.import_findings(tenant.id, "jsonl", file).await.assert_status(200).body;

    assert_eq!(
        [&report["read"], &report["created"], &report["updated"], &report["unchanged"], &report["rejected_count"]],
        [&json!(4), &json!(2), &json!(0), &json!(1), &json!(1)]
    );
    assert_eq!((&report["rejected"][0]["line"], &report["rejected"][0]["code"]), (&json!(4), &json!("bad-severity")));
    assert_eq!(report["scan_already_imported"], false);
    let page = manager.list_findings(tenant.id, "").await.assert_status(200);
    assert_eq!(page.items().len(), 2);
    assert!(page.items().iter().all(|finding| finding["status"] == "new" && !finding["due_at"].is_null()));
    let row = app.audited("findings.imported").remove(0);
    assert_eq!((&row["actor_type"], &row["actor_id"]), (&json!("user"), &json!(manager.id)));
    assert_eq!((&row["tenant_id"], &row["metadata"]["created"]), (&json!(tenant.id), &json!(2)));
}

#[tokio::test]
async fn the_same_scan_again_changes_nothing_also_when_it_comes_twice_at_once() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let file = lines(&[app.observation("CHECK.1"), app.observation("CHECK.2")]);
    let other = app.member(&tenant, "owner").await;

    let (one, two) = tokio::join!(
        manager.import_findings(tenant.id, "jsonl", file.clone()),
        other.import_findings(tenant.id, "jsonl", file.clone())
    );
    let again = manager.import_findings(tenant.id, "jsonl", file).await.assert_status(200);

    let (one, two) = (one.assert_status(200).body, two.assert_status(200).body);
    assert_eq!(one["created"].as_i64().unwrap() + two["created"].as_i64().unwrap(), 2);
    assert_eq!((&again.body["scan_already_imported"], &again.body["unchanged"]), (&json!(true), &json!(2)));
    assert_eq!(app.value("SELECT count(*) FROM findings"), 2);
    assert_eq!(app.audited("findings.imported").len(), 1);
}

#[tokio::test]
async fn a_file_that_names_another_tenant_is_refused_and_one_that_names_none_is_taken_for_this_one() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let other = app.tenant("Fabrikam");
    app.set_membership(manager.id, &other, "manager");
    let of_other = with(app.observation("CHECK.2"), json!({ "tenant": other.external_id }));
    let mixed = lines(&[app.observation("CHECK.1"), of_other.clone()]);

    for file in [mixed, lines(std::slice::from_ref(&of_other))] {
        manager.import_findings(tenant.id, "jsonl", file).await.assert_problem(422, "tenant-mismatch");
    }
    let reserved = with(app.observation("CHECK.1"), json!({ "tenant": "platform" }));
    let refused = manager.import_findings(tenant.id, "jsonl", lines(&[reserved])).await;
    assert_eq!(refused.assert_problem(422, "unreadable-file").body["reason"], "reserved-tenant");
    assert_nothing_imported(&app);

    let own = with(app.observation("CHECK.1"), json!({ "tenant": tenant.external_id }));
    manager.import_findings(tenant.id, "jsonl", lines(&[own, app.observation("CHECK.3")])).await.assert_status(200);
    manager.import_findings(other.id, "jsonl", lines(&[of_other])).await.assert_status(200);
    let counts = app.rows("SELECT tenant_id, count(*) FROM findings GROUP BY 1 ORDER BY 1");
    assert_eq!(counts, [json!({ "tenant_id": tenant.id, "count": 2 }), json!({ "tenant_id": other.id, "count": 1 })]);
}

#[tokio::test]
async fn what_is_no_scan_is_refused_with_a_reason_whatever_it_says_it_is() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let line = app.observation("CHECK.1").to_string();
    let utf16: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let broken_at_the_end = format!("{}\n{{\"check_id\":", vec![line.as_str(); 2_000].join("\n"));
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("jsonl", Vec::new(), "empty"),
        ("jsonl", b" \n ".to_vec(), "empty"),
        ("jsonl", b"<html></html>".to_vec(), "not-json"),
        ("jsonl", utf16, "not-utf8"),
        // A gzip file, and a ZIP file.
        ("maester", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff".to_vec(), "compressed"),
        ("scubagear", b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe".to_vec(), "compressed"),
        ("scubagear", line.clone().into_bytes(), "wrong-format"),
        ("jsonl", broken_at_the_end.into_bytes(), "not-json"),
    ];
    for (format, file, reason) in cases {
        let refused = manager.import_findings(tenant.id, format, file).await.assert_problem(422, "unreadable-file");
        assert_eq!(refused.body["reason"], reason, "{}", refused.text);
    }
    assert_nothing_imported(&app);
}

#[tokio::test]
async fn forms_encodings_and_unknown_formats_are_refused_by_name() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let line = app.observation("CHECK.1").to_string();
    for (header, value) in
        [("content-type", "multipart/form-data; boundary=x"), ("content-encoding", "gzip"), ("content-encoding", "br")]
    {
        let path = format!("{ADMIN}/tenants/{}/findings/import?format=jsonl", tenant.id);
        let sender = manager.with_header(header, value);
        sender.send_text(reqwest::Method::POST, &path, None, &line).await.assert_problem(415, "unsupported-media-type");
    }
    manager
        .import_findings(tenant.id, "pdf", line.clone())
        .await
        .assert_problem(422, "validation-failed")
        .assert_pointers(&["?format"]);
    let without = format!("{ADMIN}/tenants/{}/findings/import", tenant.id);
    let refused = manager.send_text(reqwest::Method::POST, &without, None, &line).await;
    refused.assert_problem(422, "validation-failed").assert_pointers(&["?format"]);
    assert_nothing_imported(&app);
    // Other types are not believed either, but the file is looked at.
    let path = format!("{ADMIN}/tenants/{}/findings/import?format=jsonl", tenant.id);
    for kind in ["image/png", "application/x-www-form-urlencoded"] {
        manager.send_text(reqwest::Method::POST, &path, Some(kind), &line).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_by_what_it_says_and_by_what_comes() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let head = |length: &str| {
        format!(
            "POST {ADMIN}/tenants/{}/findings/import?format=jsonl HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{length}\r\n\r\n",
            tenant.id,
            manager.token()
        )
    };
    let declared = head(&format!("Content-Length: {}", 128 * 1024 * 1024 + 1));
    let chunked = head("Transfer-Encoding: chunked");
    let address = app.server().address;
    let (told_at_once, told_later) = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(declared.as_bytes()).unwrap();
        let told_at_once = first_line(&mut stream);
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(chunked.as_bytes()).unwrap();
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
        // Until the server has had enough.
        (0..130).take_while(|_| stream.write_all(&chunk).is_ok()).count();
        (told_at_once, first_line(&mut stream))
    })
    .await
    .unwrap();

    assert!(told_at_once.contains("413"), "{told_at_once}");
    // Who goes on sending may find the line closed instead.
    assert!(told_later.contains("413") || told_later.is_empty(), "{told_later}");
    assert_nothing_imported(&app);
}

fn first_line(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut room = [0; 4_096];
    while !answer.contains(&b'\n') {
        match stream.read(&mut room) {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&room[..read]),
        }
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let line = format!("{}\n", app.observation("CHECK.1"));
    let head = format!(
        "POST {ADMIN}/tenants/{}/findings/import?format=jsonl HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{line}",
        tenant.id,
        manager.token(),
        2 * line.len()
    );
    let address = app.server().address;
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        first_line(&mut stream)
    })
    .await
    .unwrap();
    assert_nothing_imported(&app);
    // The place of the upload is free again, and so are all others.
    for n in 0..10 {
        manager.import_findings(tenant.id, "jsonl", app.observation(&format!("CHECK.{n}")).to_string()).await.assert_status(200);
    }
}

#[tokio::test]
async fn of_many_rejections_the_first_thousand_are_listed_and_all_are_counted() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let wrong = with(app.observation("CHECK.1"), json!({ "severity": "dreadful" })).to_string();
    let file = format!("{}\n{}", vec![wrong.as_str(); 1_200].join("\n"), app.observation("CHECK.2"));

    let report = manager.import_findings(tenant.id, "jsonl", file).await.assert_status(200).body;

    assert_eq!((report["rejected_count"].as_i64(), report["rejected"].as_array().unwrap().len()), (Some(1_200), 1_000));
    assert_eq!(report["created"], 1);
}

#[tokio::test]
async fn an_import_waits_for_the_tenant_and_not_for_others() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let other = app.tenant("Fabrikam");
    app.set_membership(manager.id, &other, "manager");
    app.pending_findings(&tenant, 2);
    app.operator().await.start_backfill_of(tenant.id).await.assert_status(201);
    let mut worker = app.hand_worker();
    let mut work = worker.claim();
    // Between two steps the tenant is free.
    manager.import_findings(tenant.id, "jsonl", app.observation("CHECK.1").to_string()).await.assert_status(200);
    manager.import_findings(other.id, "jsonl", app.observation("CHECK.1").to_string()).await.assert_status(200);
    worker.finish(&mut work);
    assert_eq!(app.value("SELECT outcome FROM operation_runs"), "succeeded");
}

#[tokio::test]
async fn a_tenant_that_is_not_ones_own_takes_nothing() {
    let (app, tenant, _) = manager_of_a_tenant().await;
    let stranger = app.member(&app.tenant("Fabrikam"), "owner").await;
    let line = app.observation("CHECK.1").to_string();
    for id in [tenant.id.to_string(), app.platform_tenant_id().to_string(), "-1".to_owned(), "99999999999999999999".to_owned()] {
        stranger.import_findings(id, "jsonl", line.clone()).await.assert_problem(404, "not-found");
    }
    for role in ["operator", "readonly"] {
        let member = app.member(&tenant, role).await;
        member.import_findings(tenant.id, "jsonl", line.clone()).await.assert_problem(403, "capability-missing");
    }
    assert_nothing_imported(&app);
}

/// Every real file beside the project, with its format.
fn real_files() -> Vec<(std::path::PathBuf, &'static str)> {
    let root = support::source::root().join("../shared/data");
    let mut files = Vec::new();
    for format in ["scubagear", "maester", "ocsf"] {
        for entry in std::fs::read_dir(root.join(format)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let is_config = path.file_name().is_some_and(|name| name.to_string_lossy().contains("config"));
            if path.extension().is_some_and(|ending| ending == "json") && !is_config {
                files.push((path, format));
            }
        }
    }
    files
}

/// The directory id that a file names, wherever its format does.
fn named_tenant(file: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)).ok()?;
    let places = ["/MetaData/TenantId", "/TenantId", "/0/cloud/account/uid"];
    places.iter().find_map(|place| {
        json.pointer(place)?.as_str().filter(|id| !id.is_empty() && !id.starts_with('<')).map(ToOwned::to_owned)
    })
}

#[tokio::test]
async fn every_real_file_is_imported_by_upload_and_then_known() {
    let files = real_files();
    if files.is_empty() {
        eprintln!("skipped: no real files beside the project");
        return;
    }
    let (app, tenant, manager) = manager_of_a_tenant().await;
    for (path, format) in files {
        let file = std::fs::read(&path).unwrap();
        let name = path.display();
        app.execute("DELETE FROM findings");
        app.execute("DELETE FROM finding_scans");
        app.execute(&format!("UPDATE tenants SET external_id = 'not in any file' WHERE id = {}", tenant.id));
        let first = manager.import_findings(tenant.id, format, file.clone()).await;
        let report = match named_tenant(&file) {
            None => first.assert_status(200),
            Some(id) => {
                first.assert_problem(422, "tenant-mismatch");
                app.execute(&format!("UPDATE tenants SET external_id = '{}' WHERE id = {}", id.to_lowercase(), tenant.id));
                manager.import_findings(tenant.id, format, file.clone()).await.assert_status(200)
            }
        };
        assert!(report.body["read"].as_i64() > Some(0) && report.body["rejected_count"] == 0, "{name}: {}", report.text);
        let again = manager.import_findings(tenant.id, format, file).await.assert_status(200);
        assert_eq!(again.body["scan_already_imported"], true, "{name}");
        assert_eq!(app.value("SELECT count(*) FROM findings"), report.body["created"], "{name}");
    }
}

#[tokio::test]
async fn a_file_that_would_give_a_tenant_more_findings_than_it_may_have_is_refused_whole() {
    let app = TestApp::builder().setting("TENANTATLAS_FINDINGS_PER_TENANT", "3").start().await;
    let tenant = app.tenant("Contoso");
    let manager = app.member(&tenant, "manager").await;
    let first = lines(&[app.observation("CHECK.1"), app.observation("CHECK.2")]);
    manager.import_findings(tenant.id, "jsonl", first).await.assert_status(200);
    let seen_again = with(app.observation("CHECK.1"), json!({ "severity": "critical", "seen_at": app.days_ago(0) }));
    let more = lines(&[seen_again, app.observation("CHECK.3"), app.observation("CHECK.4")]);
    let before = app.rows("SELECT * FROM findings ORDER BY id");

    let refused = manager.import_findings(tenant.id, "jsonl", more.clone()).await.assert_problem(409, "limit-reached");

    let detail = "Contoso has 2 findings, and the file would add 2; a tenant has 3 at most. Nothing was imported.";
    assert_eq!(refused.body["detail"], detail);
    assert_eq!([&refused.body["limit"], &refused.body["present"], &refused.body["added"]], [&json!(3), &json!(2), &json!(2)]);
    assert_eq!(
        (app.rows("SELECT * FROM findings ORDER BY id"), app.value("SELECT count(*) FROM finding_scans")),
        (before, json!(1))
    );
    let tenant_id = tenant.id.to_string();
    let args = ["findings", "import", "--format", "jsonl", "--tenant", &tenant_id, "-"];
    let at_the_terminal = support::cli::command(app.database_url())
        .env("TENANTATLAS_FINDINGS_PER_TENANT", "3")
        .args(args)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut at_the_terminal = at_the_terminal.unwrap();
    at_the_terminal.stdin.take().unwrap().write_all(more.as_bytes()).unwrap();
    let output = at_the_terminal.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains(detail), "{output:?}");

    let room = lines(&[app.observation("CHECK.1"), app.observation("CHECK.5")]);
    manager.import_findings(tenant.id, "jsonl", room).await.assert_status(200);
}

#[tokio::test]
async fn findings_that_a_scan_does_not_contain_any_more_are_marked_listed_and_resolved_if_asked() {
    let (app, tenant, manager) = manager_of_a_tenant().await;
    let observed = |check: &str, resource: &str, seen_at| {
        with(app.observation(check), json!({ "resource": resource, "account": "sub-1", "seen_at": app.days_ago(seen_at) }))
    };
    let first = lines(&[observed("CHECK.1", "gone", 2), observed("CHECK.1", "there", 2), observed("CHECK.2", "gone", 2)]);
    manager.import_findings(tenant.id, "jsonl", first).await.assert_status(200);
    let second = lines(&[observed("CHECK.1", "there", 1)]);
    let report = manager.import_findings(tenant.id, "jsonl", second.clone()).await.assert_status(200).body;
    assert_eq!((&report["updated"], &report["unobserved"]), (&json!(1), &json!(1)));

    let marked = manager.list_findings(tenant.id, "unobserved=true").await.assert_status(200);
    let [gone] = marked.items() else { panic!("{:?}", marked.body) };
    assert_eq!((&gone["check_id"], &gone["resource"], &gone["account"]), (&json!("CHECK.1"), &json!("gone"), &json!("sub-1")));
    assert!(gone["unobserved_since"].is_string(), "{gone}");
    let others = manager.list_findings(tenant.id, "unobserved=false").await.assert_status(200);
    assert_eq!(others.items().iter().filter(|other| other["unobserved_since"].is_null()).count(), 2);

    let report = manager.import_findings(tenant.id, "jsonl&resolve_unobserved=true", second).await.assert_status(200).body;
    assert_eq!((&report["scan_already_imported"], &report["unobserved"]), (&json!(true), &json!(1)));
    let resolved = manager.list_findings(tenant.id, "status=resolved").await.assert_status(200);
    let [resolved] = resolved.items() else { panic!("{:?}", resolved.body) };
    assert_eq!((&resolved["resource"], &resolved["closed_reason"]), (&json!("gone"), &json!("not_observed")));
    assert_eq!(resolved["unobserved_since"], Value::Null, "a resolved finding is not looked for any more");
    assert_eq!(manager.list_findings(tenant.id, "unobserved=true").await.assert_status(200).ids(), Vec::<i64>::new());
}

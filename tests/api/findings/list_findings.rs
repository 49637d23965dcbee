//! `GET /tenants/{tenant}/findings` of the tenant plane

use serde_json::{Value, json};
use support::fixtures::Tenant;
use support::{Actor, TestApp};

/// Findings of Contoso, oldest first: ids in the order of the numbers in the tests.
struct Findings {
    app: TestApp,
    tenant: Tenant,
    reader: Actor,
    ids: Vec<i64>,
}

async fn findings() -> Findings {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (late, soon) = (app.days_ago(1), app.days_ago(-1));
    let columns = [
        json!({ "severity": "critical", "due_at": late, "due_source": "sla", "title": "Legacy authentication is BLOCKED" }),
        json!({ "severity": "low", "status": "triaged", "due_at": soon, "due_source": "sla", "type": "drift", "check_id": "MS.EXO.7v1",
                "source": "maester" }),
        json!({ "status": "closed", "due_at": late, "due_source": "person", "title": "100% of_users\\admins" }),
        json!({ "status": "acknowledged", "resource": "Größe/legacy", "type": "permission_posture" }),
        json!({ "status": "risk_accepted", "severity": "critical", "type": "entra_admin_roles" }),
    ];
    let ids: Vec<i64> = columns.iter().map(|columns| app.finding(&tenant, columns)).collect();
    app.finding(
        &tenant,
        &json!({ "status": "closed", "closed_reason": "consolidated_duplicate", "consolidated_into_id": ids[0] }),
    );
    let reader = app.member(&tenant, "readonly").await;
    Findings { app, tenant, reader, ids }
}

#[tokio::test]
async fn the_search_knows_the_case_of_letters_of_every_script_in_every_locale_of_the_database() {
    let app = TestApp::start().await;
    // The locale in which the database itself knows no letter beyond ASCII.
    assert_eq!(app.value("SELECT lower('Ä' COLLATE \"C\")"), "Ä");
    let tenant = app.tenant("ÜBERALL GmbH");
    let titles = ["ÄRGER mit É", "ΟΔΟΣ 7", "ЖУРНАЛ аудита", "straße"];
    let ids: Vec<i64> = titles.iter().map(|title| app.finding(&tenant, &json!({ "title": title }))).collect();
    let (reader, operator) = (app.member(&tenant, "readonly").await, app.operator().await);
    for (search, expected) in [("ärger", 0), ("ÄRGER MIT é", 0), ("οδος", 1), ("οδοΣ", 1), ("журнал АУДИТА", 2), ("STRAßE", 3)]
    {
        let found = reader.list_findings(tenant.id, &format!("search={search}")).await.assert_status(200).ids();
        assert_eq!(found, [ids[expected]], "{search}");
    }
    assert_eq!(operator.list_tenants("search=übeRALL").await.assert_status(200).ids(), [tenant.id]);
    assert_eq!(reader.list_my_tenants("search=übeRALL").await.assert_status(200).ids(), [tenant.id]);
}

#[tokio::test]
async fn every_filter_finds_its_findings_newest_first_and_no_folded_duplicate() {
    let Findings { app, tenant, reader, ids } = &findings().await;
    app.finding(&app.tenant("Fabrikam"), &json!({}));
    let fingerprint = app.value(&format!("SELECT encode(fingerprint, 'hex') FROM findings WHERE id = {}", ids[1]));
    let part = &fingerprint.as_str().unwrap()[10..50];
    for (query, expected) in [
        (String::new(), vec![4, 3, 2, 1, 0]),
        ("status=new".to_owned(), vec![0]),
        ("status=acknowledged".to_owned(), vec![3]),
        ("status=resolved".to_owned(), vec![]),
        ("severity=critical".to_owned(), vec![4, 0]),
        ("severity=critical&status=risk_accepted".to_owned(), vec![4]),
        ("type=drift".to_owned(), vec![1]),
        ("type=posture&severity=high".to_owned(), vec![2]),
        ("overdue=true".to_owned(), vec![0]),
        ("overdue=false".to_owned(), vec![4, 3, 2, 1]),
        ("search=legacy".to_owned(), vec![3, 0]),
        ("search=LEGACY&type=posture".to_owned(), vec![0]),
        ("search=blocked".to_owned(), vec![0]),
        ("search=100%25".to_owned(), vec![2]),
        ("search=f_u".to_owned(), vec![2]),
        ("search=s%5Ca".to_owned(), vec![2]),
        ("search=%25".to_owned(), vec![2]),
        ("search=_".to_owned(), vec![2]),
        ("search=nowhere".to_owned(), vec![]),
        ("search=ms.exo".to_owned(), vec![1]),
        ("search=MAESTER".to_owned(), vec![1]),
        ("source=maester".to_owned(), vec![1]),
        ("source=Maester".to_owned(), vec![]),
        ("check_id=MS.EXO.7v1".to_owned(), vec![1]),
        ("check_id=MS.EXO".to_owned(), vec![]),
        (format!("search={part}"), vec![1]),
        (format!("search={}", part.to_uppercase()), vec![1]),
    ] {
        let expected: Vec<i64> = expected.into_iter().map(|number: usize| ids[number]).collect();
        assert_eq!(reader.list_findings(tenant.id, &query).await.assert_status(200).ids(), expected, "{query}");
    }
}

#[tokio::test]
async fn the_counts_of_each_severity_are_those_of_the_lists() {
    let Findings { app, tenant, reader, .. } = &findings().await;
    app.finding(tenant, &json!({ "severity": "critical", "unobserved_since": app.days_ago(0) }));
    app.finding(&app.tenant("Fabrikam"), &json!({ "severity": "critical" }));
    let counts = reader.summarize_findings(tenant.id).await.assert_status(200).body;
    let of = |severity: &str, counts: [i64; 5]| {
        let [open, new, overdue, due_soon, unobserved] = counts;
        json!({ "severity": severity, "open": open, "new": new, "overdue": overdue, "due_soon": due_soon, "unobserved": unobserved })
    };
    assert_eq!(
        counts["items"],
        json!([
            of("critical", [2, 2, 1, 0, 1]),
            of("high", [1, 0, 0, 0, 0]),
            of("medium", [0; 5]),
            of("low", [1, 0, 0, 1, 0]),
            of("informational", [0; 5]),
        ])
    );
    for (filter, expected) in [("status=new&severity=critical", 2), ("overdue=true", 1), ("unobserved=true", 1)] {
        assert_eq!(reader.list_findings(tenant.id, filter).await.assert_status(200).ids().len(), expected, "{filter}");
    }
}

#[tokio::test]
async fn the_summary_knows_the_mean_age_the_newest_scan_and_each_of_thirty_days() {
    let app = TestApp::start().await;
    app.clock().set("2026-11-30T12:00:00Z");
    let tenant = app.tenant("Contoso");
    let reader = app.member(&tenant, "owner").await;
    let empty = reader.summarize_findings(tenant.id).await.assert_status(200).body;
    assert_eq!(
        (&empty["mean_age_days"], &empty["last_scan"], empty["trend"].as_array().unwrap().len()),
        (&Value::Null, &Value::Null, 30)
    );
    for days in [2, 4] {
        app.finding(&tenant, &json!({ "first_seen_at": app.days_ago(days) }));
    }
    let closed = app.days_ago(1);
    app.finding(&tenant, &json!({ "status": "closed", "first_seen_at": app.days_ago(40), "closed_at": closed }));
    reader.import_findings(tenant.id, "jsonl", app.observation("SCANNED.1").to_string()).await.assert_status(200);

    let summary = reader.summarize_findings(tenant.id).await.assert_status(200).body;

    let age = summary["mean_age_days"].as_f64().unwrap();
    assert!((age - (2.0 + 4.0 + 1.0) / 3.0).abs() < 0.01, "{age}");
    assert_eq!(summary["last_scan"]["scanned_at"], "2026-11-29T12:00:00Z");
    let days = summary["trend"].as_array().unwrap();
    let of = |day: &str| days.iter().find(|one| one["day"] == day).map(|one| (one["opened"].clone(), one["ended"].clone()));
    assert_eq!((days[0]["day"].as_str(), days[29]["day"].as_str()), (Some("2026-11-01"), Some("2026-11-30")));
    assert_eq!(of("2026-11-26"), Some((json!(1), json!(0))));
    assert_eq!(of("2026-11-28"), Some((json!(1), json!(0))));
    assert_eq!(of("2026-11-29"), Some((json!(1), json!(1))));
    assert_eq!(of("2026-11-30"), Some((json!(0), json!(0))));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_while_findings_arrive() {
    let Findings { app, tenant, reader, ids } = &findings().await;
    let first = reader.list_findings(tenant.id, "limit=2&overdue=false").await.assert_status(200);
    assert_eq!(first.ids(), [ids[4], ids[3]]);
    app.finding(tenant, &json!({}));

    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = reader.list_findings(tenant.id, &format!("limit=2&overdue=false&cursor={cursor}")).await.assert_status(200);

    assert_eq!((second.ids(), &second.body["next_cursor"]), (vec![ids[2], ids[1]], &Value::Null));
}

#[tokio::test]
async fn a_page_of_findings_with_very_much_evidence_ends_early_and_leads_on() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let member = app.member(&tenant, "readonly").await;
    // As much evidence as a finding may have, which is stored compressed, and a small one before and behind.
    let first = app.finding(&tenant, &json!({}));
    let evidence = json!({ "evidence": { "log": "a".repeat(128_000) } });
    let large: Vec<i64> = (0..20).map(|_| app.finding(&tenant, &evidence)).collect();
    let last = app.finding(&tenant, &json!({}));

    let page = member.list_findings(tenant.id, "limit=200").await.assert_status(200);
    let mut seen = page.ids();
    assert_eq!(seen.len(), 10, "the newest, and as many large ones as end a page");
    assert!(page.text.len() < 2 * 1024 * 1024, "{}", page.text.len());
    let mut cursor = page.body["next_cursor"].clone();
    while let Some(after) = cursor.as_str() {
        let page = member.list_findings(tenant.id, &format!("limit=200&cursor={after}")).await.assert_status(200);
        seen.extend(page.ids());
        cursor = page.body["next_cursor"].clone();
    }

    let all: Vec<i64> = [last].into_iter().chain(large.into_iter().rev()).chain([first]).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_page_looks_at_twenty_thousand_findings_at_most_and_leads_on_where_there_are_more() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let late = json!({ "title": "A rare one", "due_at": app.days_ago(1), "due_source": "sla" });
    let oldest = app.finding(&tenant, &late);
    app.pending_findings(&tenant, 25_000);
    let newest = app.finding(&tenant, &late);
    let (few, member) = (app.tenant("Fabrikam"), app.member(&tenant, "readonly").await);
    app.set_membership(member.id, &few, "readonly");
    app.pending_findings(&few, 20_000);
    for query in ["search=rare", "overdue=true", "search=RARE&severity=high&status=new&type=posture&overdue=true"] {
        let first = member.list_findings(tenant.id, query).await.assert_status(200);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let second = member.list_findings(tenant.id, &format!("{query}&cursor={cursor}")).await.assert_status(200);

        assert_eq!((first.ids(), second.ids()), (vec![newest], vec![oldest]), "{query}");
        assert_eq!(second.body["next_cursor"], Value::Null, "{query}");
    }
    let nothing = member.list_findings(tenant.id, "search=nowhere").await.assert_status(200);
    assert_eq!(nothing.ids(), [] as [i64; 0]);
    assert!(nothing.body["next_cursor"].is_string(), "{}", nothing.text);
    let over = member.list_findings(few.id, "search=nowhere").await.assert_status(200);
    assert_eq!((over.ids(), &over.body["next_cursor"]), (vec![], &Value::Null), "there are no more than those");
    let full = member.list_findings(few.id, "severity=medium&limit=200").await.assert_status(200);
    assert_eq!(full.ids().len(), 200);
}

#[tokio::test]
async fn a_filter_or_page_that_cannot_be_is_refused_and_names_what_can() {
    let Findings { tenant, reader, .. } = &findings().await;
    for (query, field, words) in [
        ("status=open", "?status", "`risk_accepted`"),
        ("severity=High", "?severity", "`informational`"),
        ("type=all", "?type", "`entra_admin_roles`"),
        ("overdue=yes", "?overdue", "`true`"),
        ("limit=0", "?limit", "between 1 and 200"),
        ("nonsense=1", "?nonsense", "unknown field"),
        ("search=%00", "?search", "NUL"),
    ] {
        let refused = reader.list_findings(tenant.id, query).await.assert_problem(422, "validation-failed");
        let refused = refused.assert_pointers(&[field]);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    let long = format!("search={}", "x".repeat(201));
    reader.list_findings(tenant.id, &long).await.assert_problem(422, "validation-failed").assert_pointers(&["?search"]);
    reader.list_findings(tenant.id, "cursor=nonsense").await.assert_problem(400, "malformed-cursor");
}

#[tokio::test]
async fn who_may_edit_sees_in_the_list_what_each_finding_can_become() {
    let Findings { app, tenant, reader, ids } = &findings().await;
    let editor = app.member(tenant, "operator").await;

    let (seen, read) = (editor.list_findings(tenant.id, "status=new").await, reader.list_findings(tenant.id, "status=new").await);

    assert_eq!((seen.ids(), read.ids()), (vec![ids[0]], vec![ids[0]]));
    assert_eq!(seen.items()[0]["actions"], json!([{ "action": "edit", "allowed": true, "reason": null }]));
    assert_eq!(seen.items()[0]["transitions"], json!(["triaged", "in_progress", "resolved", "closed", "risk_accepted"]));
    let refused = json!([{ "action": "edit", "allowed": false, "reason": "Your role lacks the capability findings.edit." }]);
    assert_eq!((&read.items()[0]["actions"], &read.items()[0]["transitions"]), (&refused, &json!([])));
}

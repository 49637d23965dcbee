//! Texts that steer what shows them: refused where somebody writes one, made visible where a terminal would obey.

use serde_json::json;
use support::actor::runbooks::BACKFILL;
use support::table::with;
use support::{TestApp, cli};

/// Clears a screen, sets a title, hides what follows, turns a line around.
const STEERING: [&str; 5] = ["\u{1b}[2J", "\u{9b}2J", "\u{7f}", "a\rb", "\u{202e}"];

#[tokio::test]
async fn a_text_that_steers_is_refused_and_one_of_several_lines_is_a_reason_but_no_name() {
    let app = TestApp::start().await;
    let admin = app.operator().await;
    for text in STEERING {
        let reason = format!("Pager 4711 {text} is open");
        let pause = json!({ "scope_type": "global", "reason_text": reason });
        admin.pause_control(BACKFILL, &pause).await.assert_problem(422, "validation-failed").assert_pointers(&["/reason_text"]);
        admin.open_break_glass(&reason, 5).await.assert_problem(422, "validation-failed").assert_pointers(&["/reason"]);
        let token = json!({ "name": reason, "capabilities": ["platform.ops.view"], "expires_in_days": 7 });
        let refused = admin.post("/api/v1/system/auth/api-tokens", &token).await.assert_problem(422, "validation-failed");
        refused.assert_pointers(&["/name"]);
        let created = cli::run(app.database_url(), &["workspace", "create", "--slug", "x", "--name", &reason], "").assert_code(2);
        assert!(created.err.contains("control character"), "{}", created.err);
    }
    let pause = json!({ "scope_type": "global", "reason_text": "Pager 4711\nsee the incident" });
    admin.pause_control(BACKFILL, &pause).await.assert_status(201);
    let token = json!({ "name": "two\nlines", "capabilities": ["platform.ops.view"], "expires_in_days": 7 });
    admin.post("/api/v1/system/auth/api-tokens", &token).await.assert_problem(422, "validation-failed");
}

#[tokio::test]
async fn what_is_stored_already_or_stands_in_a_file_is_printed_visibly() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    app.execute("UPDATE tenants SET name = E'Con\\x1b[31mtoso\\u009b\\u202e\\nforged line' WHERE name = 'Contoso'");

    let shown = cli::run(app.database_url(), &["tenant", "list"], "").assert_code(0).out;
    let json = cli::run(app.database_url(), &["tenant", "list", "--json"], "").assert_code(0);

    assert!(shown.contains("Con\\u{1b}[31mtoso\\u{9b}\\u{202e}\\nforged line"), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("forged")) && !json.out.contains(['\u{9b}', '\u{202e}']), "{shown}");
    assert!(json.json().to_string().contains("\u{9b}\u{202e}"), "{}", json.out);

    let file = tempfile::NamedTempFile::new().unwrap();
    let usable = app.observation("CHECK.1");
    let line = with(usable.clone(), json!({ "severity": "\u{9b}2Jgrave\u{202e}" }));
    let path = file.path().display().to_string();
    let command = ["findings", "import", "--format", "jsonl", "--tenant", &tenant.external_id, &path];
    for (content, said) in [(format!("{line}\n"), "were rejected"), (format!("{line}\n{usable}\n"), "Rejected 1")] {
        std::fs::write(file.path(), content).unwrap();
        let imported = cli::run(app.database_url(), &command, "");
        let all = imported.out.clone() + &imported.err;
        assert!(all.contains(said) && all.contains("2Jgrave") && !all.contains(['\u{9b}', '\u{202e}']), "{all}");
    }
}

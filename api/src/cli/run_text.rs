//! A run in words, for people at a terminal.

use super::output::{number, span, time_of};
use crate::context::SystemUser;
use crate::runs::Run;
use crate::runs::context::RunContext;
use crate::runs::model::{Progress, RunTarget};
use crate::runs::state::{Outcome, Status};
use crate::text::{counted, visible};
use serde::Deserialize;
use time::OffsetDateTime;

/// Header of [`cells`].
pub const HEADER: [&str; 9] = ["ID", "TYPE", "STATE", "DONE", "UPDATED", "FAILED", "CREATED", "TOOK", "BY"];

/// A run as a row of a table.
pub fn cells(run: &Run) -> Vec<String> {
    vec![
        run.id.to_string(),
        run.type_label.clone(),
        state(run),
        percent(run.progress.fraction),
        number(run.summary_counts.updated),
        number(run.summary_counts.failed),
        time_of(run.created_at),
        duration(run).unwrap_or_else(|| "-".to_owned()),
        by(run),
    ]
}

/// A run in a few lines.
pub fn describe(run: &Run) -> String {
    lines(run).join("\n")
}

/// A run with the address of its page and some of its failed targets.
pub fn describe_fully(run: &Run, page: &str, failed: &[RunTarget]) -> String {
    let mut lines = lines(run);
    if !failed.is_empty() {
        lines.push("Failed tenants:".to_owned());
        let line = |target: &RunTarget| {
            let code = target.failure.as_ref().map_or("", |failure| failure.code.as_str());
            format!("  {} ({}): {code}", target.tenant.name, target.tenant.id)
        };
        lines.extend(failed.iter().map(line));
        let further = run.summary_counts.failed.saturating_sub(i64::try_from(failed.len()).unwrap_or(i64::MAX));
        lines.extend((further > 0).then(|| format!("  and {} more", number(further))));
    }
    lines.push(format!("Page: {page}"));
    lines.join("\n")
}

/// Progress in one line: `43 % 128,000/200,000 findings · 41,200/s · 2 s left · 26/40 tenants`.
pub fn progress_line(progress: &Progress) -> String {
    let mut parts = vec![match progress.rows_total {
        0 => "counting findings".to_owned(),
        total => format!("{} {}/{} findings", percent(progress.fraction), number(progress.rows_done), number(total)),
    }];
    parts.extend(progress.rows_per_second.map(|rate| format!("{}/s", number(whole(rate)))));
    parts.extend(progress.eta_seconds.map(|seconds| format!("{} left", span(seconds.max(1.0)))));
    parts.push(format!("{}/{} tenants", number(progress.targets_done), number(progress.targets_total)));
    parts.join(" · ")
}

/// Names the workspaces that a run leaves out because they were paused when it was started, behind what it does (CTL-13).
pub fn left_out(run: &Run) -> String {
    let excluded = context(run).map(|context| context.excluded).unwrap_or_default();
    let one = |workspace: &crate::controls::Excluded| {
        format!("; left out: {} of {}, paused", counted(workspace.tenant_count, "tenant"), workspace.name)
    };
    excluded.iter().map(one).collect()
}

fn lines(run: &Run) -> Vec<String> {
    let (counts, progress) = (run.summary_counts, &run.progress);
    let scope = run.tenant.as_ref().map_or_else(|| "several tenants".to_owned(), |tenant| tenant.name.clone());
    let mut lines = vec![
        format!("Run {}: {}, {}", run.id, run.type_label, state(run)),
        format!("Started by {}, {}", by(run), time_of(run.created_at)),
        format!("Scope: {scope}{}", left_out(run)),
    ];
    if let Some(reason) = context(run).and_then(|context| context.reason) {
        lines.push(format!("Reason: {}, {}", reason.reason_code.as_str(), visible(&reason.reason_text)));
    }
    let undone = match progress.rows_total.saturating_sub(progress.rows_done) {
        left if run.status == Status::Completed && left > 0 => format!(", {} not processed", number(left)),
        _ => String::new(),
    };
    lines.push(format!(
        "{}: {} of {} findings processed{undone}; {} updated, {} skipped",
        percent(progress.fraction),
        number(progress.rows_done),
        number(progress.rows_total),
        number(counts.updated),
        number(counts.skipped),
    ));
    lines.push(format!(
        "{} of {}: {}",
        number(progress.targets_done),
        counted(progress.targets_total, "tenant"),
        ended(progress)
    ));
    if let (Some(started), Some(took)) = (run.started_at, duration(run)) {
        let end = run.completed_at.map_or_else(|| "so far".to_owned(), |end| format!("until {}", time_of(end)));
        lines.push(format!("Took {took}, from {} {end}", time_of(started)));
    }
    lines.extend(
        run.failure_summary.iter().map(|failure| format!("  {} × {}: {}", number(failure.count), failure.code, failure.message)),
    );
    lines.extend(run.acknowledgement.as_ref().map(|by| format!("Acknowledged by {}: {}", by.operator_name, visible(&by.note))));
    lines
}

fn ended(progress: &Progress) -> String {
    let mut parts = vec![format!("{} succeeded", number(progress.targets_succeeded))];
    for (count, word) in [(progress.targets_failed, "failed"), (progress.targets_cancelled, "cancelled")] {
        parts.extend((count > 0).then(|| format!("{} {word}", number(count))));
    }
    parts.join(", ")
}

fn context(run: &Run) -> Option<RunContext> {
    RunContext::deserialize(&run.context).ok()
}

/// Names the starter of a run; where it was typed on the command line for somebody else, with the system user who typed.
fn by(run: &Run) -> String {
    let typed = context(run).and_then(|context| context.command_line).filter(|_| run.initiator.kind != "cli");
    typed.map_or_else(|| run.initiator.name.clone(), |typed: SystemUser| format!("{}, typed by {typed}", run.initiator.name))
}

fn state(run: &Run) -> String {
    match (run.paused_at, run.stale, run.status) {
        (Some(_), ..) => "paused".to_owned(),
        (None, true, _) => "stale".to_owned(),
        (None, false, Status::Completed) => outcome_words(run.outcome),
        (None, false, status) => status.as_str().to_owned(),
    }
}

fn outcome_words(outcome: Outcome) -> String {
    outcome.as_str().replace('_', " ")
}

fn duration(run: &Run) -> Option<String> {
    let end = run.completed_at.unwrap_or_else(OffsetDateTime::now_utc);
    run.started_at.map(|start| span((end - start).as_seconds_f64().max(0.0)))
}

/// A share in whole per cent; 100 % only when it is all.
fn percent(fraction: f64) -> String {
    format!("{} %", if fraction >= 1.0 { 100 } else { whole(fraction * 100.0).clamp(0, 99) })
}

#[allow(clippy::cast_possible_truncation, reason = "rates and shares are far below the limits of the type")]
fn whole(value: f64) -> i64 {
    value.floor() as i64
}

//! The journey of an integrator with the client that a generator made of the API document, unchanged: sign in, forecast, meet a
//! paused control, start, wait, find nothing left. What later versions of the document add to a request is left as it is by default.

#[rustfmt::skip]
#[allow(warnings, clippy::all, clippy::pedantic, reason = "generated")]
mod api;

use anyhow::{Context, Result, bail, ensure};
use api::*;
use std::time::Duration;

const RUNBOOK: &str = "findings.lifecycle.backfill";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let of = |name: &str| std::env::var(name).with_context(|| name.to_owned());
    let client = TenantAtlas::with_base_url(of("PRODUCT_URL")?)?;
    let credentials = SignInBody { email: of("OPERATOR_EMAIL")?, password: of("PASSWORD")? };
    let ApiResponse::Ok(token) = client.issue_token(IssueTokenRequest { body: credentials }).await? else { bail!("no token") };
    let client = client.with_bearer(token.body.access_token);

    let everywhere = preflight(&client, &Scope::Mode(ScopeMode::default())).await?;
    let tenant_id = everywhere.by_tenant.first().context("a tenant to repair")?.tenant_id;
    let scope = Scope::Object(ScopeObject { tenant_id, ..ScopeObject::default() });
    let forecast = preflight(&client, &scope).await?;
    ensure!(forecast.affected_count > 0, "the demo has something to repair");

    pause(&client).await?;
    let ApiResponse::Conflict(refusal) = client.start_run(start(&forecast, &scope)).await? else { bail!("it started") };
    ensure!(format!("{:?}", refusal.body).contains("OperationalControlPaused"), "another refusal: {:?}", refusal.body);
    let resume = ResumeControlRequest {
        path: ResumeControlRequestPath { key: RUNBOOK.to_owned() },
        header: ResumeControlRequestHeader::default(),
        body: ResumeBody { scope_type: ScopeType::Global, ..ResumeBody::default() },
    };
    let ApiResponse::Ok(resumed) = client.resume_control(resume).await? else { bail!("not resumed") };
    ensure!(resumed.body.changed, "it was paused");

    let ApiResponse::Created(run) = client.start_run(start(&forecast, &scope)).await? else { bail!("not started") };
    let ApiResponse::Created(again) = client.start_run(start(&forecast, &scope)).await? else { bail!("not replayed") };
    ensure!(again.body.id == run.body.id, "the same key is the same run");
    let ended = wait(&client, run.body.id).await?;
    ensure!(ended.outcome == Outcome::Succeeded && ended.summary_counts.updated == forecast.affected_count, "{ended:?}");
    ensure!(preflight(&client, &scope).await?.affected_count == 0, "nothing is left");
    println!("rust client: the journey is done, run {}", run.body.id);
    Ok(())
}

async fn preflight(client: &TenantAtlas, scope: &Scope) -> Result<Preflight> {
    let request = PreflightRunbookRequest {
        path: PreflightRunbookRequestPath { key: RUNBOOK.to_owned() },
        body: PreflightBody { scope: scope.clone() },
        ..PreflightRunbookRequest::default()
    };
    let ApiResponse::Ok(forecast) = client.preflight_runbook(request).await? else { bail!("no forecast") };
    Ok(forecast.body)
}

fn start(forecast: &Preflight, scope: &Scope) -> StartRunRequest {
    StartRunRequest {
        path: StartRunRequestPath { key: RUNBOOK.to_owned() },
        header: StartRunRequestHeader {
            idempotency_key: Some("rust-journey".to_owned()),
            ..StartRunRequestHeader::default()
        },
        body: StartRunBody {
            preflight_id: forecast.id,
            scope: scope.clone(),
            typed_confirmation: None,
            reason: Some(Reason { code: ReasonCode::DataRepair, text: "Rows of old versions".to_owned() }),
        },
    }
}

async fn pause(client: &TenantAtlas) -> Result<()> {
    let request = PauseControlRequest {
        path: PauseControlRequestPath { key: RUNBOOK.to_owned() },
        header: PauseControlRequestHeader::default(),
        body: PauseBody {
            scope_type: ScopeType::Global,
            reason_text: "The Rust client pauses it".to_owned(),
            ..PauseBody::default()
        },
    };
    let ApiResponse::Created(paused) = client.pause_control(request).await? else { bail!("not paused") };
    ensure!(paused.body.effective_state == EffectiveState::Paused, "{paused:?}");
    Ok(())
}

async fn wait(client: &TenantAtlas, id: i64) -> Result<Run> {
    for _ in 0..600 {
        let ApiResponse::Ok(run) = client.get_run(GetRunRequest { path: GetRunRequestPath { id } }).await? else {
            bail!("no run {id}")
        };
        if run.body.status == Status::Completed {
            return Ok(run.body);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bail!("run {id} does not end")
}

//! Waiting for the end of a run.

use super::exit::Exit;
use super::output::{OutputArgs, progress_bar};
use super::runs::describe;
use crate::auth::Permit;
use crate::auth::capability::OpsView;
use crate::db::{Db, is_away};
use crate::error::{Code, Error, Result};
use crate::runs::get_run::get_run;
use crate::runs::state::{Outcome, Status};
use crate::runs::sweep::count_live_workers;
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(250);
/// How long nobody may be there to work before the wait is given up.
const WITHOUT_WORKER: Duration = Duration::from_secs(3);
/// Longest outage of the database that is waited through: the run goes on when it is back.
const WITHOUT_DATABASE: Duration = Duration::from_secs(300);
/// Time that workers have to come back after the database did.
const RECOVERY: Duration = Duration::from_secs(10);

/// Waits with a bar until the run has ended, prints it, and fails unless it succeeded. Errors: no worker is alive, or the database
/// is away for five minutes.
pub fn wait_for_end(db: &Db, run_id: i64, output: OutputArgs) -> Result<Exit> {
    let permit = Permit::<OpsView>::system("command line");
    let bar = progress_bar(1000, &format!("Run {run_id}"));
    let (mut last_answer, mut last_worker) = (Instant::now(), Instant::now());
    loop {
        let (run, workers) = match db.run(|conn| Ok((get_run(&permit, conn, run_id)?, count_live_workers(conn)?))) {
            Ok(found) => found,
            Err(error) if is_away(&error) && last_answer.elapsed() < WITHOUT_DATABASE => {
                last_worker = Instant::now() + RECOVERY;
                std::thread::sleep(LOOK);
                continue;
            }
            Err(error) => return Err(error),
        };
        last_answer = Instant::now();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        bar.set_position((run.progress.fraction * 1000.0) as u64);
        if run.status == Status::Completed {
            bar.finish_and_clear();
            output.print(&run, describe)?;
            return Ok(if run.outcome == Outcome::Succeeded { Exit::Done } else { Exit::Failed });
        }
        if workers > 0 {
            last_worker = last_answer;
        } else if last_worker.elapsed() > WITHOUT_WORKER {
            bar.finish_and_clear();
            let detail = format!(
                "No worker is alive, so run {run_id} stays queued. Start one with: tenantatlas serve, or tenantatlas worker"
            );
            return Err(Error::new(Code::Unavailable, detail));
        }
        std::thread::sleep(LOOK);
    }
}

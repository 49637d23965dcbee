//! Waiting for the end of a run.

use super::exit::Exit;
use super::output::{OutputArgs, note, progress_bar};
use super::run_text::{describe, progress_line};
use super::runs::missing;
use crate::auth::Permit;
use crate::auth::capability::OpsView;
use crate::db::{Db, is_away};
use crate::error::{Code, Error, Result};
use crate::runs::get_run::get_run;
use crate::runs::state::{Outcome, Status};
use crate::runs::sweep::count_live_workers;
use diesel::PgConnection;
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(250);
/// Time between two lines where there is no terminal to draw a bar on.
const BETWEEN_NOTES: Duration = Duration::from_secs(10);
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
    let bar = progress_bar(&format!("Run {run_id}"));
    let (mut last_answer, mut last_worker, mut last_note) = (Instant::now(), Instant::now(), Instant::now());
    loop {
        let look = |conn: &mut PgConnection| {
            let run = get_run(&permit, conn, run_id).map_err(|error| missing(error, run_id))?;
            Ok((run, count_live_workers(conn)?))
        };
        let (run, workers) = match db.run(look) {
            Ok(found) => found,
            Err(error) if is_away(&error) && last_answer.elapsed() < WITHOUT_DATABASE => {
                last_worker = Instant::now() + RECOVERY;
                std::thread::sleep(LOOK);
                continue;
            }
            Err(error) => return Err(error),
        };
        last_answer = Instant::now();
        bar.set_length(run.progress.rows_total.unsigned_abs());
        bar.set_position(run.progress.rows_done.unsigned_abs());
        bar.set_message(progress_line(&run.progress));
        if bar.is_hidden() && last_note.elapsed() > BETWEEN_NOTES {
            last_note = Instant::now();
            note(&format!("Run {run_id}: {}", progress_line(&run.progress)));
        }
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

//! A worker by hand: one claim and one step at a time, over a connection of its own.

use crate::app::TestApp;
use crate::postgres::connect;
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use tenantatlas::runs::claim::claim;
use tenantatlas::runs::execute::{Step, Work};
use uuid::Uuid;

/// One lane of a worker that does only what it is told.
pub struct HandWorker {
    conn: PgConnection,
    id: Uuid,
}

impl TestApp {
    /// A worker that waits to be told.
    pub fn hand_worker(&self) -> HandWorker {
        HandWorker { conn: connect(self.database_url()), id: Uuid::new_v4() }
    }
}

impl HandWorker {
    /// Runs a statement in its session, as `SET lock_timeout = '100ms'`.
    pub fn set(&mut self, sql: &str) {
        self.conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Claims the next target, if there is one.
    pub fn try_claim(&mut self) -> Option<Work> {
        claim(&mut self.conn, self.id).expect("a claim").map(|target| Work::new(target, 500))
    }

    /// Claims the next target.
    #[track_caller]
    pub fn claim(&mut self) -> Work {
        self.try_claim().expect("a target to claim")
    }

    /// Makes one step.
    pub fn step(&mut self, work: &mut Work) -> Step {
        work.step(&mut self.conn)
    }

    /// Steps until the target has changed rows and is not done.
    #[track_caller]
    pub fn step_into(&mut self, work: &mut Work, app: &TestApp) {
        let sql = format!("SELECT updated FROM run_targets WHERE id = {}", work.target().id);
        for _ in 0..50 {
            assert_eq!(self.step(work), Step::Continue, "the target ended before it could be caught in flight");
            if app.value(&sql).as_i64() > Some(0) {
                return;
            }
        }
        panic!("no row was changed");
    }

    /// Steps to the end of the target.
    #[track_caller]
    pub fn finish(&mut self, work: &mut Work) {
        for _ in 0..10_000 {
            match self.step(work) {
                Step::Continue => {}
                Step::Done => return,
                other => panic!("the target did not end well: {other:?}"),
            }
        }
        panic!("the target does not end");
    }
}

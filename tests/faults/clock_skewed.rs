//! A node whose clock is wrong: leases and every time that is written are the database's (RUN-12, OPS-RUN-02).

use crate::length::{Figures, rounds};
use crate::process::{Process, wait_until};
use crate::shim::Shim;
use crate::world::World;
use std::net::SocketAddr;
use support::Actor;
use time::OffsetDateTime;

const AHEAD: i64 = 10 * 60;

/// How far a server's clock is ahead of ours.
async fn seconds_ahead(address: SocketAddr) -> i64 {
    let answer = Actor::anonymous(address).healthz().await.assert_status(200);
    let format =
        time::macros::format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let date = time::PrimitiveDateTime::parse(answer.header("date").unwrap(), &format).unwrap().assume_utc();
    (date - OffsetDateTime::now_utc()).whole_seconds()
}

#[tokio::test]
async fn nodes_whose_clocks_are_ten_minutes_off_take_no_lease_from_others_and_write_no_wrong_time() {
    let mut figures = Figures::of("clocks ten minutes off");
    let shim = Shim::build();
    let mut world = World::start().await;
    let url = world.app.database_url();
    let (mut ahead, mut behind) = (shim.server_ahead(url, AHEAD), shim.server_ahead(url, -AHEAD));
    let right = Process::worker(url);
    let addresses = [ahead.wait_for_address(), behind.wait_for_address()];
    assert!((seconds_ahead(addresses[0]).await - AHEAD).abs() < 5, "the clock is not wrong");
    assert!((seconds_ahead(addresses[1]).await + AHEAD).abs() < 5, "the clock is not wrong");
    let mut late: Vec<i64> = Vec::new();
    for round in 0..rounds() {
        if round > 0 {
            world.begin().await;
        }
        world.wait_for_end();
        figures.add("runs", 1);
        world.assert_as_undisturbed();
        let workers = format!("SELECT count(DISTINCT worker_id) FROM run_targets WHERE run_id = {}", world.run);
        late.push(world.app.value(&workers).as_i64().unwrap());
        let attempts = format!("SELECT max(attempt) FROM run_targets WHERE run_id = {}", world.run);
        assert_eq!(world.app.value(&attempts), 1, "no lease ran out");
    }
    // Which of the three are quick enough is chance; of any two at least one has a wrong clock.
    assert!(late.iter().max() >= Some(&2), "only one of them worked");

    // Every time in every table that a node writes lies within the test.
    let times = world.app.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' \
         AND table_name IN ('operation_runs', 'run_targets', 'worker_nodes', 'audit_logs', 'findings')",
    );
    for column in times {
        let (table, column) = (column["table_name"].as_str().unwrap(), column["column_name"].as_str().unwrap());
        if table == "findings" && column != "updated_at" {
            continue;
        }
        let wrong = format!("SELECT count(*) FROM {table} WHERE {column} > db_now() + interval '1 minute'");
        assert_eq!(world.app.value(&wrong), 0, "{table}.{column} is ahead");
        if table != "findings" {
            let wrong = format!("SELECT count(*) FROM {table} WHERE {column} < db_now() - interval '9 minutes'");
            assert_eq!(world.app.value(&wrong), 0, "{table}.{column} is behind");
        }
    }

    // Who signed in at one of them is known to the others.
    for address in addresses {
        let signed_in = Actor::anonymous(address).signed_in(&world.operator.email, support::app::PASSWORD).await;
        for other in addresses {
            signed_in.at(other).me().await.assert_status(200);
        }
    }
    for process in [ahead, behind, right] {
        process.stop();
    }
    wait_until("the end of every session", || world.app.value("SELECT count(*) FROM worker_nodes") == 0);
    world.assert_nothing_is_left();
}

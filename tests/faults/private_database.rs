//! A private PostgreSQL that dies is started again, and is taken over when its owner is gone (OPS-RUN-04).

use crate::cluster::OwnCluster;
use crate::length::{Figures, times};
use crate::nodes::{Kind, Nodes};
use crate::private::DataDirectory;
use crate::process::{LIMIT, Process, pause, send_signal, wait_for_a_moment, wait_until};
use crate::world::{Size, World};
use serde_json::Value;
use std::time::{Duration, Instant};
use support::Actor;
use support::random::Random;
use tenantatlas::db::embedded::Restart;

/// Said by the owner when its server has ended, when it runs again, and when it cannot be started.
const ENDED: &str = "PostgreSQL has ended by itself";
const AGAIN: &str = "PostgreSQL is running again";
const FAILED: &str = "PostgreSQL cannot be started";

/// Longest time until a process that was asked to has ended.
const SOON: Duration = Duration::from_secs(5);

/// Looks until the server is ready; it is alive all the time.
async fn wait_until_ready(server: &Actor) {
    let begun = Instant::now();
    while server.readyz().await.status != 200 {
        assert_eq!(server.healthz().await.status, 200);
        assert!(begun.elapsed() < LIMIT, "not ready in time");
        pause();
    }
}

/// The tenants by their external ids. Whoever meets a connection of before is told to come again.
async fn tenants(operator: &Actor) -> Vec<Value> {
    let mut answer = operator.list_tenants("").await;
    for _ in 0..20 {
        if answer.status == 503 {
            answer = operator.list_tenants("").await;
        }
    }
    let tenants = answer.assert_status(200).body["items"].as_array().unwrap().clone();
    tenants.into_iter().map(|tenant| tenant["external_id"].clone()).collect()
}

#[tokio::test]
async fn a_server_is_ready_again_with_all_data_as_often_as_its_postgresql_is_killed() {
    let directory = DataDirectory::new();
    let (server, anonymous) = directory.serve(&[]);
    let operator = directory.operator(&anonymous).await;
    for times in 1..=3 {
        directory.run(&format!("tenant create --external-id tenant-{times} --name Tenant"), "");
        directory.kill_postmaster();
        wait_until("the log", || server.count_logged(AGAIN) == times);
        wait_until_ready(&anonymous).await;
        assert_eq!(tenants(&operator).await.len(), times);
    }
    assert_eq!((server.count_logged(ENDED), server.count_logged(FAILED)), (3, 0));
    server.stop();
    assert_eq!(directory.postmaster(), None);
}

#[tokio::test]
async fn a_run_goes_on_to_exact_counts_while_postgresql_is_killed_and_started_again() {
    let (mut random, mut figures) = (Random::announced(), Figures::of("SIGKILL of a PostgreSQL that is started again"));
    let cluster = OwnCluster::start_kept(100, Restart::ByOwner);
    let mut world = World::prepare(cluster.app().await, Size::by_length()).await;
    let mut nodes = Nodes::start(&world, &[Kind::Worker, Kind::Server]);
    nodes.wait_until_ready(&world);
    let mut left = times("ENDURANCE_RESTARTS", 2, 20);
    while left > 0 {
        world.begin().await;
        world.wait_for_progress(1);
        while left > 0 && !world.is_completed() {
            wait_for_a_moment(&mut random, 0, 500);
            cluster.kill_and_wait_for_restart();
            figures.add("restarts", 1);
            left -= 1;
        }
        world.wait_for_end();
        world.assert_requests_work().await;
        figures.add("runs", 1);
        figures.add("rows changed", world.affected);
        world.assert_as_undisturbed();
    }
    nodes.stop(&world);
    drop(world);
}

#[tokio::test]
async fn one_of_those_who_share_takes_over_from_an_owner_that_stops_and_from_one_that_is_killed() {
    let directory = DataDirectory::new();
    let (first, anonymous) = directory.serve(&["--no-worker"]);
    let operator = directory.operator(&anonymous).await;
    directory.run("tenant create --external-id contoso --name Contoso", "");
    let mut servers: Vec<(Process, Actor)> = (0..3).map(|_| directory.serve(&["--no-worker"])).collect();
    let worker = directory.spawn(&["worker"]);
    wait_until("the worker", || worker.count_logged("worker started") == 1);
    assert_eq!(directory.owner(), Some(first.id()));

    let take_overs = |servers: &[(Process, Actor)]| -> usize {
        servers.iter().map(|(server, _)| server).chain([&worker]).map(|process| process.count_logged(AGAIN)).sum()
    };
    let all_know_the_tenant = async |servers: &[(Process, Actor)]| {
        for (_, server) in servers {
            wait_until_ready(server).await;
            assert_eq!(tenants(&server.with_credential(operator.credential.clone())).await, ["contoso"]);
        }
    };
    first.stop();
    wait_until("a take-over", || take_overs(&servers) == 1);
    all_know_the_tenant(&servers).await;

    let owner = directory.owner().expect("an owner");
    send_signal("KILL", owner);
    wait_until("another owner", || directory.owner().is_some_and(|next| next != owner && next != 1));
    wait_until("another take-over", || take_overs(&servers) == 2);
    servers.retain(|(server, _)| server.id() != owner);
    all_know_the_tenant(&servers).await;

    for (server, _) in servers {
        server.stop();
    }
    if owner != worker.id() {
        worker.stop();
    }
    assert_eq!(directory.postmaster(), None, "the last one has stopped PostgreSQL");
}

#[tokio::test]
async fn a_postgresql_that_cannot_be_started_is_told_once_and_tried_until_it_can() {
    let directory = DataDirectory::with_programs_of_its_own();
    let (server, anonymous) = directory.serve(&["--no-worker"]);
    directory.replace_postgres("echo out of order; exit 1");
    directory.kill_postmaster();
    wait_until("some attempts", || directory.count_in_log("out of order") >= 5);
    assert_eq!((server.count_logged(ENDED), server.count_logged(FAILED)), (1, 1));
    assert_eq!((anonymous.healthz().await.status, anonymous.readyz().await.status), (200, 503));

    directory.restore_postgres();
    wait_until_ready(&anonymous).await;
    server.stop();
}

#[tokio::test]
async fn a_server_that_is_asked_to_ends_soon_in_whatever_state_its_postgresql_is() {
    // Between two attempts, and in one that takes for ever and does not listen.
    for stand_in in ["echo out of order; exit 1", "trap '' INT; echo out of order; exec sleep 600"] {
        let directory = DataDirectory::with_programs_of_its_own();
        let (owner, _) = directory.serve(&["--no-worker"]);
        let (sharer, _) = directory.serve(&["--no-worker"]);
        directory.replace_postgres(stand_in);
        directory.kill_postmaster();
        wait_until("an attempt", || directory.count_in_log("out of order") >= 1);
        for process in [owner, sharer] {
            let begun = Instant::now();
            process.stop();
            assert!(begun.elapsed() < SOON, "{stand_in}: {:?}", begun.elapsed());
        }
    }
}

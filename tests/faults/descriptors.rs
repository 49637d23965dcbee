//! A process with few file descriptors: live streams never take those that requests are answered with.

use crate::process::Process;
use std::process::Command;
use support::{Actor, TestApp, cli};

/// A server that may have so many files open, and none of them more.
fn server_with(descriptors: usize, database_url: &str) -> Process {
    let command = cli::command(database_url);
    let mut limited = Command::new("sh");
    let program = command.get_program();
    limited.arg("-c").arg(format!("ulimit -n {descriptors}; exec \"$0\" serve")).arg(program);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.env("TENANTATLAS_LISTEN", "127.0.0.1:0").env("TENANTATLAS_STREAMS_PER_PERSON", "30");
    Process::spawn(limited)
}

/// Opens streams until one is refused; the problem's status, and the streams.
async fn open_all(person: &Actor) -> (u16, Vec<support::actor::Events>) {
    let mut open = Vec::new();
    loop {
        match person.watch_my_notifications().await {
            Ok(stream) => open.push(stream),
            Err(refused) => return (refused.status, open),
        }
    }
}

#[tokio::test]
async fn streams_of_one_and_of_many_leave_room_for_requests() {
    let app = TestApp::start().await;
    let tenant = app.tenant("Contoso");
    let (greedy, operator) = (app.member(&tenant, "readonly").await, app.operator().await);
    let mut server = server_with(256, app.database_url());
    let address = server.wait_for_address();

    let (status, of_one) = open_all(&greedy.at(address)).await;
    assert_eq!((status, of_one.len()), (429, 30));
    let mut streams = vec![of_one];
    loop {
        let (status, of_another) = open_all(&app.member(&tenant, "readonly").await.at(address)).await;
        streams.push(of_another);
        if status == 503 {
            break;
        }
        assert_eq!(status, 429);
    }
    let open: usize = streams.iter().map(Vec::len).sum();
    assert!((40..128).contains(&open), "{open} streams among 256 descriptors");

    for _ in 0..20 {
        let visitor = Actor::anonymous(address);
        visitor.healthz().await.assert_status(200);
        visitor.readyz().await.assert_status(200);
        operator.at(address).list_tenants("").await.assert_status(200);
    }
    drop(streams);
    let mut again = greedy.at(address).watch_my_notifications().await;
    while let Err(refused) = again {
        assert!([429, 503].contains(&refused.status), "{}", refused.text);
        again = greedy.at(address).watch_my_notifications().await;
    }
    server.stop();
}

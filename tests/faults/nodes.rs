//! Several processes over one database, of which any may be hurt at any time.

use crate::process::{Process, wait_until};
use crate::visitor::Addresses;
use crate::world::World;
use std::net::SocketAddr;
use std::time::Duration;
use support::TestApp;
use support::random::Random;

/// Longer than a lease.
pub const LEASE: Duration = Duration::from_secs(31);

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `worker`
    Worker,
    /// `serve`, with a worker in it
    Server,
}

pub struct Nodes {
    database_url: String,
    nodes: Vec<(Kind, Process)>,
}

impl Nodes {
    pub fn start(world: &World, kinds: &[Kind]) -> Self {
        let database_url = world.app.database_url().to_owned();
        let nodes = kinds.iter().map(|kind| (*kind, spawn(*kind, &database_url))).collect();
        Self { database_url, nodes }
    }

    /// Kills one of them wherever it is and starts it again, after the leases of the dead one have run out.
    pub fn kill_one(&mut self, world: &World, random: &mut Random) -> Kind {
        let (kind, process) = self.nodes.swap_remove(random.below(self.nodes.len()));
        process.kill();
        world.app.clock().advance(LEASE);
        self.nodes.push((kind, spawn(kind, &self.database_url)));
        kind
    }

    /// Asks one of them to stop, sees that it ends well, and starts it again.
    pub fn stop_one(&mut self, random: &mut Random) {
        let (kind, process) = self.nodes.swap_remove(random.below(self.nodes.len()));
        process.stop();
        self.nodes.push((kind, spawn(kind, &self.database_url)));
    }

    /// Waits until each of them works.
    pub fn wait_until_ready(&mut self, world: &World) {
        wait_for_workers(&world.app, self.nodes.len());
        self.wait_for_addresses();
    }

    /// Where the servers listen.
    pub fn wait_for_addresses(&mut self) -> Vec<SocketAddr> {
        let servers = self.nodes.iter_mut().filter(|(kind, _)| *kind == Kind::Server);
        servers.map(|(_, process)| process.wait_for_address()).collect()
    }

    /// Tells a visitor where servers listen now.
    pub fn announce(&self, addresses: &Addresses) {
        *addresses.lock().unwrap() = self.nodes.iter().filter_map(|(_, process)| process.address()).collect();
    }

    /// Stops all, sees that each ends well, and that nothing of them is left.
    #[track_caller]
    pub fn stop(mut self, world: &World) {
        self.wait_until_ready(world);
        self.nodes.iter().for_each(|(_, process)| process.signal("TERM"));
        for (kind, process) in self.nodes {
            assert_eq!(process.end(), Some(0), "a {kind:?} did not end well");
        }
        world.assert_nothing_is_left();
    }
}

/// Waits until so many processes with a worker in them are alive. One that has not got so far yet cannot end well.
#[track_caller]
pub fn wait_for_workers(app: &TestApp, number: usize) {
    let sql = "SELECT count(*) FROM worker_nodes WHERE seen_at > db_now() - interval '6 seconds'";
    wait_until("the workers", || app.value(sql).as_i64() >= i64::try_from(number).ok());
}

fn spawn(kind: Kind, database_url: &str) -> Process {
    match kind {
        Kind::Worker => Process::worker(database_url),
        Kind::Server => Process::server(database_url),
    }
}

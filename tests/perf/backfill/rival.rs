//! The same changes in bare SQL: `bare.sql` over all tenants in one session, or over a share of the tenants in each of several.

use crate::cluster::Database;
use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};

/// The script of each session. Tenants are split by ranges of their ids, whose rows lie together.
pub fn parts(database: &Database, sessions: usize) -> Vec<String> {
    let bound = |part: usize| {
        database.number(&format!(
            "SELECT coalesce(max(id), 0) FROM (SELECT id, ntile({sessions}) OVER (ORDER BY id) AS part FROM allowed_tenants) t WHERE part <= {part}"
        ))
    };
    let script = |part: usize| {
        let tenants = match sessions {
            1 => "true".to_owned(),
            _ => format!("f.tenant_id > {} AND f.tenant_id <= {}", bound(part), bound(part + 1)),
        };
        include_str!("bare.sql").replace(":tenants", &tenants)
    };
    (0..sessions).map(script).collect()
}

/// Runs the scripts at the same time, each over a connection of its own that is open already.
pub fn run(database: &Database, parts: &[String]) -> Duration {
    let connected: Vec<_> = parts.iter().map(|part| (database.connect(), part)).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (mut conn, script) in connected {
            scope.spawn(move || {
                script.split_inclusive(";\n").for_each(|statement| conn.batch_execute(statement).expect("bare SQL"))
            });
        }
    });
    begun.elapsed()
}

//! The server's settings: the one list of them.

use super::{Durability, Settings};

/// In every cluster.
const ALWAYS: &[(&str, &str)] = &[
    // Nothing on TCP: access to the socket's private directory is the only credential.
    ("listen_addresses", ""),
    // Part of the socket's name; fixed, because each cluster has a socket directory of its own.
    ("port", super::socket::PORT),
    // Tells its processes from those of other clusters in `ps`.
    ("cluster_name", "tenantatlas"),
    // Times are UTC everywhere, whatever zone `initdb` found on the machine.
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    // Our own sessions have it off wherever they are; here those of the queue and of people have too.
    ("jit", "off"),
    // Data lie on solid-state disks, where a random page costs about what a sequential one does.
    ("random_page_cost", "1.1"),
    // Batches write much log; fewer bytes of it, and fewer checkpoints, each of which makes the
    // next change of every page write the whole page.
    ("wal_compression", "on"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "15min"),
];

/// For data that must survive a loss of power.
const FULL: &[(&str, &str)] = &[
    // Twice the default; the hot rows of a large demo fit, and a small machine can spare it.
    ("shared_buffers", "256MB"),
];

/// For tests, whose data nobody misses after a crash.
const NONE: &[(&str, &str)] = &[
    // Waiting for the disk is most of the time of a small transaction.
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
];

/// All settings as `name=value`.
pub(super) fn options(settings: &Settings, socket_dir: &str) -> Vec<String> {
    let durability = match settings.durability {
        Durability::Full => FULL,
        Durability::None => NONE,
    };
    let fixed = ALWAYS.iter().chain(durability).map(|(name, value)| format!("{name}={value}"));
    fixed
        .chain([
            format!("unix_socket_directories={socket_dir}"),
            // The caller knows how large its pools are.
            format!("max_connections={}", settings.max_connections),
        ])
        .collect()
}

//! The server that `postmaster.pid` speaks of: alive, or only remembered.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::error::ClusterError;
use super::layout::Layout;
use super::os;

/// What a server left, or has, in the cluster's directory.
pub(super) struct Predecessor {
    file: PathBuf,
    text: String,
    pid: i32,
}

impl Predecessor {
    /// Reads `postmaster.pid`; none when it is not there. One without a number (a loss of power
    /// leaves an empty file, which PostgreSQL does not dare to remove) is nobody's.
    pub(super) fn of(layout: &Layout) -> Option<Self> {
        let file = layout.cluster.join("postmaster.pid");
        let text = fs::read_to_string(&file).ok()?;
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
        Some(Self { file, text, pid })
    }

    /// Whether the process is there and is this cluster's server: the number may have passed to
    /// another process since, and in a container a dead one may never be reaped.
    pub(super) fn lives(&self, layout: &Layout) -> bool {
        let there = match os::signal(self.pid, 0) {
            Ok(()) => true,
            Err(error) => error.raw_os_error() == Some(libc::EPERM),
        };
        there && serves(self.pid, &layout.cluster)
    }

    /// True when it is the server of this number and takes connections, by its own word.
    pub(super) fn is_ready(&self, pid: u32) -> bool {
        // The eighth line; before it stands what finds the socket and the shared memory.
        self.pid.cast_unsigned() == pid && self.text.lines().nth(7).is_some_and(|state| state.trim() == "ready")
    }

    /// Lets a new server start where a dead one left its files. PostgreSQL itself refuses to while
    /// a process with the old number exists, whatever that process is.
    ///
    /// The file is not removed, since it also names the shared memory by which PostgreSQL finds out
    /// whether backends of the dead server still write. Only the number is changed, to that of this
    /// process: a server takes the number of its parent for a stale one.
    pub(super) fn bury(self, layout: &Layout) -> Result<(), ClusterError> {
        let rest = self.text.split_once('\n').map_or("", |(_, rest)| rest);
        let text = format!("{}\n{rest}", std::process::id());
        overwrite(&self.file, &text).map_err(ClusterError::system("write", &self.file))?;
        layout.socket.clear()
    }
}

/// Ends what is left of a server that was killed: a session notices that its server is gone only when
/// it waits for something, and until then it keeps the next server from starting. Nothing is lost by
/// it, for the next server recovers as after any crash.
#[cfg(target_os = "linux")]
pub(super) fn end_orphans(layout: &Layout) {
    let is_orphan = |pid: &i32| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm"));
        name.is_ok_and(|name| name.trim() == "postgres") && serves(*pid, &layout.cluster)
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_orphan) {
        // One that has ended meanwhile needs no signal.
        let _ = os::signal(pid, libc::SIGKILL);
    }
}

/// Elsewhere they are waited for.
#[cfg(not(target_os = "linux"))]
pub(super) fn end_orphans(_: &Layout) {}

/// Writes without following a link: the directory belongs to the unprivileged user, and this may be
/// root.
fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;

    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).truncate(true).custom_flags(libc::O_NOFOLLOW).open(path)?;
    file.write_all(text.as_bytes())
}

/// A server works in its cluster's directory.
#[cfg(target_os = "linux")]
fn serves(pid: i32, cluster: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let identity = |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino())).ok();
    let place = identity(Path::new(&format!("/proc/{pid}/cwd")));
    place.is_some() && place == identity(cluster)
}

/// A server has its cluster's directory among its arguments.
#[cfg(not(target_os = "linux"))]
fn serves(pid: i32, cluster: &Path) -> bool {
    let output = std::process::Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(&*cluster.to_string_lossy()))
}

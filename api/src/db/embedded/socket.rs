//! The unix socket through which a cluster is reached, and the URL that says so.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::ClusterError;

/// The role that `initdb` makes, and that everything connects as.
pub(super) const ROLE: &str = "tenantatlas";
/// The product's database.
pub(super) const DATABASE: &str = "tenantatlas";
/// Only names the socket; nothing listens on TCP.
pub(super) const PORT: &str = "5432";
/// Room for a socket's path and its end mark on the tightest system (macOS; Linux has four more).
const LONGEST_SOCKET: usize = 103;

/// The socket of one cluster.
#[derive(Debug)]
pub(super) struct Socket {
    dir: PathBuf,
}

impl Socket {
    /// That of the cluster below a data directory, whose path is absolute and without links.
    pub(super) fn of(root: &Path) -> Self {
        Self { dir: directory(root) }
    }

    /// The directory it lies in.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the directory, or checks that nobody else can put a socket of their own there.
    pub(super) fn prepare(&self, account: &Account) -> Result<(), ClusterError> {
        let dir = &self.dir;
        match DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(ClusterError::system("create", dir)(error));
            }
            _ => {}
        }
        let meta = fs::symlink_metadata(dir).map_err(ClusterError::system("open", dir))?;
        if !meta.is_dir() || meta.mode() & 0o077 != 0 || !account.is_trusted(meta.uid()) {
            return Err(ClusterError::NotPrivate(dir.clone()));
        }
        account.give(dir)
    }

    /// Removes what a dead server left of it.
    pub(super) fn clear(&self) -> Result<(), ClusterError> {
        for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
            let path = self.dir.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(ClusterError::system("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The URL of a database. Everything is named in it, for libpq would take what is missing from the environment.
    pub(super) fn url(&self, database: &str) -> String {
        let database = percent_encoded(database.as_bytes());
        let host = percent_encoded(self.dir.as_os_str().as_bytes());
        format!("postgresql:///{database}?host={host}&port={PORT}&user={ROLE}")
    }
}

/// Below the data directory where a socket's path fits, else in a short directory that every
/// process derives from the data directory alone: not from TMPDIR or XDG_RUNTIME_DIR, which differ
/// between sessions.
fn directory(root: &Path) -> PathBuf {
    let near = root.join("run");
    let bytes = near.as_os_str().as_bytes();
    let length = bytes.len() + "/.s.PGSQL.".len() + PORT.len();
    // The server and libpq read a list of directories, with commas and quotes; both want text.
    let plain = near.to_str().is_some() && !bytes.iter().any(|byte| b",\"'\\".contains(byte));
    if length <= LONGEST_SOCKET && plain {
        return near;
    }
    PathBuf::from(format!("/tmp/tenantatlas-{:016x}", fnv1a(root.as_os_str().as_bytes())))
}

/// FNV-1a: the hash of the standard library may change between versions of this program.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn percent_encoded(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{Socket, directory};

    #[test]
    fn the_url_escapes_what_would_mean_something_in_it() {
        let url = Socket::of(Path::new("/srv/a b&c?d/%")).url("odd name");
        assert_eq!(url, "postgresql:///odd%20name?host=%2Fsrv%2Fa%20b%26c%3Fd%2F%25%2Frun&port=5432&user=tenantatlas");
    }

    #[test]
    fn a_socket_that_does_not_fit_moves_to_a_short_directory() {
        assert_eq!(directory(Path::new("/srv/data")), Path::new("/srv/data/run"));
        let longest = format!("/{}", "x".repeat(103 - 1 - "/run/.s.PGSQL.5432".len()));
        assert!(directory(Path::new(&longest)).starts_with(&longest));
        let too_long = format!("{longest}x");
        assert_eq!(directory(Path::new(&too_long)), directory(Path::new(&too_long)));
        assert!(directory(Path::new(&too_long)).starts_with("/tmp"));
        assert!(directory(Path::new("/srv/a,b")).starts_with("/tmp"));
    }
}

//! Where everything of a cluster lies, and how it is reached.
//!
//! ```text
//! <data directory>/           0700, of the user that PostgreSQL runs as
//! ├── postgres/               PostgreSQL's own directory
//! ├── postgres.new/           the same, while `initdb` is at work
//! ├── postgres.lock           held by the process that owns the server
//! ├── postgres.log            what the server says (and postgres.log.1, the one before)
//! └── run/                    its socket (in /tmp where the path would be too long)
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::ClusterError;

/// The role that `initdb` makes, and that everything connects as.
pub(super) const ROLE: &str = "tenantatlas";
/// The product's database.
pub(super) const DATABASE: &str = "tenantatlas";
/// Only names the socket; nothing listens on TCP.
pub(super) const PORT: &str = "5432";
/// What `initdb` makes, inside the data directory.
const CLUSTER: &str = "postgres";
/// Room for a socket's path and its end mark on the tightest system (macOS; Linux has four more).
const LONGEST_SOCKET: usize = 103;

/// The paths of one cluster, absolute and without symbolic links.
#[derive(Debug)]
pub(super) struct Layout {
    /// The data directory.
    pub(super) root: PathBuf,
    /// PostgreSQL's own directory.
    pub(super) cluster: PathBuf,
    /// Where `initdb` makes it, before it gets its name.
    pub(super) staging: PathBuf,
    /// Held by the process that owns the server.
    pub(super) lock: PathBuf,
    /// The server's log.
    pub(super) log: PathBuf,
    /// The directory of the socket.
    pub(super) socket_dir: PathBuf,
}

/// PostgreSQL's own directory below a data directory.
pub(super) fn cluster_dir(data_dir: &Path) -> PathBuf {
    data_dir.join(CLUSTER)
}

impl Layout {
    /// Makes the data directory if need be, and checks that `account` can reach it.
    pub(super) fn open(data_dir: &Path, account: &Account) -> Result<Self, ClusterError> {
        let absolute =
            std::path::absolute(data_dir).map_err(ClusterError::system("find", data_dir))?;
        if let Some(parent) = absolute.parent() {
            fs::create_dir_all(parent).map_err(ClusterError::system("create", parent))?;
            let parent = parent
                .canonicalize()
                .map_err(ClusterError::system("open", parent))?;
            account.ensure_enterable(&parent)?;
        }
        take(&absolute, account)?;
        let root = absolute
            .canonicalize()
            .map_err(ClusterError::system("open", &absolute))?;
        account.ensure_enterable(&root)?;
        Ok(Self::below(root))
    }

    fn below(root: PathBuf) -> Self {
        Self {
            cluster: cluster_dir(&root),
            staging: root.join("postgres.new"),
            lock: root.join("postgres.lock"),
            log: root.join("postgres.log"),
            socket_dir: socket_dir(&root),
            root,
        }
    }

    /// The major version that made the data; `None` when there are no data yet.
    pub(super) fn version(&self) -> Result<Option<u32>, ClusterError> {
        let path = self.cluster.join("PG_VERSION");
        match fs::read_to_string(&path) {
            // Up to 9.6 it reads like `9.6`.
            Ok(text) => match text
                .trim()
                .split('.')
                .next()
                .and_then(|major| major.parse().ok())
            {
                Some(major) => Ok(Some(major)),
                None => Err(ClusterError::NotACluster(self.cluster.clone())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::system("read", &path)(error)),
        }
    }

    /// Makes the socket's directory, or checks that nobody else can put a socket of their own
    /// there.
    pub(super) fn prepare_socket_dir(&self, account: &Account) -> Result<(), ClusterError> {
        let dir = &self.socket_dir;
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

    /// The URL of a database, in the form that libpq and tokio-postgres both read. Everything is
    /// named in it, for libpq would take what is missing from the environment.
    pub(super) fn url(&self, database: &str) -> String {
        let database = percent_encoded(database.as_bytes());
        let host = percent_encoded(self.socket_dir.as_os_str().as_bytes());
        format!("postgresql:///{database}?host={host}&port={PORT}&user={ROLE}")
    }
}

/// Opens a file of the data directory to append to, owned by `account`. A symbolic link is refused:
/// root must not follow one that the unprivileged user has put there.
pub(super) fn open_file(path: &Path, account: &Account) -> Result<File, ClusterError> {
    let mut options = OpenOptions::new();
    options
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW);
    let opened = options
        .open(path)
        .and_then(|file| account.give_file(&file).map(|()| file));
    opened.map_err(ClusterError::system("open", path))
}

/// Makes the data directory private and gives it to `account`, if it is new or empty. One with
/// something in it is left as it is: it may be a directory that others use, named by mistake.
fn take(dir: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => return account.give(dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::system("create", dir)(error)),
    }
    let mut entries = fs::read_dir(dir).map_err(ClusterError::system("open", dir))?;
    if entries.next().is_some() {
        return Ok(());
    }
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(dir, private).map_err(ClusterError::system("make private", dir))?;
    account.give(dir)
}

/// Below the data directory where a socket's path fits, else in a short directory that every
/// process derives from the data directory alone: not from TMPDIR or XDG_RUNTIME_DIR, which differ
/// between sessions.
fn socket_dir(root: &Path) -> PathBuf {
    let near = root.join("run");
    let bytes = near.as_os_str().as_bytes();
    let length = bytes.len() + "/.s.PGSQL.".len() + PORT.len();
    // The server and libpq read a list of directories, with commas and quotes; both want text.
    let plain = near.to_str().is_some() && !bytes.iter().any(|byte| b",\"'\\".contains(byte));
    if length <= LONGEST_SOCKET && plain {
        return near;
    }
    PathBuf::from(format!(
        "/tmp/tenantatlas-{:016x}",
        fnv1a(root.as_os_str().as_bytes())
    ))
}

/// FNV-1a: the hash of the standard library may change between versions of this program.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn percent_encoded(bytes: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Layout, socket_dir};

    #[test]
    fn the_url_says_the_same_to_both_clients() {
        let url = Layout::below(PathBuf::from("/srv/a b&c?d/%")).url("odd name");
        assert_eq!(
            url,
            "postgresql:///odd%20name?host=%2Fsrv%2Fa%20b%26c%3Fd%2F%25%2Frun&port=5432&user=tenantatlas"
        );
        let config: tokio_postgres::Config = url.parse().unwrap();
        let host = tokio_postgres::config::Host::Unix(PathBuf::from("/srv/a b&c?d/%/run"));
        assert_eq!(
            (config.get_hosts(), config.get_dbname()),
            (&[host][..], Some("odd name"))
        );
    }

    #[test]
    fn a_socket_that_does_not_fit_moves_to_a_short_directory() {
        assert_eq!(
            socket_dir(Path::new("/srv/data")),
            Path::new("/srv/data/run")
        );
        let longest = format!("/{}", "x".repeat(103 - 1 - "/run/.s.PGSQL.5432".len()));
        assert!(socket_dir(Path::new(&longest)).starts_with(&longest));
        let too_long = format!("{longest}x");
        assert_eq!(
            socket_dir(Path::new(&too_long)),
            socket_dir(Path::new(&too_long))
        );
        assert!(socket_dir(Path::new(&too_long)).starts_with("/tmp"));
        assert!(socket_dir(Path::new("/srv/a,b")).starts_with("/tmp"));
    }
}

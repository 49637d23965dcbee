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
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::ClusterError;
use super::socket::Socket;

/// What `initdb` makes, inside the data directory.
const CLUSTER: &str = "postgres";

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
    /// Its socket.
    pub(super) socket: Socket,
}

/// PostgreSQL's own directory below a data directory.
pub(super) fn cluster_dir(data_dir: &Path) -> PathBuf {
    data_dir.join(CLUSTER)
}

impl Layout {
    /// Makes the data directory if need be, and checks that `account` can reach it.
    pub(super) fn open(data_dir: &Path, account: &Account) -> Result<Self, ClusterError> {
        let absolute = std::path::absolute(data_dir).map_err(ClusterError::system("find", data_dir))?;
        if let Some(parent) = absolute.parent() {
            fs::create_dir_all(parent).map_err(ClusterError::system("create", parent))?;
            let parent = parent.canonicalize().map_err(ClusterError::system("open", parent))?;
            account.ensure_enterable(&parent)?;
        }
        take(&absolute, account)?;
        let root = absolute.canonicalize().map_err(ClusterError::system("open", &absolute))?;
        account.ensure_enterable(&root)?;
        Ok(Self::below(root))
    }

    fn below(root: PathBuf) -> Self {
        Self {
            cluster: cluster_dir(&root),
            staging: root.join("postgres.new"),
            lock: root.join("postgres.lock"),
            log: root.join("postgres.log"),
            socket: Socket::of(&root),
            root,
        }
    }

    /// The major version that made the data; `None` when there are no data yet.
    pub(super) fn version(&self) -> Result<Option<u32>, ClusterError> {
        let path = self.cluster.join("PG_VERSION");
        match fs::read_to_string(&path) {
            // Up to 9.6 it reads like `9.6`.
            Ok(text) => match text.trim().split('.').next().and_then(|major| major.parse().ok()) {
                Some(major) => Ok(Some(major)),
                None => Err(ClusterError::NotACluster(self.cluster.clone())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ClusterError::system("read", &path)(error)),
        }
    }
}

/// Opens a file of the data directory to append to, owned by `account`. A symbolic link is refused:
/// root must not follow one that the unprivileged user has put there.
pub(super) fn open_file(path: &Path, account: &Account) -> Result<File, ClusterError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true).mode(0o600).custom_flags(libc::O_NOFOLLOW);
    let opened = options.open(path).and_then(|file| account.give_file(&file).map(|()| file));
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
    // Whoever put a link here wants the directory behind it to be used.
    let dir = &dir.canonicalize().map_err(ClusterError::system("open", dir))?;
    let mut entries = fs::read_dir(dir).map_err(ClusterError::system("open", dir))?;
    if entries.next().is_some() {
        return Ok(());
    }
    let private = fs::Permissions::from_mode(0o700);
    fs::set_permissions(dir, private).map_err(ClusterError::system("make private", dir))?;
    account.give(dir)
}

//! Who runs PostgreSQL: it refuses to run as root, so root hands it to an unprivileged user.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, fchown, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;
use super::os;

/// Users that root may hand PostgreSQL to, the best first.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// The user that PostgreSQL runs as, and that its files belong to.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether it is another user than the one this process acts as.
    switch: bool,
}

impl Account {
    /// The user of this process; for root the owner of `data` if it exists already, else one of
    /// [`CANDIDATES`].
    pub(super) fn choose(data: &Path) -> Result<Self, ClusterError> {
        let uid = os::effective_uid();
        if uid != 0 {
            return Ok(Self { name: uid.to_string(), uid, gid: 0, switch: false });
        }
        // PostgreSQL insists on owning its data; an ordinary user may have made them before.
        Self::owner(data).or_else(Self::candidate).ok_or(ClusterError::NoAccount)
    }

    fn owner(data: &Path) -> Option<Self> {
        let (uid, gid) = fs::metadata(data).map(|m| (m.uid(), m.gid())).ok()?;
        (uid != 0).then(|| Self { name: uid.to_string(), uid, gid, switch: true })
    }

    fn candidate() -> Option<Self> {
        CANDIDATES.iter().find_map(|name| {
            let (uid, gid) = os::user_named(name)?;
            (uid != 0).then(|| Self { name: (*name).to_owned(), uid, gid, switch: true })
        })
    }

    /// Makes the command run as this user, without any further groups.
    pub(super) fn run(&self, command: &mut Command) {
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Gives a directory to this user; a symbolic link is not followed.
    pub(super) fn give(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        lchown(path, Some(self.uid), Some(self.gid)).map_err(ClusterError::system("change the owner of", path))
    }

    /// Gives an open file to this user, so that a later start as that user can open it too.
    pub(super) fn give_file(&self, file: &File) -> io::Result<()> {
        if self.switch { fchown(file, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Whether the owner of a file is this user, or the one who hands files to it.
    pub(super) fn is_trusted(&self, owner: u32) -> bool {
        owner == self.uid || owner == os::effective_uid()
    }

    /// Fails, naming the first closed directory, when this user cannot enter `path`.
    pub(super) fn ensure_enterable(&self, path: &Path) -> Result<(), ClusterError> {
        match self.barrier(path) {
            None => Ok(()),
            Some(barrier) => Err(ClusterError::Unreachable { path: path.to_owned(), account: self.name.clone(), barrier }),
        }
    }

    /// The first directory from the root down to `path` that this user may not enter.
    pub(super) fn barrier(&self, path: &Path) -> Option<PathBuf> {
        if !self.switch {
            return None;
        }
        let mut way: Vec<&Path> = path.ancestors().collect();
        way.reverse();
        let closed =
            |dir: &&Path| fs::metadata(dir).is_ok_and(|m| !enterable(m.mode(), (m.uid(), m.gid()), (self.uid, self.gid)));
        way.into_iter().find(closed).map(Path::to_owned)
    }
}

/// The rule of the kernel: the first class that fits decides, even if a wider one would allow more.
fn enterable(mode: u32, owner: (u32, u32), user: (u32, u32)) -> bool {
    let bit = if owner.0 == user.0 {
        0o100
    } else if owner.1 == user.1 {
        0o010
    } else {
        0o001
    };
    mode & bit != 0
}

#[cfg(test)]
mod tests {
    use super::enterable;

    #[test]
    fn the_first_class_that_fits_decides() {
        assert!(enterable(0o700, (5, 5), (5, 9)));
        assert!(!enterable(0o700, (0, 0), (5, 5)));
        assert!(!enterable(0o701, (0, 5), (9, 5)));
        assert!(enterable(0o711, (0, 0), (5, 5)));
    }
}

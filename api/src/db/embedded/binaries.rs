//! Finding PostgreSQL's programs. Only `initdb` and `postgres` are needed, because packages that
//! bring PostgreSQL along without installing it often have no more than these.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;
use super::error::ClusterError;

/// The oldest PostgreSQL that the schema works with.
pub(super) const OLDEST_MAJOR: u32 = 15;

/// Where packages put the programs, as (parent, start of the directory's name).
const PLACES: [(&str, &str); 3] =
    [("/usr/lib/postgresql", ""), ("/usr/local/opt", "postgresql"), ("/opt/homebrew/opt", "postgresql")];

/// The programs of one installed PostgreSQL.
#[derive(Debug)]
pub(super) struct Binaries {
    dir: PathBuf,
    major: u32,
}

impl Binaries {
    /// Those of `bin_dir` if it is set, else the best installed ones: of the version that made the
    /// data (`wanted`) where there is one, because an upgrade of the machine leaves the older
    /// version in place.
    pub(super) fn find(bin_dir: Option<&Path>, wanted: Option<u32>) -> Result<Self, ClusterError> {
        let found = match bin_dir {
            Some(dir) => Self::named(dir)?,
            None => Self::best(installed(), wanted)?,
        };
        if found.major < OLDEST_MAJOR {
            return Err(ClusterError::TooOld { dir: found.dir, major: found.major });
        }
        Ok(found)
    }

    fn named(dir: &Path) -> Result<Self, ClusterError> {
        if let Some(program) = ["postgres", "initdb"].into_iter().find(|name| !dir.join(name).is_file()) {
            return Err(ClusterError::ProgramMissing { dir: dir.to_owned(), program });
        }
        // A relative directory would mean another one once the programs run in the data directory.
        let dir = dir.canonicalize().map_err(ClusterError::system("open", dir))?;
        let major = version(&dir.join("postgres"))?;
        Ok(Self { dir, major })
    }

    fn best(dirs: Vec<PathBuf>, wanted: Option<u32>) -> Result<Self, ClusterError> {
        let mut broken = None;
        let mut found = Vec::new();
        for dir in dirs {
            match Self::named(&dir) {
                Ok(binaries) => found.push(binaries),
                Err(error) => broken = Some(error),
            }
        }
        found
            .into_iter()
            .max_by_key(|b| (Some(b.major) == wanted && b.major >= OLDEST_MAJOR, b.major))
            .ok_or_else(|| broken.unwrap_or(ClusterError::NotInstalled))
    }

    /// The directory of the programs.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Their major version.
    pub(super) fn major(&self) -> u32 {
        self.major
    }

    /// One of the programs, to be run as `account` in `dir`. The directory this process is in may
    /// be closed to that user, and PostgreSQL cannot start in a directory that it cannot enter.
    pub(super) fn command(&self, program: &str, account: &Account, dir: &Path) -> Command {
        let mut command = Command::new(self.dir.join(program));
        command.current_dir(dir).stdin(Stdio::null());
        for (name, _) in env::vars_os() {
            // PGPORT, PGDATA and others would change what the server does.
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        // Messages in English, and on macOS the server does not start without a valid locale.
        command.env("LC_ALL", "C");
        account.run(&mut command);
        command
    }
}

/// Every directory that holds both programs.
fn installed() -> Vec<PathBuf> {
    let packaged: Vec<PathBuf> = PLACES.iter().flat_map(|(parent, start)| packaged(parent, start)).collect();
    let dirs = if packaged.is_empty() { on_path().into_iter().collect() } else { packaged };
    dirs.into_iter().filter(|dir| dir.join("initdb").is_file()).collect()
}

fn packaged(parent: &str, start: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
        .map(|entry| entry.path().join("bin"))
        .filter(|dir| dir.join("postgres").is_file())
        .collect()
}

/// The directory of the `postgres` that a shell would run. Links are followed, since `initdb` and
/// the server's own files lie next to the program and not next to the link.
fn on_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let program = env::split_paths(&path).map(|dir| dir.join("postgres")).find(|program| program.is_file())?;
    Some(program.canonicalize().ok()?.parent()?.to_owned())
}

fn version(program: &Path) -> Result<u32, ClusterError> {
    let broken = |reason: String| ClusterError::ProgramBroken { program: program.to_owned(), reason };
    let output = Command::new(program).arg("--version").output().map_err(|error| broken(error.to_string()))?;
    if !output.status.success() {
        return Err(broken(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    parse_version(&text).ok_or_else(|| broken(format!("it calls itself {:?}", text.trim())))
}

/// The major version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0)`, `… 18beta1`.
fn parse_version(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL) ")?.1;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn the_major_version_is_read_from_every_form() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_version("postgres (EnterpriseDB) x"), None);
    }
}

//! Making a new cluster, completely or not at all.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::process::Output;

use super::account::Account;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::layout::Layout;
use super::socket::ROLE;
use super::{Durability, log, os};

/// Locales to try. The first sorts by code point on every machine and knows upper case beyond
/// ASCII; some systems (macOS) do not have it.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes the cluster if there is none, and says whether it did. Only the owner of the lock may call
/// this.
pub(super) fn ensure(
    binaries: &Binaries,
    account: &Account,
    layout: &Layout,
    durability: Durability,
) -> Result<bool, ClusterError> {
    if is_made_by(binaries, layout)? {
        return Ok(false);
    }
    ensure_free(layout)?;
    make(binaries, account, layout, durability)?;
    publish(layout)?;
    Ok(true)
}

/// True when the cluster is there and made by the version of these programs; false when it is not there.
pub(super) fn is_made_by(binaries: &Binaries, layout: &Layout) -> Result<bool, ClusterError> {
    match layout.version()? {
        Some(found) if found == binaries.major() => Ok(true),
        Some(found) => Err(ClusterError::OtherVersion {
            data: layout.cluster.clone(),
            found,
            programs: binaries.major(),
            bin_dir: binaries.dir().to_owned(),
        }),
        None => Ok(false),
    }
}

/// Without a version in it the cluster's directory may be absent or empty, and nothing else.
fn ensure_free(layout: &Layout) -> Result<(), ClusterError> {
    match fs::read_dir(&layout.cluster).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(false) | Err(_) => Err(ClusterError::NotACluster(layout.cluster.clone())),
    }
}

fn make(binaries: &Binaries, account: &Account, layout: &Layout, durability: Durability) -> Result<(), ClusterError> {
    let mut said = String::new();
    for locale in LOCALES {
        let output = run(binaries, account, layout, durability, locale)?;
        if output.status.success() {
            return Ok(());
        }
        said = String::from_utf8_lossy(&output.stderr).into_owned();
        if !said.contains("locale") {
            break;
        }
    }
    Err(ClusterError::Initialization { data: layout.cluster.clone(), output: log::last_lines(&said) })
}

fn run(
    binaries: &Binaries,
    account: &Account,
    layout: &Layout,
    durability: Durability,
    locale: &str,
) -> Result<Output, ClusterError> {
    let staging = &layout.staging;
    clear(layout)?;
    DirBuilder::new().mode(0o700).create(staging).map_err(ClusterError::system("create", staging))?;
    account.give(staging)?;
    let mut command = binaries.command("initdb", account, &layout.root);
    // Trust is safe here: who can reach the socket at all is its owner, or root.
    command.args(["-A", "trust", "-U", ROLE, "-E", "UTF8", "--data-checksums"]);
    command.arg(format!("--locale={locale}")).arg("-D").arg(staging);
    if durability == Durability::None {
        command.arg("--no-sync");
    }
    // Left alone it would go on writing to a directory that the next start clears.
    os::signal_when_parent_dies(&mut command, libc::SIGKILL);
    command.output().map_err(ClusterError::system("run `initdb` for", staging))
}

/// Removes what a start left behind that was killed half way.
fn clear(layout: &Layout) -> Result<(), ClusterError> {
    match fs::remove_dir_all(&layout.staging) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ClusterError::system("remove", &layout.staging)(error)),
        _ => Ok(()),
    }
}

/// Gives the finished cluster its name, in one step.
fn publish(layout: &Layout) -> Result<(), ClusterError> {
    fs::rename(&layout.staging, &layout.cluster).map_err(ClusterError::system("create", &layout.cluster))?;
    File::open(&layout.root).and_then(|dir| dir.sync_all()).map_err(ClusterError::system("write", &layout.root))
}

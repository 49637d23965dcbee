//! The server's log file: opened for each start, kept from growing for ever, read when a start
//! fails.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};

use super::account::Account;
use super::error::ClusterError;
use super::layout::{self, Layout};

/// Larger than this at a start, the log is put aside.
const LARGEST: u64 = 10 * 1024 * 1024;
/// As much as anyone wants to read in an error message.
const LAST_LINES: usize = 3;

/// The log, and where in it this start begins.
pub(super) struct Log {
    file: File,
    start: u64,
}

impl Log {
    /// Opens the log for one start of the server.
    pub(super) fn open(layout: &Layout, account: &Account) -> Result<Self, ClusterError> {
        let path = &layout.log;
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.len() > LARGEST) {
            let aside = path.with_extension("log.1");
            fs::rename(path, aside).map_err(ClusterError::system("put aside", path))?;
        }
        let file = layout::open_file(path, account)?;
        let start = file.metadata().map_err(ClusterError::system("read", path))?.len();
        Ok(Self { file, start })
    }

    /// A handle for the server to write to.
    pub(super) fn writer(&self) -> std::io::Result<File> {
        self.file.try_clone()
    }

    /// What the server has said since this start.
    pub(super) fn text(&mut self) -> String {
        let mut bytes = Vec::new();
        // An unreadable log must not hide the error that it would explain.
        let _ = self.file.seek(SeekFrom::Start(self.start)).and_then(|_| self.file.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The last lines of a text, on one line.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let skipped = lines.len().saturating_sub(LAST_LINES);
    if lines.is_empty() { "it said nothing".to_owned() } else { lines.into_iter().skip(skipped).collect::<Vec<_>>().join(" | ") }
}

//! How commands speak: plain lines for people, JSON for programs, a progress bar on a terminal.

use crate::db::page::{MAX_LIMIT, Page, PageRequest};
use crate::error::{Error, Result};
use crate::text::{steers, visible};
use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::Write;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The form of the output, for commands that print a result.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

impl OutputArgs {
    /// Prints the value as JSON, or what `text` makes of it.
    pub fn print<T: Serialize>(self, value: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
        match self.json {
            true => write(&escaped(&serde_json::to_string_pretty(value).map_err(Error::internal)?)),
            false => line(&text(value)),
        }
    }
}

/// Prints one line, or several. What steers a terminal is made visible: the texts of operators and of files' authors are among
/// what is printed.
pub fn line(text: &str) -> Result<()> {
    write(&shown(text))
}

/// Makes visible what steers a terminal, and keeps the line breaks.
pub fn shown(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Escapes within JSON what steers a terminal, as the serialiser does for the characters below the space. Outside of texts there
/// are line breaks only.
fn escaped(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, character| {
        match steers(character) && character != '\n' {
            true => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => text.push(character),
        }
        text
    })
}

fn write(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    ignore_missing_reader(writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()))
}

fn ignore_missing_reader(written: std::io::Result<()>) -> Result<()> {
    match written {
        // The reader of the pipe, or the terminal, is gone: nobody is there to be told, and that stops no work.
        Err(error) if matches!(error.raw_os_error(), Some(libc::EPIPE | libc::EIO)) => Ok(()),
        written => written.map_err(Error::internal),
    }
}

/// Every row of a list, page by page.
pub fn all_pages<T>(id: impl Fn(&T) -> i64, mut list: impl FnMut(PageRequest) -> Result<Page<T>>) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    loop {
        let page = list(PageRequest { limit: MAX_LIMIT, after: rows.last().map(&id) })?;
        rows.extend(page.items);
        if page.next_cursor.is_none() {
            return Ok(rows);
        }
    }
}

/// Columns of equal width with a header; a cell has one line.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(column, name)| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).chain([name.len()]).max().unwrap_or(0)
        })
        .collect();
    let format_row = |cells: Vec<&str>| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![format_row(header.to_vec())];
    lines.extend(rows.iter().map(|row| format_row(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

/// A bar on standard error behind what it is of; its message says how far that is. Hidden where no person looks.
pub fn progress_bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(what.to_owned());
    bar
}

/// Writes one line to standard error, for whoever follows a log. Nobody may be there to read it.
pub fn note(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{}", shown(text)));
}

/// Writes bytes as they are: a script or a manual page of the product's own making.
pub fn write_raw(bytes: &[u8]) -> Result<()> {
    ignore_missing_reader(std::io::stdout().lock().write_all(bytes))
}

/// A number with its digits in groups: `249,837`.
pub fn number(value: i64) -> String {
    let digits = HumanCount(value.unsigned_abs()).to_string();
    if value < 0 { format!("-{digits}") } else { digits }
}

/// A time in UTC to the second, as RFC 3339 writes it.
pub fn time_of(time: OffsetDateTime) -> String {
    time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339).unwrap_or_default()
}

/// Seconds as `4 m 12 s` or `2 h 5 m`: the two largest units.
pub fn span(seconds: f64) -> String {
    let whole = Duration::from_secs_f64(seconds.clamp(0.0, 1e12)).as_secs();
    if seconds > 0.0 && whole == 0 {
        return "under 1 s".to_owned();
    }
    match (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} m {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} m"),
        (days, hours, ..) => format!("{days} d {hours} h"),
    }
}

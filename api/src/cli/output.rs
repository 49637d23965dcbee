//! How commands speak: plain lines for people, JSON for programs, a progress bar on a terminal.

use crate::db::page::{MAX_LIMIT, Page, PageRequest};
use crate::error::{Error, Result};
use crate::text::{steers, visible};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::Write;

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
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
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

/// A bar on standard error; hidden where no person looks.
pub fn progress_bar(total: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}

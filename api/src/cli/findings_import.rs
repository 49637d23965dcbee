//! `tenantatlas findings import`

use super::database::with_database;
use super::exit::{self, Exit};
use super::output::{OutputArgs, progress_bar};
use crate::config::Config;
use crate::context::Ctx;
use crate::error::{Code, Error, Result};
use crate::findings::import::maester::{Severities, severities_from};
use crate::findings::import::{Format, ImportOptions, ImportReport, Mode, ReadError, TenantChoice, import_scan};
use crate::text::{counted, visible};
use indicatif::ProgressStyle;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Rejections shown to a person; `--json` lists more.
const SHOWN: usize = 10;

/// Arguments of `findings import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Format of the file: scubagear, maester, ocsf or jsonl.
    #[arg(long, value_parser = Format::from_str)]
    format: Format,
    /// Write rows as versions without a lifecycle did.
    #[arg(long)]
    legacy: bool,
    /// Tenant of all findings, whatever the file says: directory id or number.
    #[arg(long, conflicts_with = "create_tenants")]
    tenant: Option<String>,
    /// Make tenants that do not exist.
    #[arg(long)]
    create_tenants: bool,
    /// Workspace of the tenants that are made.
    #[arg(long, requires = "create_tenants", default_value = "default")]
    workspace: String,
    /// Severities of Maester's tests: a maester-config.json.
    #[arg(long, value_name = "FILE")]
    maester_config: Option<PathBuf>,
    /// Resolve open findings that the scan looked for and does not contain any more.
    #[arg(long, conflicts_with = "legacy")]
    resolve_unobserved: bool,
    #[command(flatten)]
    output: OutputArgs,
    /// The file, or - for standard input.
    file: PathBuf,
}

/// Imports one file.
pub fn run(config: &Config, args: Args) -> Result<Exit> {
    let Args { format, legacy, tenant, create_tenants, workspace, maester_config, resolve_unobserved, output, file } = args;
    if maester_config.is_some() && format != Format::Maester {
        let expected = "A file of severities goes with --format maester only.";
        return Err(Error::invalid_field("/maester-config", "value", expected));
    }
    let severities = maester_config.map(|path| severities(&path)).transpose()?;
    let choice = match tenant {
        Some(tenant) => TenantChoice::Forced(tenant),
        None if create_tenants => TenantChoice::CreateMissing { workspace_slug: workspace },
        None => TenantChoice::FromFile,
    };
    let is_forced = matches!(choice, TenantChoice::Forced(_));
    let mode = if legacy { Mode::Legacy } else { Mode::Ordinary };
    let findings_per_tenant = config.findings_per_tenant;
    let options = ImportOptions { format, mode, tenant: choice, severities, findings_per_tenant, resolve_unobserved };
    let input = open(&file)?;
    match with_database(config, |db| db.run(|conn| import_scan(&Ctx::cli(), conn, input, &options))) {
        Ok(report) => output.print(&report, |report| describe(&file, report, resolve_unobserved)).map(|()| Exit::Done),
        // Without --tenant the file is at fault, not the command.
        Err(error) if error.code() == Code::UnreadableFile || error.code() == Code::UnknownTenant && !is_forced => {
            exit::report(&about(&file, error));
            Ok(Exit::Failed)
        }
        Err(error) => Err(error),
    }
}

fn severities(path: &Path) -> Result<Severities> {
    let file = File::open(path).map_err(|error| not_opened(path, error))?;
    severities_from(file).map_err(|error| match error {
        ReadError::Refused(unreadable) => about(path, unreadable.into()),
        ReadError::Input(error) => not_opened(path, error),
        ReadError::Sink(never) => match never {},
    })
}

/// The file with a progress bar over its bytes.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = File::open(path).map_err(|error| not_opened(path, error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let bar = progress_bar("Reading");
    bar.set_length(size);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    Ok(Box::new(bar.wrap_read(file)))
}

fn not_opened(path: &Path, error: std::io::Error) -> Error {
    Error::new(Code::UnreadableFile, format!("{} cannot be read: {error}.", path.display())).with_source(error)
}

fn about(path: &Path, error: Error) -> Error {
    Error::new(error.code(), format!("{}: {}", path.display(), error.detail())).with_source(error)
}

fn describe(path: &Path, report: &ImportReport, resolves: bool) -> String {
    let ImportReport { read, created, updated, unchanged, rejected_count, .. } = report;
    let mut lines = Vec::new();
    if report.scan_already_imported {
        lines.push(format!("{}: this scan was imported before.", path.display()));
    }
    lines.push(format!(
        "Read {}: {created} created, {updated} updated, {unchanged} unchanged, {rejected_count} rejected.",
        counted(i64::try_from(*read).unwrap_or(i64::MAX), "finding")
    ));
    if report.unobserved > 0 {
        let done = if resolves { " They were resolved." } else { "" };
        lines.push(format!("Open findings that the scan looked for and does not contain any more: {}.{done}", report.unobserved));
    }
    lines.extend(report.warnings.iter().map(|warning| format!("Warning: {} ({})", visible(&warning.message), warning.code)));
    lines.extend(
        report.rejected.iter().take(SHOWN).map(|one| format!("Rejected {}: {} ({})", one.line, visible(&one.message), one.code)),
    );
    if *rejected_count > SHOWN as u64 {
        lines.push(format!("… and {} more", rejected_count - SHOWN as u64));
    }
    lines.join("\n")
}

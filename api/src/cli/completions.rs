//! `tenantatlas completions|man`

use super::exit::Exit;
use super::output::write_raw;
use crate::error::{Error, Result};
use clap_complete::Shell;
use std::path::{Path, PathBuf};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Shell that the script is for.
    shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write one page per command into this folder, instead of the first page to standard output.
    #[arg(long, value_name = "FOLDER")]
    directory: Option<PathBuf>,
}

/// Prints the completion script of a shell.
pub fn run(args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::commands(), "tenantatlas", &mut script);
    write_raw(&script)?;
    Ok(Exit::Done)
}

/// Prints the manual page, or writes those of all commands.
pub fn run_man(args: &ManArgs) -> Result<Exit> {
    match &args.directory {
        Some(directory) => write_all(directory)?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(super::commands()).render(&mut page).map_err(Error::internal)?;
            write_raw(&page)?;
        }
    }
    Ok(Exit::Done)
}

fn write_all(directory: &Path) -> Result<()> {
    let written = std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(super::commands(), directory));
    written.map_err(|error| {
        Error::invalid_field("/directory", "value", format!("{} cannot be written to: {error}", directory.display()))
    })
}

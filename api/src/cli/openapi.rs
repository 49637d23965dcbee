//! `tenantatlas openapi`

use super::exit::Exit;
use crate::error::{Error, Result};
use std::io::Write;

/// Prints the API document; needs no database.
pub fn run() -> Result<Exit> {
    let json = crate::server::document_text().map_err(Error::internal)?;
    writeln!(std::io::stdout(), "{json}").map_err(Error::internal)?;
    Ok(Exit::Done)
}

//! `tenantatlas openapi`

use super::exit::Exit;
use crate::error::{Error, Result};
use std::io::Write;

/// Prints the API document; needs no database.
pub fn run() -> Result<Exit> {
    // As a value, whose members are sorted: extensions of an operation come in no order of their own.
    let document = serde_json::to_value(crate::server::document()).map_err(Error::internal)?;
    let json = serde_json::to_string_pretty(&document).map_err(Error::internal)?;
    writeln!(std::io::stdout(), "{json}").map_err(Error::internal)?;
    Ok(Exit::Done)
}

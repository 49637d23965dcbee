//! How commands come by a password.

use crate::error::{Error, Result};
use clap::Args;
use std::io::{IsTerminal, Read};

/// Where a password comes from; never from an argument.
#[derive(Debug, Clone, Copy, Args)]
pub struct PasswordArgs {
    /// Read the password from standard input.
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordArgs {
    /// Reads it. Errors: 422 without a terminal, or where two entries differ.
    pub(super) fn read(self) -> Result<String> {
        if self.password_stdin {
            let mut text = String::new();
            std::io::stdin().take(4096).read_to_string(&mut text).map_err(Error::internal)?;
            return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Error::invalid_field(
                "/password",
                "required",
                "Without a terminal, give the password with --password-stdin.",
            ));
        }
        let password = rpassword::prompt_password("Password: ").map_err(Error::internal)?;
        let again = rpassword::prompt_password("Again: ").map_err(Error::internal)?;
        match password == again {
            true => Ok(password),
            false => Err(Error::invalid_field("/password", "mismatch", "The same password twice is expected.")),
        }
    }
}

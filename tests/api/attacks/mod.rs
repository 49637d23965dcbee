//! What somebody tries who means no good. Where it can be, it is tried on every operation of the document, so that what is added
//! later is attacked without being told. Every answer is held against the document (`support::contract`); none is a server error.

mod bodies;
mod credentials;
mod forged_tokens;
mod naughty_texts;
mod paths;
pub mod raw;
mod steering_texts;
mod storms;
mod twice;

use crate::guards::operations::{Operation, operations};

/// Operations that want a credential.
fn guarded() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| operation.is_api() && !operation.is_public)
}

/// A path with something in place of each parameter.
fn filled(path: &str, value: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { value } else { part });
    parts.collect::<Vec<_>>().join("/")
}

//! Failures in words that may be logged. The texts of the database, and of whatever reads values, repeat the values: of those the
//! log has the kind, names of the schema, and beginnings that stand here.

use super::errors::trouble;
use crate::error::Error;
use diesel::result::{DatabaseErrorInformation, Error as Diesel};

/// Beginnings of the database's primary messages that say something and hold no value.
const BEGINNINGS: [&str; 33] = [
    "canceling statement due to statement timeout",
    "canceling statement due to lock timeout",
    "canceling statement due to user request",
    "canceling statement due to conflict with recovery",
    "deadlock detected",
    "could not obtain lock",
    "could not serialize access",
    "terminating connection",
    "server closed the connection unexpectedly",
    "the database system is",
    "connection to server",
    "no connection to the server",
    "could not receive data from server",
    "could not send data to server",
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    "too many connections",
    "cannot execute",
    "could not extend file",
    "could not write",
    "could not read",
    "could not open file",
    "could not access",
    "out of memory",
    "out of shared memory",
    "permission denied",
    "must be owner of",
    "syntax error",
    "invalid input syntax",
    "invalid byte sequence",
    "value too long",
    "current transaction is aborted",
    "prepared statement",
];

/// A message with such an end names something of the schema.
const MISSING: &str = "does not exist";

/// Says what failed and why.
pub fn describe(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error} ({})", cause(source)),
        None => error.to_string(),
    }
}

/// Says why something failed.
pub fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<Error>() {
        return describe(error);
    }
    if let Some(error) = error.downcast_ref::<Diesel>() {
        return of_database(error);
    }
    // Its own words repeat those of the panic.
    if error.is::<tokio::task::JoinError>() {
        return "a task panicked or was cancelled".to_owned();
    }
    match error.downcast_ref::<serde_json::Error>() {
        Some(error) => format!("JSON of another form ({:?} at {}:{})", error.classify(), error.line(), error.column()),
        None => error.to_string(),
    }
}

/// Says what is wrong with the database, or with what it was given.
pub fn of_database(error: &Diesel) -> String {
    match error {
        Diesel::DatabaseError(kind, info) => format!("{kind:?}{}", details(info.as_ref(), error)),
        Diesel::RollbackErrorOnCommit { commit_error, .. } => of_database(commit_error),
        Diesel::DeserializationError(_) => "a value of the database has another form".to_owned(),
        Diesel::SerializationError(_) => "a value cannot be given to the database".to_owned(),
        Diesel::QueryBuilderError(_) => "the statement cannot be built".to_owned(),
        Diesel::InvalidCString(_) => "a text has a zero byte in it".to_owned(),
        other => other.to_string(),
    }
}

fn details(info: &(dyn DatabaseErrorInformation + Send + Sync), error: &Diesel) -> String {
    let said = BEGINNINGS.iter().find(|beginning| info.message().starts_with(**beginning)).copied();
    let said = said.or(info.message().ends_with(MISSING).then_some(MISSING));
    let details =
        [("constraint", info.constraint_name()), ("table", info.table_name()), ("column", info.column_name()), ("message", said)];
    details
        .into_iter()
        .filter_map(|(name, value)| Some(format!(", {name} {}", value?)))
        .chain([format!(", trouble {:?}", trouble(error))])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{cause, describe};
    use crate::error::Error;
    use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as Diesel};

    struct Info(&'static str);

    impl DatabaseErrorInformation for Info {
        fn message(&self) -> &str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            Some("Key (email)=(jane@example.com) already exists.")
        }
        fn hint(&self) -> Option<&str> {
            Some("Ask jane.")
        }
        fn table_name(&self) -> Option<&str> {
            Some("users")
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            Some("users_email_key")
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    fn said_of(message: &'static str) -> String {
        describe(&Error::internal(Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, Box::new(Info(message)))))
    }

    #[test]
    fn a_failure_of_the_database_has_names_of_the_schema_and_nothing_of_its_texts() {
        assert_eq!(
            said_of("refused for jane@example.com"),
            "internal-error: Something went wrong on our side. (UniqueViolation, constraint users_email_key, table users, trouble Permanent)"
        );
    }

    #[test]
    fn a_message_that_begins_as_expected_is_cut_there() {
        let said = said_of("invalid input syntax for type integer: \"jane@example.com\"");
        assert!(said.contains("message invalid input syntax, trouble Permanent") && !said.contains("jane"), "{said}");
    }

    #[test]
    fn json_that_was_expected_to_look_otherwise_is_told_without_what_it_holds() {
        let error = serde_json::from_str::<u8>("\"jane@example.com\"").unwrap_err();
        assert_eq!(cause(&error), "JSON of another form (Data at 1:18)");
    }
}

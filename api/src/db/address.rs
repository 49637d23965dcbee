//! The address of a database, and the one place that connects to it.
//!
//! libpq alone reads the address, so that every connection of the product understands the same parameters, TLS among them. An
//! address holds credentials: neither it nor the library's words about it are ever printed as they are.

use super::outage::Outage;
use super::session::{SessionLimits, configure_session};
use diesel::prelude::*;
use std::ffi::{CStr, CString};
use std::sync::Arc;

/// Deadlines of a connection where the address names none, as libpq's parameters: seconds, and milliseconds for
/// `tcp_user_timeout`. A server that falls silent is noticed within some ten seconds, in every state of the connection.
const DEADLINES: [(&str, &str); 5] = [
    (CONNECT, "5"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

/// Seconds to reach one host.
const CONNECT: &str = "connect_timeout";
/// Where the address names several hosts: the next one is to be reached while a caller still waits.
const CONNECT_TO_EACH: &str = "2";

/// Address of a database, complete with the deadlines of its connections.
#[derive(Clone)]
pub struct Address {
    /// In the form of a connection string.
    parameters: String,
    outage: Arc<Outage>,
}

/// An address that libpq cannot read. Names no part of it.
#[derive(Debug, thiserror::Error)]
#[error(
    "an address as postgres://user:password@host/database?parameter=value is expected, with the parameters of libpq; \
     in a password % is written as %25, @ as %40 and / as %2F"
)]
pub struct Unreadable;

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address")
    }
}

impl Address {
    /// Reads an address in the form of a URI. A deadline that neither it nor the environment of libpq names gets a default.
    pub fn parse(uri: &str) -> Result<Self, Unreadable> {
        if !uri.starts_with("postgres://") && !uri.starts_with("postgresql://") {
            return Err(Unreadable);
        }
        let (mut parameters, defaults) = (parse(uri).ok_or(Unreadable)?, defaults());
        let has_several_hosts =
            parameters.iter().any(|one| one.value.as_ref().is_some_and(|value| value.contains(',')) && one.keyword == "host");
        for (keyword, value) in DEADLINES {
            let value = if has_several_hosts && keyword == CONNECT { CONNECT_TO_EACH } else { value };
            let is_unsaid = |one: &Parameter| one.keyword == keyword && one.value.is_none();
            if let Some(parameter) = parameters.iter_mut().find(|one| is_unsaid(one)) {
                let default = defaults.iter().find(|one| one.keyword == keyword).and_then(|one| one.value.clone());
                parameter.value = Some(default.unwrap_or_else(|| value.to_owned()));
            }
        }
        let said = parameters.iter().filter_map(|one| Some(format!("{}={}", one.keyword, quoted(one.value.as_deref()?))));
        Ok(Self { parameters: said.collect::<Vec<_>>().join(" "), outage: Arc::default() })
    }

    /// Opens a connection, set up as every session of the product is.
    pub fn connect(&self, limits: SessionLimits) -> Result<PgConnection, diesel::r2d2::Error> {
        match self.establish(limits) {
            Ok(conn) => {
                self.outage.end();
                Ok(conn)
            }
            Err(error) => {
                self.outage.begin(&error);
                Err(error)
            }
        }
    }

    fn establish(&self, limits: SessionLimits) -> Result<PgConnection, diesel::r2d2::Error> {
        let mut conn = PgConnection::establish(&self.parameters).map_err(|error| {
            let cause = ConnectionError::BadConnection(without_quotations(&error.to_string()));
            diesel::r2d2::Error::ConnectionError(cause)
        })?;
        configure_session(&mut conn, limits).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }
}

/// A parameter of libpq.
struct Parameter {
    keyword: String,
    value: Option<String>,
}

/// Every parameter that libpq knows, with the values of a URI. None when libpq cannot read it.
#[allow(unsafe_code)]
fn parse(uri: &str) -> Option<Vec<Parameter>> {
    let uri = CString::new(uri).ok()?;
    // SAFETY: the text ends with a zero and outlives the call. The text of an error, which would hold pieces of the address, is not
    // asked for.
    let list = unsafe { pq_sys::PQconninfoParse(uri.as_ptr(), std::ptr::null_mut()) };
    (!list.is_null()).then(|| taken(list))
}

/// Every parameter that libpq knows, with the values of its environment.
#[allow(unsafe_code)]
fn defaults() -> Vec<Parameter> {
    // SAFETY: the call takes nothing.
    let list = unsafe { pq_sys::PQconndefaults() };
    if list.is_null() { Vec::new() } else { taken(list) }
}

/// Copies a list of libpq and frees it.
#[allow(unsafe_code)]
fn taken(list: *mut pq_sys::PQconninfoOption) -> Vec<Parameter> {
    let text = |pointer: *const std::ffi::c_char| {
        // SAFETY: the members of an option are null or C strings, valid until the list is freed.
        (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
    };
    let (mut parameters, mut option) = (Vec::new(), list);
    // SAFETY: a list ends at the option without a keyword, and is freed once, after all was copied.
    unsafe {
        while let Some(keyword) = text((*option).keyword) {
            parameters.push(Parameter { keyword, value: text((*option).val) });
            option = option.add(1);
        }
        pq_sys::PQconninfoFree(list);
    }
    parameters
}

/// A value in the notation of a connection string.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// libpq's words without what they quote, which are pieces of the address, in one line. A server has not been asked yet for
/// untranslated messages.
fn without_quotations(message: &str) -> String {
    let kept = message.split(['"', '»', '«', '„', '“', '”']).enumerate().map(|(at, part)| if at % 2 == 0 { part } else { "…" });
    kept.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Address, without_quotations};

    fn parameters_of(uri: &str) -> String {
        Address::parse(uri).unwrap().parameters
    }

    #[test]
    fn deadlines_are_added_where_the_address_says_nothing() {
        let text = parameters_of("postgresql://u@h:1,i:2/d?connect_timeout=9&target_session_attrs=read-write");
        for said in ["host='h,i'", "port='1,2'", "connect_timeout='9'", "tcp_user_timeout='10000'", "keepalives_idle='5'"] {
            assert!(text.contains(said), "{said} in {text}");
        }
    }

    #[test]
    fn every_value_reaches_the_library_as_it_was_meant() {
        let text = parameters_of(r"postgres://u:a%20'b\c%25@/d?host=%2Fsrv%2Fa%20b");
        assert!(text.contains(r"password='a \'b\\c%'") && text.contains("host='/srv/a b'"), "{text}");
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_a_word_of_it() {
        let wrong =
            ["postgres://u:Sup3r%Secret@h/d", "postgres://h/d?Secret", "postgres://h/d?Secret=1", "host=Secret", "", "x\0"];
        for uri in wrong {
            let error = Address::parse(uri).unwrap_err().to_string();
            assert!(!error.contains("Secret") && error.contains("%25"), "{uri}: {error}");
        }
    }

    #[test]
    fn words_of_the_library_lose_what_they_quote() {
        let said = "connection to server at \"h\" (10.0.0.1), port 1 failed: FATAL:  no such user \"u\"\n\tIs it there?\n";
        let kept = "connection to server at … (10.0.0.1), port 1 failed: FATAL: no such user … Is it there?";
        assert_eq!(without_quotations(said), kept);
    }
}

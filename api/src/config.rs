//! Every setting: its variable, its default, what it means. A setting that is wrong stops the start with its name and what
//! is expected. No setting opens or closes a controlled action (CTL-11).

mod unknown;

use crate::auth::keys::Key;
use crate::db::{Address, ConnectionShares, embedded};
use ipnet::IpNet;
use reqwest::Url;
use std::cell::RefCell;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

const CONNECTIONS: &str = "TENANTATLAS_CONNECTIONS";
const CONNECTIONS_PER_TENANT: &str = "TENANTATLAS_CONNECTIONS_PER_TENANT";
const CONNECTIONS_PER_PERSON: &str = "TENANTATLAS_CONNECTIONS_PER_PERSON";
const REQUESTS_PER_TENANT: &str = "TENANTATLAS_REQUESTS_PER_TENANT";
const REQUESTS_PER_PERSON: &str = "TENANTATLAS_REQUESTS_PER_PERSON";
/// Connections kept beside for each purpose that must go through whatever others do.
const CONNECTIONS_RESERVED: u32 = 2;
const DRAIN: &str = "TENANTATLAS_DRAIN_SECONDS";
const RETENTION: &str = "TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS";
const RETENTION_EXPECTED: &str = "a number of days from 1 to 36500 is expected";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Requests under way at once on a node.
#[derive(Debug, Clone, Copy)]
pub struct RequestShares {
    /// Those of the people of one tenant.
    pub per_tenant: usize,
    /// Those of one person, by whatever sessions and tokens.
    pub per_person: usize,
}

/// The settings of a process.
#[derive(Clone)]
pub struct Config {
    /// `DATABASE_URL` (or a file named by `DATABASE_URL_FILE`). Absent: a private PostgreSQL in the data directory.
    pub database_url: Option<Address>,
    /// `DATABASE_READ_URL`: a replica for reading.
    pub database_read_url: Option<Address>,
    /// `TENANTATLAS_CONNECTIONS`, default 16: database connections for requests, beside those that are reserved. Of them the
    /// people of one tenant have `TENANTATLAS_CONNECTIONS_PER_TENANT` at once, default 4, and one person
    /// `TENANTATLAS_CONNECTIONS_PER_PERSON`, default 2, for each purpose. One address has half of them for callers who are not
    /// known yet.
    pub connections: ConnectionShares,
    /// `TENANTATLAS_REQUESTS_PER_TENANT`, default 256, and `TENANTATLAS_REQUESTS_PER_PERSON`, default 64: requests under way at
    /// once on this node, live streams among them.
    pub request_shares: RequestShares,
    /// `TENANTATLAS_LISTEN`, default `127.0.0.1:8080`. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// `TENANTATLAS_DATA_DIR`, default `.data`; as root where the PostgreSQL user cannot reach it `/var/lib/tenantatlas`.
    pub data_dir: PathBuf,
    /// `PG_BIN_DIR`: where `initdb` and `postgres` are, when not in a usual place.
    pub pg_bin_dir: Option<PathBuf>,
    /// `TENANTATLAS_SIGNING_KEYS` (or `…_FILE`): `id:hex,id:hex`, at least 32 bytes each, the first signs. Absent: kept in the database.
    pub signing_keys: Vec<Key>,
    /// `TENANTATLAS_TRUSTED_PROXIES`: addresses or networks whose `X-Forwarded-For` is believed, comma-separated.
    pub trusted_proxies: Vec<IpNet>,
    /// `TENANTATLAS_RATE_LIMIT`: requests a minute of one API token, or of all bearer sessions of one person, on this node;
    /// default 1200, `off` for none. All tokens and bearer sessions of one person together may ask for four times as much, their
    /// pages for ten times, all users of one tenant for twenty times, an address without a credential for as much.
    pub rate_limit: Option<NonZeroU32>,
    /// `TENANTATLAS_UPLOADS_PER_TENANT`: files on their way to this node for one tenant at once, default 2.
    pub uploads_per_tenant: usize,
    /// `TENANTATLAS_FINDINGS_PER_TENANT`: findings of one tenant, default 2,000,000; an import of more is refused.
    pub findings_per_tenant: i64,
    /// `TENANTATLAS_ALERT_RULES`: alert rules of the installation, default 200.
    pub alert_rules: i64,
    /// `TENANTATLAS_ALERT_DESTINATIONS`: alert destinations of the installation, default 100.
    pub alert_destinations: i64,
    /// `TENANTATLAS_STREAMS_PER_PERSON`: live streams of one person on this node, by whatever sessions and tokens; default 20.
    pub streams_per_person: usize,
    /// `TENANTATLAS_WORKER_CONCURRENCY`: run targets worked on at once by this process, default the number of cores.
    pub worker_concurrency: usize,
    /// `TENANTATLAS_PRODUCT_USAGE_EVENT_RETENTION_DAYS`: how long product usage events are kept, default 90.
    pub product_usage_event_retention_days: u16,
    /// `TENANTATLAS_DRAIN_SECONDS`: time from SIGTERM until the listener closes, in which readiness is 503 and requests are still
    /// answered; one second by default.
    pub drain: Duration,
    /// `TENANTATLAS_LOG`: filter of log lines, default `info`.
    pub log: String,
    /// `TENANTATLAS_LOG_FORMAT`: `text` (default) or `json`.
    pub log_format: LogFormat,
    /// `TENANTATLAS_SEALING_KEYS` (or `…_FILE`): `id:hex,id:hex`, 32 bytes each, under which secrets of alert destinations are
    /// encrypted; the first seals, all open. Absent: kept in the database.
    pub sealing_keys: Vec<Key>,
    /// `TENANTATLAS_ALERTS_ALLOWED_NETWORKS`: private networks that alerts may be sent to, comma-separated; none by default.
    pub alerts_allowed_networks: Vec<IpNet>,
    /// `TENANTATLAS_ALERTS_CA_FILE`: certificates (PEM) trusted for destinations beside those of the machine.
    pub alerts_ca_file: Option<PathBuf>,
    /// `TENANTATLAS_PUBLIC_URL`: address under which people reach the product, when it is not the one listened on. With
    /// `https://` browsers are told to come by TLS alone.
    pub public_url: Option<String>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Has a value that cannot be used.
    #[error("{variable}: {expected}")]
    Wrong {
        /// Name of the variable.
        variable: &'static str,
        /// Values that can be used.
        expected: String,
    },
    /// Is named like a setting, and none is called so.
    #[error("{variable} is not a setting{}", did_you_mean(.near.as_deref()))]
    Unknown {
        /// Name of the variable.
        variable: String,
        /// A setting of nearly the same name.
        near: Option<String>,
    },
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(|| "; the README lists them".to_owned(), |near| format!("; did you mean {near}?"))
}

fn wrong(variable: &'static str, expected: impl Into<String>) -> ConfigError {
    ConfigError::Wrong { variable, expected: expected.into() }
}

impl Config {
    /// Reads the environment. A variable that is named like a setting and is none is refused: it is a typing error.
    pub fn from_env() -> Result<Self, ConfigError> {
        // The names that were asked for are the list of settings, so the two cannot differ.
        let known = RefCell::new(Vec::new());
        let config = Self::from(&|name| {
            known.borrow_mut().push(name.to_owned());
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })?;
        let present: Vec<String> = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
        match unknown::find(&present, &known.into_inner()) {
            Some((variable, near)) => Err(ConfigError::Unknown { variable, near }),
            None => Ok(config),
        }
    }

    /// Reads settings from any source, which tests use.
    pub fn from(source: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            database_url: secret(source, "DATABASE_URL", "DATABASE_URL_FILE")?
                .map(|url| address("DATABASE_URL", &url))
                .transpose()?,
            database_read_url: source("DATABASE_READ_URL").map(|url| address("DATABASE_READ_URL", &url)).transpose()?,
            connections: connections(source)?,
            request_shares: request_shares(source)?,
            listen: parsed(source, "TENANTATLAS_LISTEN", "an address with port is expected, as 127.0.0.1:8080")?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            data_dir: source("TENANTATLAS_DATA_DIR").map_or_else(embedded::default_data_dir, PathBuf::from),
            pg_bin_dir: source("PG_BIN_DIR").map(PathBuf::from),
            signing_keys: secret(source, "TENANTATLAS_SIGNING_KEYS", "TENANTATLAS_SIGNING_KEYS_FILE")?
                .map_or(Ok(Vec::new()), |text| signing_keys(&text))?,
            trusted_proxies: networks(source, "TENANTATLAS_TRUSTED_PROXIES")?,
            rate_limit: match source("TENANTATLAS_RATE_LIMIT").as_deref() {
                None => NonZeroU32::new(1200),
                Some("off") => None,
                Some(text) => Some(checked_rate_limit(text)?),
            },
            uploads_per_tenant: limit(source, "TENANTATLAS_UPLOADS_PER_TENANT", 2, 8)?,
            findings_per_tenant: limit(source, "TENANTATLAS_FINDINGS_PER_TENANT", 2_000_000, 1_000_000_000)?,
            alert_rules: limit(source, "TENANTATLAS_ALERT_RULES", 200, 10_000)?,
            alert_destinations: limit(source, "TENANTATLAS_ALERT_DESTINATIONS", 100, 10_000)?,
            streams_per_person: limit(source, "TENANTATLAS_STREAMS_PER_PERSON", 20, 10_000)?,
            worker_concurrency: parsed(source, "TENANTATLAS_WORKER_CONCURRENCY", "a number from 1 to 64 is expected")?
                .map_or(Ok(cores.clamp(1, 64)), checked_concurrency)?,
            product_usage_event_retention_days: parsed(source, RETENTION, RETENTION_EXPECTED)?
                .map_or(Ok(90), checked_retention)?,
            drain: drain(source)?,
            log: source("TENANTATLAS_LOG").unwrap_or_else(|| "info".to_owned()),
            log_format: match source("TENANTATLAS_LOG_FORMAT").as_deref() {
                None | Some("text") => LogFormat::Text,
                Some("json") => LogFormat::Json,
                Some(_) => return Err(wrong("TENANTATLAS_LOG_FORMAT", "text or json is expected")),
            },
            sealing_keys: secret(source, "TENANTATLAS_SEALING_KEYS", "TENANTATLAS_SEALING_KEYS_FILE")?
                .map_or(Ok(Vec::new()), |text| sealing_keys(&text))?,
            alerts_allowed_networks: networks(source, "TENANTATLAS_ALERTS_ALLOWED_NETWORKS")?,
            alerts_ca_file: source("TENANTATLAS_ALERTS_CA_FILE").map(checked_ca_file).transpose()?,
            public_url: source("TENANTATLAS_PUBLIC_URL").map(checked_public_url).transpose()?,
        })
    }

    /// The address under which people reach the product.
    pub fn public_address(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// Whether people reach the product by TLS alone.
    pub fn is_behind_tls(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Whether cookies go over TLS alone. They need not where only this machine can reach the listener and nobody says that
    /// people come another way.
    pub fn wants_secure_cookies(&self) -> bool {
        self.is_behind_tls() || !self.listen.ip().is_loopback()
    }
}

fn secret(
    source: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    file: &'static str,
) -> Result<Option<String>, ConfigError> {
    match (source(name), source(file)) {
        (Some(value), _) => Ok(Some(value)),
        (None, None) => Ok(None),
        (None, Some(path)) => std::fs::read_to_string(&path)
            .map(|text| Some(text.trim().to_owned()))
            .map_err(|error| wrong(file, format!("the file {path} cannot be read: {error}"))),
    }
}

fn parsed<T: std::str::FromStr>(
    source: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    expected: &str,
) -> Result<Option<T>, ConfigError> {
    source(name).map(|text| text.trim().parse().map_err(|_| wrong(name, expected))).transpose()
}

/// A number from 1 to `highest`, which the default does not exceed either.
fn limit<T>(source: &dyn Fn(&str) -> Option<String>, name: &'static str, default: T, highest: T) -> Result<T, ConfigError>
where
    T: Copy + Ord + From<u8> + std::fmt::Display + std::str::FromStr,
{
    let expected = format!("a number from 1 to {highest} is expected");
    let number = parsed(source, name, &expected)?.unwrap_or(default.min(highest));
    if number >= T::from(1) && number <= highest { Ok(number) } else { Err(wrong(name, expected)) }
}

fn address(variable: &'static str, uri: &str) -> Result<Address, ConfigError> {
    Address::parse(uri).map_err(|error| wrong(variable, error.to_string()))
}

fn checked_public_url(url: String) -> Result<String, ConfigError> {
    // The page, its cookies and the links of alerts stand at the root of a host.
    let is_root = |url: &Url| {
        let has_more =
            !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some();
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/" && !has_more
    };
    match Url::parse(&url).is_ok_and(|url| is_root(&url)) {
        true => Ok(url.trim_end_matches('/').to_owned()),
        false => Err(wrong(
            "TENANTATLAS_PUBLIC_URL",
            "an address as https://atlas.example.com is expected, without user, path, query or fragment",
        )),
    }
}

fn checked_rate_limit(text: &str) -> Result<NonZeroU32, ConfigError> {
    let number = text.trim().parse().ok().filter(|number: &NonZeroU32| number.get() <= 1_000_000);
    number.ok_or_else(|| wrong("TENANTATLAS_RATE_LIMIT", "a number from 1 to 1000000 is expected, or off"))
}

fn connections(source: &dyn Fn(&str) -> Option<String>) -> Result<ConnectionShares, ConfigError> {
    let requests = limit(source, CONNECTIONS, 16, 500)?;
    let per_tenant = limit(source, CONNECTIONS_PER_TENANT, 4, requests)?;
    let per_person = limit(source, CONNECTIONS_PER_PERSON, 2, per_tenant)?;
    Ok(ConnectionShares { requests, per_tenant, per_person, reserved: CONNECTIONS_RESERVED })
}

fn request_shares(source: &dyn Fn(&str) -> Option<String>) -> Result<RequestShares, ConfigError> {
    let per_tenant = limit(source, REQUESTS_PER_TENANT, 256, 100_000)?;
    Ok(RequestShares { per_tenant, per_person: limit(source, REQUESTS_PER_PERSON, 64, per_tenant)? })
}

fn checked_concurrency(number: usize) -> Result<usize, ConfigError> {
    match (1..=64).contains(&number) {
        true => Ok(number),
        false => Err(wrong("TENANTATLAS_WORKER_CONCURRENCY", "a number from 1 to 64 is expected")),
    }
}

fn drain(source: &dyn Fn(&str) -> Option<String>) -> Result<Duration, ConfigError> {
    let expected = "a number of seconds from 0 to 300 is expected";
    let seconds = parsed(source, DRAIN, expected)?.unwrap_or(1_u16);
    if seconds <= 300 { Ok(Duration::from_secs(seconds.into())) } else { Err(wrong(DRAIN, expected)) }
}

fn checked_ca_file(path: String) -> Result<PathBuf, ConfigError> {
    let text = std::fs::read_to_string(&path)
        .map_err(|error| wrong("TENANTATLAS_ALERTS_CA_FILE", format!("the file {path} cannot be read: {error}")))?;
    match text.contains("-----BEGIN CERTIFICATE-----") {
        true => Ok(PathBuf::from(path)),
        false => Err(wrong("TENANTATLAS_ALERTS_CA_FILE", "a file with certificates in PEM form is expected")),
    }
}

fn checked_retention(days: u16) -> Result<u16, ConfigError> {
    match (1..=36_500).contains(&days) {
        true => Ok(days),
        false => Err(wrong(RETENTION, RETENTION_EXPECTED)),
    }
}

fn signing_keys(text: &str) -> Result<Vec<Key>, ConfigError> {
    let variable = "TENANTATLAS_SIGNING_KEYS";
    let keys = keys(text, |bytes| bytes >= 32)
        .ok_or_else(|| wrong(variable, "id:hex,id:hex is expected, with 32 bytes (64 hex digits) or more each"))?;
    distinct(variable, keys)
}

fn sealing_keys(text: &str) -> Result<Vec<Key>, ConfigError> {
    let variable = "TENANTATLAS_SEALING_KEYS";
    let keys = keys(text, |bytes| bytes == 32)
        .ok_or_else(|| wrong(variable, "id:hex,id:hex is expected, with 32 bytes (64 hex digits) each"))?;
    distinct(variable, keys)
}

/// A key is found by its id, so of two with one id only one could be used.
fn distinct(variable: &'static str, keys: Vec<Key>) -> Result<Vec<Key>, ConfigError> {
    let mut ids = HashSet::new();
    match keys.iter().find(|key| !ids.insert(&key.id)) {
        Some(twice) => Err(wrong(variable, format!("each key needs an id of its own; {} is there twice", twice.id))),
        None => Ok(keys),
    }
}

fn keys(text: &str, is_long_enough: impl Fn(usize) -> bool) -> Option<Vec<Key>> {
    let key = |part: &str| {
        let (id, digits) = part.trim().split_once(':')?;
        let secret = hex::decode(digits).ok().filter(|secret| is_long_enough(secret.len()) && !id.is_empty())?;
        Some(Key { id: id.to_owned(), secret })
    };
    text.split(',').map(key).collect()
}

fn networks(source: &dyn Fn(&str) -> Option<String>, variable: &'static str) -> Result<Vec<IpNet>, ConfigError> {
    let network = |part: &str| {
        let part = part.trim();
        part.parse::<IpNet>()
            .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| wrong(variable, format!("addresses or networks are expected, as 10.0.0.0/8; {part:?} is neither")))
    };
    source(variable).unwrap_or_default().split(',').filter(|part| !part.trim().is_empty()).map(network).collect()
}

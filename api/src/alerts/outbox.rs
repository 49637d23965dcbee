//! What sending needs of the settings: keys of secrets, where requests may go, whom to trust, and the product's own address.

use super::network::Policy;
use super::sealing::Sealer;
use crate::config::Config;
use crate::error::{Error, Result};
use diesel::prelude::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

/// Shared by everything of a process that sends, or takes secrets in; cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    pub(super) sealer: Sealer,
    pub(super) policy: Policy,
    pub(super) tls: Arc<ClientConfig>,
    /// Certificates trusted beside those of the machine.
    pub(super) extra_roots: Vec<CertificateDer<'static>>,
    pub(super) public_url: String,
}

impl Outbox {
    /// Loads it; a sealing key is made if there is none, and secrets are sealed anew under the first one.
    pub fn load(conn: &mut PgConnection, config: &Config) -> Result<Self> {
        let sealer = conn.transaction(|conn| Sealer::load(conn, &config.sealing_keys))?;
        let extra_roots = extra_roots(config)?;
        Ok(Self {
            sealer,
            policy: Policy { allowed: config.alerts_allowed_networks.clone() },
            tls: Arc::new(tls(&extra_roots)?),
            extra_roots,
            public_url: config.public_address(),
        })
    }

    /// Whether anything may be sent to an address.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        self.policy.allows(address)
    }
}

fn extra_roots(config: &Config) -> Result<Vec<CertificateDer<'static>>> {
    let Some(path) = &config.alerts_ca_file else { return Ok(Vec::new()) };
    let certificates: std::result::Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(Error::internal);
    certificates
}

/// Certificates of the machine, read once: there are more than a hundred, and each takes its time.
static MACHINE_ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
});

/// The provider is named here, so that no other library's choice matters.
fn tls(extra: &[CertificateDer<'static>]) -> Result<ClientConfig> {
    let mut roots = MACHINE_ROOTS.clone();
    for certificate in extra {
        roots.add(certificate.clone()).map_err(Error::internal)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(Error::internal)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

//! TLS: rustls with ring, the system's authorities and those of the settings.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::client::Unusable;

/// `extra` holds certificates of further authorities as PEM text, may be empty.
///
/// A machine without any authorities (a bare container) is no error: plain http still works there, and
/// https says "unknown authority".
pub(crate) fn config(extra: &[u8]) -> Result<ClientConfig, Unusable> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    let (added, _ignored) = roots.add_parsable_certificates(system.certs);
    if added == 0 {
        tracing::warn!(errors = ?system.errors, "the system has no certificates of authorities: https will fail");
    }
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(extra) {
        let certificate = certificate.map_err(|_| Unusable::Certificates)?;
        roots.add(certificate).map_err(|_| Unusable::Certificates)?;
    }
    // a file of something else (a key, DER) would be passed over in silence
    if roots.len() == before && !extra.trim_ascii().is_empty() {
        return Err(Unusable::Certificates);
    }

    let ring = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|trouble| Unusable::Build(trouble.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

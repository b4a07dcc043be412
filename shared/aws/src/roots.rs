//! Root certificates: read once, from where the runtime's image has them.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

/// OpenSSL's variables that name other root certificates. Lambda@Edge sets none of them; on other machines the
/// platform's verifier uses them.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Files with root certificates in order of preference, without the leading slash. Amazon Linux 2023, the base of
/// Lambda's runtimes, has the first two; `nodejs24.x` has its own copy, which is used if an image lacks them.
const FILES: [&str; 6] = [
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/ssl/certs/ca-certificates.crt",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
    "var/runtime/ca-cert.pem",
];

/// Returns the root certificates of this machine. Without any, every request to AWS fails. The client only traces that,
/// so this function logs it in one line.
pub(crate) fn trust_store() -> TrustStore {
    let variables = VARIABLES.iter().filter_map(|name| Some(format!("{name}={:?}", env::var_os(name)?)));
    let variables: Vec<_> = variables.collect();
    let is_default = variables.is_empty() && cfg!(target_os = "linux");
    let found = if is_default { find(Path::new("/")) } else { None };
    if let Some(roots) = found {
        return trust_store_of(&roots);
    }
    if rustls_native_certs::load_native_certs().certs.iter().any(is_root) {
        return TrustStore::default();
    }
    // A closed standard error must not fail the request.
    let _ = writeln!(std::io::stderr(), "{}", none_found(&variables));
    // Not the platform's verifier, which without root certificates panics in a debug build.
    TrustStore::empty()
}

/// Returns the log line. `variables` are those that name other root certificates, with their values.
fn none_found(variables: &[String]) -> String {
    let files = || FILES.iter().map(|file| format!("/{file}")).collect();
    let looked: Vec<_> = if variables.is_empty() { files() } else { variables.to_vec() };
    let looked = looked.join(", ");
    format!("no root certificates were found, so every request to AWS will fail; searched {looked}")
}

/// Returns the root certificates in the first of [`FILES`] under `root` that contains any.
fn find(root: &Path) -> Option<Vec<CertificateDer<'static>>> {
    let read = |file: PathBuf| -> Vec<_> {
        // A certificate that cannot be parsed does not invalidate the others in its file.
        let loaded = rustls_native_certs::load_certs_from_paths(Some(&file), None);
        loaded.certs.into_iter().filter(is_root).collect()
    };
    FILES.iter().map(|file| read(root.join(file))).find(|roots| !roots.is_empty())
}

/// Whether rustls accepts the certificate. The client panics on a certificate that rustls rejects.
fn is_root(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone().into_owned()).is_ok()
}

/// Returns a trust store from PEM (RFC 7468).
fn trust_store_of(roots: &[CertificateDer<'_>]) -> TrustStore {
    let pem: String = roots.iter().map(|root| pem(root)).collect();
    TrustStore::empty().with_pem_certificate(pem)
}

fn pem(certificate: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    /// Returns the certificate of a new authority, as PEM.
    fn authority(folder: &Path) -> String {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
            .args(["-subj", "/CN=ours", "-days", "36500", "-keyout", "/dev/null", "-out"])
            .arg(folder.join("made.pem"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::read_to_string(folder.join("made.pem")).unwrap()
    }

    fn put(root: &Path, file: &str, text: &str) {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), text).unwrap();
    }

    #[test]
    #[ignore = "needs OpenSSL"]
    fn roots_of_amazon_linux_and_lambda_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = authority(folder.path());
        let two = format!("# a comment\n{root}\n{}", authority(folder.path()));
        for (files, expected) in [
            (&[("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", &*two)][..], Some(2)),
            (&[("etc/pki/tls/certs/ca-bundle.crt", &*root)], Some(1)),
            (&[("var/runtime/ca-cert.pem", &*root)], Some(1)),
            // An image with an empty file.
            (&[("etc/pki/tls/certs/ca-bundle.crt", ""), ("var/runtime/ca-cert.pem", &*two)], Some(2)),
            (&[("etc/pki/tls/certs/ca-bundle.crt", "no PEM"), ("var/runtime/ca-cert.pem", &*root)], Some(1)),
            (&[("etc/hosts", "")], None),
        ] {
            let image = tempfile::tempdir().unwrap();
            files.iter().for_each(|(file, text)| put(image.path(), file, text));
            assert_eq!(find(image.path()).map(|roots| roots.len()), expected, "{files:?}");
        }
    }

    #[test]
    #[ignore = "needs OpenSSL"]
    fn invalid_certificates_are_skipped() {
        let image = tempfile::tempdir().unwrap();
        let root = authority(image.path());
        let bad = pem(b"no certificate");
        put(image.path(), FILES[0], &format!("{bad}{root}{bad}"));
        let roots = find(image.path()).unwrap();
        assert_eq!(roots.len(), 1);
        // The client would panic on the others.
        assert_eq!(pem(&roots[0]).lines().next(), Some("-----BEGIN CERTIFICATE-----"));
    }

    #[test]
    fn missing_roots_are_logged_in_one_line_with_the_searched_files() {
        let line = none_found(&[]);
        assert_eq!(line.lines().count(), 1);
        for file in FILES {
            assert!(line.contains(&format!("/{file}")), "{line}");
        }
        let line = none_found(&["SSL_CERT_FILE=\"/nowhere\"".to_owned()]);
        assert!(line.ends_with("searched SSL_CERT_FILE=\"/nowhere\""), "{line}");
    }
}

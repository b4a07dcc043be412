//! The certificates that servers are trusted by: found once, where the runtime image has them.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

/// Variables of OpenSSL that name other roots. Lambda@Edge has none; on other machines the platform's way obeys them.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Files with roots, best first, without the first slash. Amazon Linux 2023, on which Lambda's runtimes are built, has the
/// first two; `nodejs24.x` has a copy of its own, in case an image comes without them.
const FILES: [&str; 6] = [
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/ssl/certs/ca-certificates.crt",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
    "var/runtime/ca-cert.pem",
];

/// The roots of this machine. Where there are none, every request to AWS fails: that is said here, in one line, since
/// the client itself only traces it.
pub(crate) fn trust_store() -> TrustStore {
    let told = VARIABLES.iter().filter_map(|name| Some(format!("{name}={:?}", env::var_os(name)?)));
    let told: Vec<_> = told.collect();
    let is_asked = told.is_empty() && cfg!(target_os = "linux");
    let found = if is_asked { find(Path::new("/")) } else { None };
    if let Some(roots) = found {
        return of(&roots);
    }
    if rustls_native_certs::load_native_certs().certs.iter().any(is_root) {
        return TrustStore::default();
    }
    // Whether anybody reads it makes no difference to the request.
    let _ = writeln!(std::io::stderr(), "{}", none_found(&told));
    // With the platform's own and none there, the client would stop a debug build.
    TrustStore::empty()
}

/// `told` are the variables that name other places, where there are some.
fn none_found(told: &[String]) -> String {
    let files = || FILES.iter().map(|file| format!("/{file}")).collect();
    let looked: Vec<_> = if told.is_empty() { files() } else { told.to_vec() };
    let looked = looked.join(", ");
    format!("no trusted root certificate was found, so every request to AWS will fail; looked at {looked}")
}

/// The roots of the first of [`FILES`] under `root` that has any.
fn find(root: &Path) -> Option<Vec<CertificateDer<'static>>> {
    let read = |file: PathBuf| -> Vec<_> {
        // One that cannot be read or understood does not make the others of its file worthless.
        let loaded = rustls_native_certs::load_certs_from_paths(Some(&file), None);
        loaded.certs.into_iter().filter(is_root).collect()
    };
    FILES.iter().map(|file| read(root.join(file))).find(|roots| !roots.is_empty())
}

/// Whether rustls takes it. The client ends the process on one that it does not.
fn is_root(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone().into_owned()).is_ok()
}

/// As the client wants them: PEM (RFC 7468).
fn of(roots: &[CertificateDer<'_>]) -> TrustStore {
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

    /// A new authority's certificate, PEM.
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
    fn they_are_found_as_amazon_linux_and_lambda_have_them() {
        let folder = tempfile::tempdir().unwrap();
        let root = authority(folder.path());
        let two = format!("# a comment\n{root}\n{}", authority(folder.path()));
        for (files, expected) in [
            (&[("etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", &*two)][..], Some(2)),
            (&[("etc/pki/tls/certs/ca-bundle.crt", &*root)], Some(1)),
            (&[("var/runtime/ca-cert.pem", &*root)], Some(1)),
            // An image that has lost what is in its files.
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
    fn one_that_is_no_certificate_is_left_out() {
        let image = tempfile::tempdir().unwrap();
        let root = authority(image.path());
        let bad = pem(b"no certificate");
        put(image.path(), FILES[0], &format!("{bad}{root}{bad}"));
        let roots = find(image.path()).unwrap();
        assert_eq!(roots.len(), 1);
        // Reading what is handed over would end the process on the others.
        assert_eq!(pem(&roots[0]).lines().next(), Some("-----BEGIN CERTIFICATE-----"));
    }

    #[test]
    fn where_there_are_none_one_line_says_where_they_were_looked_for() {
        let line = none_found(&[]);
        assert_eq!(line.lines().count(), 1);
        for file in FILES {
            assert!(line.contains(&format!("/{file}")), "{line}");
        }
        let told = none_found(&["SSL_CERT_FILE=\"/nowhere\"".to_owned()]);
        assert!(told.ends_with("looked at SSL_CERT_FILE=\"/nowhere\""), "{told}");
    }
}

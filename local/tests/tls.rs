//! S3 over TLS with a private certificate authority: the package runs under AWS's emulator, and `SSL_CERT_FILE` names
//! the authority.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use local::lambda::Package;
use local::lambda::Runtime::Node24;
use tempfile::{TempDir, tempdir};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::lambda::{Function, origin_response, packages};
use crate::support::{Ridge, credentials_at};

const MADE: &str = "/w_40/h_30/webp/photos/brook.jpg";

/// An authority that has signed one certificate, for `localhost`.
struct Authority {
    folder: TempDir,
}

impl Authority {
    fn new() -> Authority {
        let folder = tempdir().unwrap();
        // Without OpenSSL's own settings, which would make every certificate an authority's.
        std::fs::write(folder.path().join("settings"), "[req]\ndistinguished_name = name\n[name]\n").unwrap();
        let own = ["-subj", "/CN=ours", "-addext", "basicConstraints=critical,CA:TRUE"];
        openssl(folder.path(), &[&own[..], &["-keyout", "ca.key", "-out", "ca.pem"]].concat());
        let signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=localhost"];
        let names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
        openssl(folder.path(), &[&signed[..], &names, &["-keyout", "server.key", "-out", "server.pem"]].concat());
        Authority { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a TLS server before an HTTP server, and returns its URL.
    async fn before(&self, url: &str) -> String {
        let target = url.strip_prefix("http://").unwrap().to_owned();
        let chain = vec![CertificateDer::from_pem_file(self.file("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(self.file("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((viewer, _)) = listener.accept().await {
                let (acceptor, target) = (acceptor.clone(), target.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate closes the connection.
                    let Ok(mut viewer) = acceptor.accept(viewer).await else { return };
                    let mut server = TcpStream::connect(target).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut viewer, &mut server).await;
                });
            }
        });
        format!("https://localhost:{port}")
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-config", "settings", "-days", "36500", "-nodes", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn only_root_certificates_are_trusted_and_a_lack_of_them_is_logged_once() {
    let data = tempdir().unwrap();
    let ridge = Ridge::serve(data.path(), &[]);
    let authority = Authority::new();
    let event = origin_response(&authority.before(&ridge.s3).await, MADE, "404");
    let function = |roots: Option<PathBuf>| {
        let package = Package::unpack(&packages().join("origin-response.zip")).unwrap();
        let variables = roots.map(|file| ("SSL_CERT_FILE", file.to_str().unwrap().to_owned()));
        let credentials = credentials_at(&ridge.s3);
        Function::with_credentials("origin-response", Node24, package, variables.into_iter().collect(), credentials)
    };

    let trusting = function(Some(authority.file("ca.pem")));
    let made = trusting.invoke(&event).await.unwrap();
    assert_eq!((&made["status"], &made["headers"]["content-type"][0]["value"]), (&"200".into(), &"image/webp".into()));
    assert_eq!(trusting.count("no root certificates were found"), 0);

    // The machine has root certificates, and this authority is not among them.
    let careful = function(None);
    assert_eq!(careful.invoke(&event).await.unwrap()["status"], "503");
    careful.logged("UnknownIssuer").await;

    let blind = function(Some(authority.file("nowhere.pem")));
    for _ in 0..2 {
        assert_eq!(blind.invoke(&event).await.unwrap()["status"], "503");
    }
    blind.logged("no root certificates were found, so every request to AWS will fail; searched SSL_CERT_FILE=").await;
    assert_eq!(blind.count("no root certificates were found"), 1);
}

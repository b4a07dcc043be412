//! The HTTP client and the credentials that the clients of all AWS services share.

mod roots;

use std::env;

pub use aws_credential_types::Credentials;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use once_cell::sync::OnceCell;

/// Why a client cannot be created.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    /// A variable is not set. Lambda sets it; other environments may not.
    #[error("the environment variable {0} is not set, so there are no AWS credentials")]
    Credentials(&'static str),
}

/// Returns the credentials in the environment, which Lambda sets. They are read once.
///
/// # Errors
///
/// If `AWS_ACCESS_KEY_ID` or `AWS_SECRET_ACCESS_KEY` is not set.
pub fn environment_credentials() -> Result<Credentials, ConnectError> {
    static ONCE: OnceCell<Credentials> = OnceCell::new();
    let read = |name: &'static str| env::var(name).map_err(|_| ConnectError::Credentials(name));
    ONCE.get_or_try_init(|| {
        let (id, secret) = (read("AWS_ACCESS_KEY_ID")?, read("AWS_SECRET_ACCESS_KEY")?);
        Ok(Credentials::new(id, secret, env::var("AWS_SESSION_TOKEN").ok(), None, "environment"))
    })
    .cloned()
}

/// Returns the process's HTTP client. Its TLS is rustls with ring, and trusts only the root certificates of the
/// machine. If there are none, one line on standard error says so.
pub fn http_client() -> SharedHttpClient {
    static HTTP: OnceCell<SharedHttpClient> = OnceCell::new();
    let build = || {
        let tls = TlsContext::builder().with_trust_store(roots::trust_store()).build();
        aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.unwrap_or_default())
            .build_https()
    };
    HTTP.get_or_init(build).clone()
}

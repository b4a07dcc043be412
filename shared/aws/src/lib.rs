//! What the clients of all AWS services share: the HTTP client and the credentials.

mod roots;

use std::env;

pub use aws_credential_types::Credentials;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use once_cell::sync::OnceCell;

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectError {
    /// Lambda sets the variables; elsewhere they may be missing.
    #[error("the environment variable {0} is not set, so there are no credentials for AWS")]
    Credentials(&'static str),
}

/// Credentials as Lambda gives them: in the environment, for as long as the process lives.
pub fn credentials_of_lambda() -> Result<Credentials, ConnectError> {
    static ONCE: OnceCell<Credentials> = OnceCell::new();
    let read = |name: &'static str| env::var(name).map_err(|_| ConnectError::Credentials(name));
    ONCE.get_or_try_init(|| {
        let (id, secret) = (read("AWS_ACCESS_KEY_ID")?, read("AWS_SECRET_ACCESS_KEY")?);
        Ok(Credentials::new(id, secret, env::var("AWS_SESSION_TOKEN").ok(), None, "environment"))
    })
    .cloned()
}

/// The one HTTP client of the process; its TLS is rustls with ring. Trusted are the roots of the machine, and none from the
/// program; where there are none, one line on standard error says so.
pub fn http_client() -> SharedHttpClient {
    static HTTP: OnceCell<SharedHttpClient> = OnceCell::new();
    let build = || {
        let trusting = TlsContext::builder().with_trust_store(roots::trust_store()).build();
        aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(trusting.unwrap_or_default())
            .build_https()
    };
    HTTP.get_or_init(build).clone()
}

//! The client of CloudFront's API, from parts of AWS's SDK, for one operation. CloudFront's whole SDK would take longer
//! to compile than the rest of this function.

use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{AuthSchemeOptionResolverParams, SharedAuthScheme};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use ridge_aws::Credentials;

use crate::api::{self, Refusal, Request};

/// CloudFront is a global service. Its requests are signed for this region ("Amazon CloudFront endpoints and quotas").
const ENDPOINT: &str = "https://cloudfront.amazonaws.com";
const REGION: &str = "us-east-1";

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(8);
/// Includes retries. The caller's deadline can be earlier.
const OPERATION: Duration = Duration::from_secs(20);
/// For short failures and throttling; after longer ones the queue delivers the messages again.
const ATTEMPTS: u32 = 3;

/// A client of CloudFront's API.
#[derive(Debug, Clone)]
pub struct Client {
    create_invalidation: Operation<Request, String, Refusal>,
}

impl Client {
    /// Creates an invalidation, and returns its ID.
    pub(crate) async fn invalidate(&self, request: Request) -> Result<String, SdkError<Refusal, HttpResponse>> {
        self.create_invalidation.invoke(request).await
    }
}

/// Returns a client. `endpoint` is the URL of a server other than AWS.
pub fn connect(endpoint: Option<&str>, credentials: Credentials) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let create_invalidation = Operation::builder()
        .service_name("CloudFront")
        .operation_name("CreateInvalidation")
        .behavior_version(BehaviorVersion::latest())
        .http_client(ridge_aws::http_client())
        .endpoint_url(endpoint.unwrap_or(ENDPOINT))
        .timeout_config(timeouts)
        .standard_retry(&RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .retry_classifier(TransientErrorClassifier::<Refusal>::new())
        .retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .runtime_plugin(signed_by(credentials))
        .serializer(|request: Request| request.http())
        .deserializer(api::read)
        .build();
    Client { create_invalidation }
}

/// Returns the plugin that signs with AWS Signature Version 4.
fn signed_by(credentials: Credentials) -> StaticRuntimePlugin {
    let mut config = Layer::new("signature");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(SigV4OperationSigningConfig {
        name: Some("cloudfront".into()),
        region: Some(REGION.into()),
        ..Default::default()
    });
    let components = RuntimeComponentsBuilder::new("signature")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_identity_cache(Some(IdentityCache::no_cache()))
        .with_identity_resolver(SCHEME_ID, SharedCredentialsProvider::new(credentials));
    StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components)
}

//! The client behind a [`crate::Store`], with every setting made on purpose.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, StalledStreamProtectionConfig};

/// A picture is waited for, so S3 gets less time than a batch job would give it. An operation ends with its last
/// header: a body is bounded by [`STALLED`] and by the caller's own deadline.
const CONNECT: Duration = Duration::from_secs(2);
const FIRST_BYTE: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(8);
const OPERATION: Duration = Duration::from_secs(15);
/// An upload is answered when it is through: from far away, a large variant takes its time.
const UPLOAD: Duration = Duration::from_secs(25);
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(50);
/// A body that stands still for so long is given up.
const STALLED: Duration = Duration::from_secs(3);

/// What is different for an upload: the time to the first byte of the answer has the sending in it.
pub(crate) fn upload() -> aws_sdk_s3::config::Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(UPLOAD)
        .operation_attempt_timeout(UPLOAD)
        .operation_timeout(UPLOAD)
        .build();
    aws_sdk_s3::Config::builder().timeout_config(timeouts)
}

/// Makes a client for one region. `endpoint` is for servers other than AWS, which are spoken to with the bucket in
/// the path.
pub fn connect(region: &str, endpoint: Option<&str>, credentials: Credentials) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(FIRST_BYTE)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let mut config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .http_client(ridge_aws::http_client())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF))
        .stalled_stream_protection(StalledStreamProtectionConfig::enabled().grace_period(STALLED).build())
        .force_path_style(endpoint.is_some());
    config.set_endpoint_url(endpoint.map(str::to_owned));
    Client::from_conf(config.build())
}

//! The client of CloudFront's API.

use std::time::Duration;

use aws::Credentials;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::config::retry::RetryConfig;
use aws_sdk_cloudfront::config::timeout::TimeoutConfig;
use aws_sdk_cloudfront::config::{BehaviorVersion, Region};

const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(8);
/// With its retries; the caller's deadline may come before.
const OPERATION: Duration = Duration::from_secs(20);
/// Against short faults and throttling; what lasts longer waits in the queue.
const ATTEMPTS: u32 = 3;

/// Makes a client. CloudFront is one service for all regions of a partition: `region` says which partition.
/// `endpoint` is for servers other than AWS.
pub fn connect(region: &str, endpoint: Option<&str>, credentials: Credentials) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let mut config = aws_sdk_cloudfront::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .http_client(aws::http_client())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
    config.set_endpoint_url(endpoint.map(str::to_owned));
    Client::from_conf(config.build())
}

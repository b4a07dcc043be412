//! How long CloudFront's origin side took.

use std::time::Duration;

/// Times of one cache miss, for the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// S3's response.
    pub(super) s3: Duration,
    /// `origin-response`.
    pub(super) function: Duration,
}

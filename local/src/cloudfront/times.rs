//! Times of the origin side.

use std::time::Duration;

/// The times of one cache miss, for the log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    /// From the request to S3 to its response.
    pub(super) s3: Duration,
    /// From the invocation of origin-response to its result.
    pub(super) function: Duration,
}

//! The Lambda functions of the stack: what each of them gets.

use std::time::Duration;

/// The memory and time of a Lambda function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionSize {
    /// Memory, in MB.
    pub memory_mb: u32,
    /// The time after which Lambda stops the function.
    pub timeout: Duration,
}

/// `viewer-request`: the quotas of Lambda@Edge for viewer events.
pub const VIEWER_REQUEST: FunctionSize = FunctionSize { memory_mb: 128, timeout: Duration::from_secs(5) };

/// `origin-response`: the memory at which Lambda gives one whole processor, and the longest time of Lambda@Edge.
pub const ORIGIN_RESPONSE: FunctionSize = FunctionSize { memory_mb: 1769, timeout: Duration::from_secs(30) };

/// `purge`.
pub const PURGE: FunctionSize = FunctionSize { memory_mb: 128, timeout: Duration::from_secs(30) };

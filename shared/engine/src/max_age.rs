//! How long browsers and CloudFront cache a variant.

use ridge_contract::Config;

/// The longest time for which a variant is cached that is not stored, may be stale, or comes from a truncated original, in
/// seconds: long enough to spare the function, short enough to try again soon.
const UNCERTAIN: u64 = 60;

/// The value of `Cache-Control` for a variant.
pub fn cache_control(max_age: u64) -> String {
    format!("public, max-age={max_age}")
}

/// How long a variant is cached that may soon be a different one, in seconds.
pub(crate) fn uncertain(config: &Config) -> u64 {
    UNCERTAIN.min(config.max_age)
}

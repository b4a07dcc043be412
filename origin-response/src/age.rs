//! How long browsers and CloudFront keep an answer.

use ridge_contract::Config;

/// How long an answer is kept whose variant is not stored, perhaps not current, or of an original that ends early, in
/// seconds: long enough to spare the function, short enough to try again soon.
const UNSURE_MAX_AGE: u64 = 60;

/// `Cache-Control` of a variant.
pub(crate) fn cache_control(max_age: u64) -> String {
    format!("public, max-age={max_age}")
}

/// How long a variant is kept that may soon be another one, in seconds.
pub(crate) fn unsure(config: &Config) -> u64 {
    UNSURE_MAX_AGE.min(config.max_age)
}

//! What Lambda@Edge and CloudFront demand: limits and header rules, as documented by AWS in "Quotas" and
//! "Restrictions on edge functions" of the CloudFront developer guide.

/// Largest response that a viewer-request function generates, headers and body, in bytes.
pub const VIEWER_RESPONSE_BYTES: usize = 40 * 1024;

/// Largest response that an origin-response function generates, headers and base64 body, in bytes.
pub const ORIGIN_RESPONSE_BYTES: usize = 1024 * 1024;

/// Largest picture that is answered in the body, in raw bytes: base64 makes 973,336 of it and leaves room for headers.
pub const BODY_BUDGET: usize = 730_000;

/// Longest URI with query, in characters.
pub const URI_CHARACTERS: usize = 8192;

/// Longest cache tag, in characters.
pub const CACHE_TAG_CHARACTERS: usize = 256;

/// Most tags of one object; CloudFront drops what comes after them.
pub const CACHE_TAGS: usize = 50;

/// Headers that a viewer-request function may not change, lower case.
pub const READ_ONLY_IN_VIEWER_REQUEST: &[&str] = &["cdn-loop", "content-length", "host", "transfer-encoding", "via"];

/// Headers that an origin-response function may not change, lower case.
pub const READ_ONLY_IN_ORIGIN_RESPONSE: &[&str] = &["transfer-encoding", "via"];

/// Headers that no function may add, lower case. One that ends in `-` stands for all that begin so.
pub const FORBIDDEN: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "proxy-",
    "trailer",
    "upgrade",
    "x-accel-",
    "x-amz-cf-",
    "x-amzn-",
    "x-cache",
    "x-edge-",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Whether no function may add this header (lower case).
pub fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|rule| if rule.ends_with('-') { name.starts_with(rule) } else { name == *rule })
}

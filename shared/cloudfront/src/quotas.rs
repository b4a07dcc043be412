//! Quotas and header rules of CloudFront and Lambda@Edge, from "Quotas" and "Restrictions on edge functions" in the
//! CloudFront developer guide.

/// The largest response that a viewer-request function may generate: headers and body, in bytes.
pub const VIEWER_RESPONSE_BYTES: usize = 40 * 1024;

/// The largest response that an origin-response function may generate: headers and base64 body, in bytes.
pub const ORIGIN_RESPONSE_BYTES: usize = 1024 * 1024;

/// The largest image that a generated response contains, in bytes before base64. It has 973,336 bytes in base64, which leaves
/// room for headers.
pub const BODY_BUDGET: usize = 730_000;

/// The longest URI with its query, in characters.
pub const URI_CHARACTERS: usize = 8192;

/// The longest cache tag, in characters.
pub const CACHE_TAG_CHARACTERS: usize = 256;

/// The most tags of one object. CloudFront ignores any further ones.
pub const CACHE_TAGS: usize = 50;

/// Headers that a viewer-request function may not change, lower case.
pub const READ_ONLY_IN_VIEWER_REQUEST: &[&str] = &["cdn-loop", "content-length", "host", "transfer-encoding", "via"];

/// Headers that an origin-response function may not change, lower case.
pub const READ_ONLY_IN_ORIGIN_RESPONSE: &[&str] = &["transfer-encoding", "via"];

/// Headers that no function may add, lower case. One that ends in `-` is a prefix.
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

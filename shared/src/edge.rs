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

/// The `Cache-Control` of what no cache may keep.
pub const NO_STORE: &str = "no-store";

/// Headers of every answer that a function gives, generated or passed on: names as they are written, and values.
///
/// * `Access-Control-Allow-Origin: *` lets pages of other sites use images in a canvas, in WebGL and by `fetch`, also
///   what errors say. The response headers policy cannot set it: with CORS headers of its own it drops `Vary: Accept`.
///   `*` needs no `Vary: Origin`, and browsers send no credentials with it. GET and HEAD without headers of one's own
///   are simple requests, so there is no preflight to answer.
/// * `Content-Security-Policy` and `nosniff`: no original, whatever its type and bytes, runs a script, loads anything or
///   acts as the site that it lies on. A page that shows it in `<img>` has its own policy, and this one changes nothing.
/// * `Cross-Origin-Resource-Policy: cross-origin` lets pages with `Cross-Origin-Embedder-Policy: require-corp` show
///   images without the attribute `crossorigin`.
pub const ON_EVERY_ANSWER: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// The header with the [`CacheTag`](crate::CacheTag) of an answer. The distribution's `CacheTagConfig` names it; CloudFront
/// keeps the tags beside the object and forgets all objects with a tag at one word ("Invalidating content by cache
/// tags").
pub const CACHE_TAG: &str = "Cache-Tag";

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

/// Whether a header (lower case) tells of the store behind CloudFront, and is no business of viewers: object metadata,
/// version, encryption and its key, expiration rule, request numbers. A function may remove each of them.
pub fn is_of_store(name: &str) -> bool {
    name.starts_with("x-amz-") || name == "server"
}

/// Whether no function may add this header (lower case).
pub fn is_forbidden(name: &str) -> bool {
    FORBIDDEN.iter().any(|rule| if rule.ends_with('-') { name.starts_with(rule) } else { name == *rule })
}

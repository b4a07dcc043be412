//! Headers that Ridge sets and removes.

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

/// Whether a header (lower case) tells of the store behind CloudFront, and is no business of viewers: object metadata,
/// version, encryption and its key, expiration rule, request numbers. A function may remove each of them.
pub fn is_of_store(name: &str) -> bool {
    name.starts_with("x-amz-") || name == "server"
}

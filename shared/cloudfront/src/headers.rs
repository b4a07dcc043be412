//! Headers that Ridge sets, reads and removes.

/// What a browser may do with a response that it shows as a page: nothing.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; sandbox";

/// Headers of every response of a function, generated or passed on: names as they are written, and values.
///
/// * `Access-Control-Allow-Origin: *` lets pages of other sites use images in a canvas, in WebGL and by `fetch`, and read
///   the text of errors. The response headers policy cannot set it: with CORS headers of its own it removes
///   `Vary: Accept`. `*` needs no `Vary: Origin`, and browsers send no credentials with it. GET and HEAD without additional
///   headers are simple requests, so that there is no preflight.
/// * `Content-Security-Policy` and `nosniff`: no original, whatever its type and content, runs a script, loads anything or
///   acts as its site. A page that shows it in `<img>` has its own policy and is not affected.
/// * `Cross-Origin-Resource-Policy: cross-origin` lets pages with `Cross-Origin-Embedder-Policy: require-corp` show images
///   without the attribute `crossorigin`.
pub const ON_EVERY_ANSWER: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// The header with the [`CacheTag`](ridge_contract::CacheTag) of a response. The distribution's `CacheTagConfig` names it.
/// CloudFront stores the tags with the object, and one invalidation removes all objects with a tag ("Invalidate files by
/// cache tag" in the CloudFront developer guide).
pub const CACHE_TAG: &str = "Cache-Tag";

/// The custom header of the origin with the bucket's name. The origin's domain name need not contain it.
pub const BUCKET_HEADER: &str = "x-ridge-bucket";

/// The custom header of the origin with the bucket's region, which may differ from the function's.
pub const REGION_HEADER: &str = "x-ridge-region";

/// Whether a header (lower case) is about the S3 object behind CloudFront: metadata, version, encryption and its key,
/// expiration rule, request ids. Viewers do not receive it. A function may remove each of them.
pub fn is_of_store(name: &str) -> bool {
    name.starts_with("x-amz-") || name == "server"
}

//! What the caller of the engine is to answer.

use bytes::Bytes;
use ridge_contract::Problem;

/// What the caller is to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The stored variant is fresh: pass it on. `max_age` is short if the original is truncated.
    Fresh(PassOn),
    /// The stored variant may be stale, since it could not be compared with its original: pass it on, with a short `max_age`.
    Unverified(PassOn),
    /// The variant has just been rendered.
    Rendered(Rendered),
    /// The rendered variant is too large for a body: redirect to its own path or, for a fallback format, to that format's.
    Redirect(Redirect),
    /// There is no variant.
    Refused(Refused),
}

/// How the stored variant is passed on. Its own headers may be out of date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassOn {
    /// The type that the variant's path states: the stored type is whatever its writer wrote.
    pub content_type: &'static str,
    /// How long browsers and CloudFront may cache it, in seconds.
    pub max_age: u64,
}

/// A variant that has just been rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The encoded file.
    pub bytes: Bytes,
    /// Its MIME type.
    pub content_type: &'static str,
    /// The ETag of the stored object; `None` if the variant is not stored.
    pub etag: Option<String>,
    /// How long browsers and CloudFront may cache it, in seconds.
    pub max_age: u64,
}

/// A redirect to a variant that is too large for a body: to its own path, where it is stored, or to the path of its fallback
/// format, where it can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// An absolute path, signed if the policy requires it.
    pub location: String,
    /// How long the redirect may be cached, in seconds; `None` if no cache may store it.
    pub max_age: Option<u64>,
}

/// Why there is no variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The error for the client.
    pub problem: Problem,
    /// The URL of the original, if the configuration sends viewers there instead (`onError`).
    pub original: Option<String>,
}

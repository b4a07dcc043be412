//! `Accept` headers of clients.

/// The header of a browser that supports AVIF and WebP.
pub(super) const WEBP: &str = "image/avif,image/webp,image/apng,*/*;q=0.8";

/// The header of a client that names no format.
pub(super) const ANY: &str = "*/*";

//! Why a URL cannot be examined.

use ridge_contract::KeyError;

/// Why a URL cannot be examined.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// It cannot be parsed, or its scheme is neither `http` nor `https`.
    #[error("{0:?} is not a URL such as https://cdn.example.com/photos/cat.jpg")]
    Url(String),
    /// It has no path.
    #[error("{0} names no image; add one, as in https://cdn.example.com/photos/cat.jpg")]
    NoImage(String),
    /// Its path is not a key in S3.
    #[error("{0}: {1}")]
    Key(String, KeyError),
    /// The configuration allows no variant of the image.
    #[error("the configuration allows no variant of this image, so there is nothing to check")]
    NothingAllowed,
}

//! Errors that are not the image's fault.

use ridge_contract::{Fault, Key, Problem};
use ridge_store::Error;

/// The error if the deployment names no bucket, or one that CloudFront may not read.
pub(crate) fn not_set_up() -> Problem {
    Problem::new(Fault::Unavailable, "the image store is not set up")
}

/// The error if the original does not exist.
pub fn original_missing(original: &Key) -> Problem {
    Problem::new(Fault::Missing, format!("there is no original {original}"))
}

/// The error if the store fails.
pub fn store_unavailable() -> Problem {
    Problem::new(Fault::Unavailable, "the image store does not answer as it should; try again")
}

/// The error if too many requests wait for a render.
pub(crate) fn too_busy() -> Problem {
    Problem::new(Fault::Unavailable, "too many images are being rendered; try again")
}

/// The error if the store does not return the original before the deadline.
pub(crate) fn too_slow() -> Problem {
    Problem::new(Fault::Unavailable, "the image store does not answer in time; try again")
}

/// The error for a variant that must be stored to be served.
pub(crate) fn not_storable() -> Problem {
    let text = "the variant is too large to be answered without being stored, and could not be stored; try again";
    Problem::new(Fault::Unavailable, text)
}

/// The error for a client, of an original that cannot be read.
pub(crate) fn problem_of(error: Error) -> Problem {
    match error {
        // S3 responds with 403 for a missing key if the caller may not list the bucket.
        Error::NotFound { key } | Error::Denied { key, .. } => original_missing(&key),
        Error::TooLarge { max, .. } => {
            Problem::new(Fault::TooLarge, format!("the original has more than the {max} bytes of maxSourceBytes"))
        }
        Error::Encoding { encoding, .. } => {
            let text = format!("the original has the Content-Encoding {encoding:?}; gzip and identity are supported");
            Problem::new(Fault::NotAnImage, text)
        }
        Error::Undecodable { .. } => {
            Problem::new(Fault::Broken, "the original is not the gzip that its Content-Encoding says; upload it again")
        }
        Error::Changed { .. } | Error::NotListed { .. } | Error::Unavailable { .. } => store_unavailable(),
    }
}

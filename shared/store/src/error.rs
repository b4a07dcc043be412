//! The failures of a store: one variant for each case that callers treat differently.

use std::error::Error as StdError;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use ridge_contract::Key;

/// Why an operation on an object failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("{key} is not there")]
    NotFound {
        /// Of the object.
        key: Key,
    },
    /// S3 says 403. For a caller who may not list the bucket, this is also what a missing object looks like.
    #[error("{key}: access denied: {cause}")]
    Denied {
        /// Of the object.
        key: Key,
        /// For the log: S3 names the action that is missing.
        cause: String,
    },
    /// The object has more bytes than the caller wants.
    #[error("{key} has more than {max} bytes")]
    TooLarge {
        /// Of the object.
        key: Key,
        /// What the caller wants at most.
        max: u64,
    },
    /// The object's `Content-Encoding` is one that cannot be decoded here.
    #[error("{key} has the content encoding {encoding:?}")]
    Encoding {
        /// Of the object.
        key: Key,
        /// As S3 has it.
        encoding: String,
    },
    /// The object's bytes are not what its `Content-Encoding` says.
    #[error("{key} cannot be decoded by its content encoding: {cause}")]
    Undecodable {
        /// Of the object.
        key: Key,
        /// What is wrong with the bytes.
        cause: String,
    },
    /// What is there is not what the condition of a write says.
    #[error("{key} has been changed by another writer")]
    Changed {
        /// Of the object.
        key: Key,
    },
    /// The bucket cannot be listed.
    #[error("the bucket cannot be listed: {cause}")]
    NotListed {
        /// For the log.
        cause: String,
    },
    /// S3 throttles, times out, breaks off or fails, or does not take the credentials. Trying again later may help.
    #[error("{key}: {cause}")]
    Unavailable {
        /// Of the object.
        key: Key,
        /// For the log; may name hosts and request numbers.
        cause: String,
    },
}

impl Error {
    pub(crate) fn of<E>(key: &Key, error: SdkError<E, HttpResponse>) -> Error
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let key = key.clone();
        let status = error.raw_response().map(|response| response.status().as_u16());
        // The answer to HEAD has no body and so no code.
        match (status, error.code()) {
            // 409 is a write at the same moment; S3 says 404 where If-Match finds nothing to match.
            (Some(412), None | Some("PreconditionFailed")) | (Some(409), Some("ConditionalRequestConflict")) => {
                Error::Changed { key }
            }
            (Some(404), None | Some("NoSuchKey" | "NotFound")) => Error::NotFound { key },
            // The last one is an object in an archive, which nobody can read before someone restores it.
            (Some(403), None | Some("AccessDenied" | "Forbidden" | "InvalidObjectState")) => {
                Error::Denied { key, cause: DisplayErrorContext(error).to_string() }
            }
            _ => Error::Unavailable { key, cause: DisplayErrorContext(error).to_string() },
        }
    }
}

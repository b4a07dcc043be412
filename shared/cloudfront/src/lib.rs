//! CloudFront and Lambda@Edge: events, headers, quotas, and the sizes of the stack's functions.

mod error;
pub mod event;
pub mod functions;
mod headers;
mod quotas;

pub use headers::{BUCKET_HEADER, CACHE_TAG, CONTENT_SECURITY_POLICY, ON_EVERY_ANSWER, REGION_HEADER, is_of_store};
pub use quotas::{
    BODY_BUDGET, CACHE_TAG_CHARACTERS, CACHE_TAGS, FORBIDDEN, ORIGIN_RESPONSE_BYTES, READ_ONLY_IN_ORIGIN_RESPONSE,
    READ_ONLY_IN_VIEWER_REQUEST, URI_CHARACTERS, VIEWER_RESPONSE_BYTES, is_forbidden,
};

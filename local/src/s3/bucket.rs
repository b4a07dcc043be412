//! The only bucket of the embedded S3 server.

/// The bucket's name.
pub const BUCKET: &str = "ridge";

/// The region that the server reports.
pub const REGION: &str = "us-east-1";

//! The tests of what all parts share.
#![allow(missing_docs, clippy::unwrap_used)]

mod laws;
mod params;
mod policy;
mod readme;

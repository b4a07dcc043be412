//! The tests of what all parts share.
#![allow(missing_docs, clippy::unwrap_used)]

mod events;
mod laws;
mod policy;
mod readme;

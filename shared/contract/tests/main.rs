//! Integration tests of the contract.
#![allow(missing_docs, clippy::unwrap_used)]

mod laws;
mod params;
mod policy;
mod readme;

//! The tests of viewer-request.
#![allow(missing_docs, clippy::unwrap_used)]

mod events;
mod log;
mod policy;
mod routes;
mod runtime_api;
mod signers;

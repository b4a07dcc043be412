//! The tests of viewer-request.
#![allow(missing_docs, clippy::unwrap_used)]

mod configured_routes;
mod events;
mod log;
mod policy;
mod routes;
mod runtime_api;
mod signers;

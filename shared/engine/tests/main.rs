//! Freshness and outcomes, against the store in memory.
#![allow(missing_docs, clippy::unwrap_used)]

mod failing;
mod freshness;
mod outcomes;
mod scene;

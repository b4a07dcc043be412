//! Tables of freshness and of outcomes, against the store in memory.
#![allow(missing_docs, clippy::unwrap_used)]

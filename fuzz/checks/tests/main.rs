//! The tests of the fuzz targets.
#![allow(missing_docs, clippy::unwrap_used)]

mod facts;
mod replay;
mod support;

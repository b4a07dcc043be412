//! The tests of the JPEG decoder.
#![allow(missing_docs, clippy::unwrap_used)]

mod broken;
mod common;
mod generated;
mod reference;
mod regressions;
mod rules;
mod survey;
mod turbo;

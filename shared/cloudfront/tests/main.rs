//! The tests of ridge-cloudfront.
#![allow(missing_docs, clippy::unwrap_used)]

mod events;
mod stack;
mod tags;

//! Events.
#![allow(missing_docs, clippy::unwrap_used)]

mod events;
mod stack;
mod tags;

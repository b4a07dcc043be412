//! What the documents say is so: every example is run, every picture is made again, every link leads somewhere.
#![allow(missing_docs, clippy::unwrap_used)]

mod aws;
mod blocks;
mod commands;
mod cost;
mod inline;
mod links;
mod migration;
mod pages;
mod pictures;
#[path = "../support/mod.rs"]
mod support;

//! The claims of the documents: every example is run, every image is rendered again, every link is followed.

mod aws;
mod blocks;
mod commands;
mod cost;
mod inline;
mod links;
mod migration;
mod pages;
mod pictures;

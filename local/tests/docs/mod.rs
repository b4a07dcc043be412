//! What the documents say is so: every example is run, every picture is made again, every link leads somewhere.

mod aws;
mod blocks;
mod commands;
mod cost;
mod inline;
mod links;
mod migration;
mod pages;
mod pictures;

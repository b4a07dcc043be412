//! The subcommands of `ridge`, a file each.

mod doctor;
mod explain;
mod purge;
mod render;
mod serve;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use shared::Config;

/// What `ridge` is asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run CloudFront and S3 on this machine
    Serve(serve::Arguments),
    /// Make one variant of a file
    Render(render::Arguments),
    /// Say what a URL becomes, and why
    Explain(explain::Arguments),
    /// Look at a distribution from outside, and say what is wrong
    Doctor(doctor::Arguments),
    /// Make CloudFront forget originals and all their variants
    Purge(purge::Arguments),
}

impl Command {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Render(arguments) => render::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::Doctor(arguments) => tokio::task::block_in_place(|| doctor::run(&arguments)),
            Command::Purge(arguments) => purge::run(arguments).await,
        }
    }
}

/// Where the configuration comes from.
#[derive(Args)]
struct Policy {
    /// Configuration [default: ridge.json where it lies, else the defaults]
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Policy {
    fn config(&self) -> anyhow::Result<Config> {
        let here = Path::new(Config::FILE);
        match &self.file {
            Some(file) => Ok(Config::load(file)?),
            None if here.exists() => Ok(Config::load(here)?),
            None => Ok(Config::default()),
        }
    }
}

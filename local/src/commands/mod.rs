//! The subcommands of `ridge`, a file each.

mod bucket;
mod completions;
mod config;
mod doctor;
mod explain;
mod ls;
mod purge;
mod render;
mod serve;
mod sign;
mod srcset;
mod stop;
mod text;
mod warm;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Parser, Subcommand};
use ridge_contract::{Config, Key, Keys, Policy, Signing};

/// On-the-fly image resizing behind Amazon CloudFront, on this machine.
#[derive(Parser)]
#[command(name = "ridge", version, about)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

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
    /// Check a configuration, and count what it allows
    #[command(subcommand)]
    Config(config::Command),
    /// Sign a URL
    Sign(sign::Arguments),
    /// Make CloudFront forget originals and all their variants
    Purge(purge::Arguments),
    /// List an original's stored variants
    Ls(ls::Arguments),
    /// Make variants ahead of their first request
    Warm(Box<warm::Arguments>),
    /// Print `<img>` markup for a picture
    Srcset(Box<srcset::Arguments>),
    /// Print a script that completes commands and options in a shell
    Completions(completions::Arguments),
}

impl Command {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Command::Serve(arguments) => serve::run(arguments).await,
            Command::Render(arguments) => render::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::Doctor(arguments) => tokio::task::block_in_place(|| doctor::run(&arguments)),
            Command::Config(command) => config::run(command),
            Command::Sign(arguments) => sign::run(&arguments),
            Command::Purge(arguments) => purge::run(arguments).await,
            Command::Ls(arguments) => ls::run(arguments).await,
            Command::Warm(arguments) => warm::run(*arguments).await,
            Command::Srcset(arguments) => srcset::run(*arguments).await,
            Command::Completions(arguments) => completions::run(&arguments),
        }
    }
}

/// Reads the key of an original as S3 has it.
fn original(text: &str) -> anyhow::Result<Key> {
    if text.starts_with('/') {
        bail!("{text:?} begins with a slash, and keys in S3 do not");
    }
    let key = Key::new(text).with_context(|| format!("{text:?} is no key"))?;
    match ridge_contract::Path::parse(&key.to_path()) {
        Ok(ridge_contract::Path::Variant(path)) => {
            bail!("{text:?} is a variant; name its original, {:?}", path.original().as_str())
        }
        _ if key.is_reserved() => bail!("{text:?} lies where variants lie; name an original"),
        _ => Ok(key),
    }
}

/// The files that the policy is read from.
#[derive(Args)]
struct PolicyFiles {
    /// Configuration [default: ridge.json where it lies, else the defaults]
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Keys of signatures, where the configuration has `signing` [default: ridge.keys.json where it lies]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl PolicyFiles {
    /// The policy, with keys if the configuration requires them.
    fn policy(&self) -> anyhow::Result<Policy> {
        let config = self.config()?;
        let here = Path::new(Keys::FILE);
        let keys = match &self.keys {
            Some(file) => Keys::load(file)?,
            None if config.signing != Signing::Off && here.exists() => Keys::load(here)?,
            None => Keys::default(),
        };
        let is_needed = config.signing != Signing::Off;
        let advice = if is_needed { "; name a file with --keys" } else { "" };
        Policy::new(config).with_keys(keys).map_err(|error| anyhow!("{error}{advice}"))
    }

    /// The configuration, for commands that neither make nor verify signatures.
    fn config(&self) -> anyhow::Result<Config> {
        let here = Path::new(Config::FILE);
        match &self.file {
            Some(file) => Ok(Config::load(file)?),
            None if here.exists() => Ok(Config::load(here)?),
            None => Ok(Config::default()),
        }
    }
}

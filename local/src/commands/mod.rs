//! The subcommands of `ridge`, one file each.

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

/// On-the-fly image resizing behind Amazon CloudFront: the local server and command-line tools.
#[derive(Parser)]
#[command(name = "ridge", version, about)]
pub struct CommandLine {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Emulate CloudFront and S3 on this machine
    Serve(serve::ServeArguments),
    /// Render one variant of a file
    Render(render::RenderArguments),
    /// Show how a URL is resolved, and why
    Explain(explain::ExplainArguments),
    /// Check a distribution from outside
    Doctor(doctor::DoctorArguments),
    /// Validate a configuration, and count the variants that it allows
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Sign a URL
    Sign(sign::SignArguments),
    /// Invalidate originals and all their variants in CloudFront
    Purge(purge::PurgeArguments),
    /// List an original's stored variants
    Ls(ls::LsArguments),
    /// Render variants ahead of their first request
    Warm(Box<warm::WarmArguments>),
    /// Print `<img>` markup for an image
    Srcset(Box<srcset::SrcsetArguments>),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArguments),
}

impl Command {
    /// Runs the subcommand.
    ///
    /// # Errors
    ///
    /// If it fails. The error's text is for the user.
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

/// Parses the key of an original.
fn original(text: &str) -> anyhow::Result<Key> {
    if text.starts_with('/') {
        bail!("{text:?} starts with a slash; keys in S3 do not");
    }
    let key = Key::new(text).with_context(|| format!("{text:?} is not a key"))?;
    match ridge_contract::Path::parse(&key.to_path()) {
        Ok(ridge_contract::Path::Variant(path)) => {
            bail!("{text:?} is a variant; name its original, {:?}", path.original().as_str())
        }
        _ if key.is_reserved() => bail!("{text:?} has a prefix that is reserved for variants; name an original"),
        _ => Ok(key),
    }
}

/// Options that select the configuration and the keys.
#[derive(Args)]
struct PolicyFiles {
    /// Configuration file [default: ./ridge.json if present, otherwise built-in defaults]
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
    /// File with signing keys, for a configuration with `signing` [default: ./ridge.keys.json if present]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

impl PolicyFiles {
    /// Loads the policy, with keys if the configuration requires them.
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

    /// Loads the configuration without keys, for commands that neither sign nor verify.
    fn config(&self) -> anyhow::Result<Config> {
        let here = Path::new(Config::FILE);
        match &self.file {
            Some(file) => Ok(Config::load(file)?),
            None if here.exists() => Ok(Config::load(here)?),
            None => Ok(Config::default()),
        }
    }
}

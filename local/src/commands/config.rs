//! `ridge config check`: whether a configuration is valid, what it says in full, and what it bounds.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use ridge_contract::policy::Bound;
use ridge_contract::{Config, Keys, Signing};

use super::text;
use crate::out::say;

/// What to do with a configuration.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Say whether it is valid, what it says in full, and how many variants one original can have
    Check(CheckArguments),
}

/// Which configuration.
#[derive(Args)]
pub struct CheckArguments {
    /// Configuration
    #[arg(value_name = "FILE", default_value = Config::FILE)]
    file: PathBuf,
    /// Keys of signatures, to be checked too
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

pub(super) fn run(command: ConfigCommand) -> anyhow::Result<()> {
    let ConfigCommand::Check(CheckArguments { file, keys }) = command;
    let config = Config::load(&file)?;
    let config = match keys {
        Some(keys) => with_keys(config, &keys)?,
        None => config,
    };
    say!("{} is valid. In full:\n{}", file.display(), serde_json::to_string_pretty(&config)?)?;
    say!("{}", sentence(&config.variants(), &config))?;
    Ok(())
}

fn with_keys(config: Config, file: &Path) -> anyhow::Result<Config> {
    Ok(config.with_keys(Keys::load(file)?)?)
}

/// How many variants, and where they are too many, what would bound them.
fn sentence(bound: &Bound, config: &Config) -> String {
    let number = number(bound.variants);
    let whose = match config.signing {
        Signing::Off => "",
        Signing::Outside => " without a signature",
        Signing::All => ", of which only those that you sign",
    };
    if bound.is_exact {
        return format!("One original can have {number} variants{whose}.");
    }
    let mut text = format!("One original can have up to {number} variants{whose}: in effect unbounded.");
    for open in &bound.open {
        text += &format!("\n  {:<16}any of {}", open.setting, self::number(open.choices));
    }
    text + "\nLists in their place bound it, and so does presetsOnly, or \"signing\": \"all\"."
}

/// With commas, or in powers of ten.
fn number(number: f64) -> String {
    if number >= 1e15 {
        return format!("{number:.1e}").replace('e', " × 10^");
    }
    text::grouped(&format!("{number:.0}"))
}

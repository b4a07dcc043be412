//! `ridge config check`: whether a configuration is valid, what it says in full, and what it bounds.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ridge_contract::policy::Bound;
use ridge_contract::{Config, Keys, Policy, Signing};

use super::text;
use crate::out::say;

/// What to do with a configuration.
#[derive(Subcommand)]
pub enum Command {
    /// Say whether it is valid, what it says in full, and how many variants one original can have
    Check(Arguments),
}

/// Which configuration.
#[derive(Args)]
pub struct Arguments {
    /// Configuration
    #[arg(value_name = "FILE", default_value = Config::FILE)]
    file: PathBuf,
    /// Keys of signatures, to be checked too
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

pub(super) fn run(command: Command) -> anyhow::Result<()> {
    let Command::Check(Arguments { file, keys }) = command;
    let policy = Policy::new(Config::load(&file)?);
    let policy = match keys {
        Some(keys) => policy.with_keys(Keys::load(&keys)?)?,
        None => policy,
    };
    let config = policy.config();
    say!("{} is valid. In full:\n{}", file.display(), serde_json::to_string_pretty(config)?)?;
    say!("{}", sentence(&policy.variants(), config))?;
    Ok(())
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

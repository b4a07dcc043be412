//! `ridge config check`: validates a configuration, and counts the variants that it allows.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ridge_contract::policy::Bound;
use ridge_contract::{Config, Keys, Policy, Signing};

use super::text;
use crate::out::say;

/// Subcommands of `ridge config`.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Validate a configuration, print it with its defaults, and count the variants that it allows
    Check(CheckArguments),
}

/// Arguments of `ridge config check`.
#[derive(Args)]
pub struct CheckArguments {
    /// Configuration file
    #[arg(value_name = "FILE", default_value = Config::FILE)]
    file: PathBuf,
    /// File with signing keys, which is validated too
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

pub(super) fn run(command: ConfigCommand) -> anyhow::Result<()> {
    let ConfigCommand::Check(CheckArguments { file, keys }) = command;
    let policy = Policy::new(Config::load(&file)?);
    let policy = match keys {
        Some(keys) => policy.with_keys(Keys::load(&keys)?)?,
        None => policy,
    };
    let config = policy.config();
    say!("{} is valid. With defaults:\n{}", file.display(), serde_json::to_string_pretty(config)?)?;
    say!("{}", sentence(&policy.variants(), config))?;
    Ok(())
}

/// Returns the number of variants; if it is in effect unbounded, also the settings that leave it so.
fn sentence(bound: &Bound, config: &Config) -> String {
    let number = number(bound.variants);
    let whose = match config.signing {
        Signing::Off => "",
        Signing::Outside => " without a signature",
        Signing::All => ", of those only the ones that you sign",
    };
    if bound.is_exact {
        return format!("One original can have {number} variants{whose}.");
    }
    let mut text = format!("One original can have up to {number} variants{whose}: in effect unbounded.");
    for open in &bound.open {
        text += &format!("\n  {:<16}any of {}", open.setting, self::number(open.choices));
    }
    text + "\nTo bound it, list the allowed values, or set presetsOnly or \"signing\": \"all\"."
}

/// Returns a number with thousands separators, or as a power of ten.
fn number(number: f64) -> String {
    if number >= 1e15 {
        return format!("{number:.1e}").replace('e', " × 10^");
    }
    text::grouped(&format!("{number:.0}"))
}

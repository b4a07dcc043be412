//! `ridge completions`: prints a completion script for a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::out;

/// Arguments of `ridge completions`.
#[derive(Args)]
#[command(after_help = "To install it, once and after each update:\n\
    \n  bash        ridge completions bash >~/.local/share/bash-completion/completions/ridge\
    \n  zsh         ridge completions zsh >\"${fpath[1]}/_ridge\"\
    \n  fish        ridge completions fish >~/.config/fish/completions/ridge.fish\
    \n  elvish      ridge completions elvish >>~/.config/elvish/rc.elv\
    \n  PowerShell  ridge completions powershell >>$PROFILE")]
pub struct CompletionsArguments {
    /// Shell to print the script for
    shell: Shell,
}

pub(super) fn run(arguments: &CompletionsArguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut super::CommandLine::command(), "ridge", &mut script);
    Ok(out::bytes(&script)?)
}

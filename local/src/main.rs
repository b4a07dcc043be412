//! The command `ridge`.

use std::process::ExitCode;

use clap::Parser;
use local::commands::Command;

/// On-the-fly image resizing behind Amazon CloudFront, on this machine.
#[derive(Parser)]
#[command(name = "ridge", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ridge: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! The command `ridge`.

use std::process::ExitCode;

use clap::Parser as _;
use local::commands::Arguments;

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

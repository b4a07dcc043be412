//! The command `ridge`.

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::Parser as _;
use local::commands::CommandLine;
use ridge_engine::worker;

fn main() -> ExitCode {
    if worker::is_asked() { worker::work() } else { run() }
}

#[tokio::main]
async fn run() -> ExitCode {
    match CommandLine::parse().command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, only the exit code reports the failure.
            writeln!(stderr(), "ridge: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

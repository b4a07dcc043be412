//! The command `ridge`.

use std::io::{Write as _, stderr};
use std::process::ExitCode;

use clap::Parser as _;
use local::commands::CommandLine;
use origin_response::worker;

fn main() -> ExitCode {
    if worker::is_asked() { worker::work() } else { run() }
}

#[tokio::main]
async fn run() -> ExitCode {
    match CommandLine::parse().command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit code alone says it.
            writeln!(stderr(), "ridge: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

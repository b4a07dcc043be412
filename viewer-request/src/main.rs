//! The Lambda function around [`viewer_request::handle`].
// These fail where a pipe does; `ridge_contract::log` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use ridge_cloudfront::event::Event;
use ridge_contract::Config;
use ridge_telemetry::log;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log::open();
    let config = match Config::baked() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    // `make package` asks before anything is deployed whether the program runs and takes its configuration.
    if std::env::args().any(|argument| argument == "--check") {
        return ExitCode::SUCCESS;
    }
    let answer = async |event: LambdaEvent<Event>| {
        let cf = event.payload.into_cf().ok_or("the event has no record")?;
        let (reply, refusal) = viewer_request::handle(cf, &config);
        if let Some(refusal) = refusal {
            log::line(&refusal.line().unwrap_or_default());
        }
        Ok::<_, Error>(reply)
    };
    match lambda_runtime::run(service_fn(answer)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    log::error(&format!("viewer-request: {error}"));
    ExitCode::FAILURE
}

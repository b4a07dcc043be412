//! The Lambda function around [`viewer_request::handle`].
// They panic if the pipe is closed; `ridge_telemetry::log` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use ridge_cloudfront::event::Event;
use ridge_contract::Policy;
use ridge_telemetry::log;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log::open();
    let policy = match Policy::baked() {
        Ok(policy) => policy,
        Err(error) => return fail(&error),
    };
    // Before a deployment, `make package` checks that the program runs and accepts its configuration.
    if std::env::args().any(|argument| argument == "--check") {
        return ExitCode::SUCCESS;
    }
    let answer = async |event: LambdaEvent<Event>| {
        let cf = event.payload.into_cf().ok_or("the event has no record")?;
        let (reply, refusal) = viewer_request::handle(cf, &policy);
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

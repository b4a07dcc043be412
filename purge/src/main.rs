//! The Lambda function around [`purge::handle`].
// These macros panic if standard output or error is closed; `ridge_telemetry::log` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use purge::{Settings, SqsEvent};
use ridge_telemetry::log;

/// The time before Lambda's deadline at which the work is given up. If Lambda kills the function, all messages of the
/// batch have failed.
const RESERVE: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    log::open();
    // `make package` runs this before a deployment, to check that the program starts.
    if std::env::args().any(|argument| argument == "--check") {
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::from_environment() {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    let service = match settings.service() {
        Ok(service) => service,
        Err(error) => return fail(&error),
    };
    let answer = async |event: LambdaEvent<SqsEvent>| {
        let LambdaEvent { payload, context, .. } = event;
        let (answer, report) = purge::handle(payload, &service, &context.request_id, deadline(&context)).await;
        log::line(&serde_json::to_string(&report).unwrap_or_default());
        Ok::<_, Error>(answer)
    };
    match lambda_runtime::run(service_fn(answer)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn deadline(context: &Context) -> Instant {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    Instant::now() + left.saturating_sub(RESERVE)
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    log::error(&format!("purge: {error}"));
    ExitCode::FAILURE
}

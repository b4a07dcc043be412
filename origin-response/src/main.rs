//! The Lambda function around [`origin_response::handle`].
// These fail where a pipe does; `ridge_telemetry::log` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use origin_response::{Service, Stores};
use ridge_cloudfront::event::Event;
use ridge_contract::Policy;
use ridge_engine::{Limiter, worker};
use ridge_store::S3Store;
use ridge_telemetry::log;

/// Lambda sends one event at a time.
const CONCURRENCY: usize = 1;

/// The time reserved for the response before Lambda's deadline.
const RESERVE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    if worker::is_asked() { worker::work() } else { serve() }
}

#[tokio::main(flavor = "current_thread")]
async fn serve() -> ExitCode {
    log::open();
    let policy = match Policy::baked() {
        Ok(policy) => policy,
        Err(error) => return fail(&error),
    };
    // `make package` checks that the program runs and accepts its configuration before anything is deployed.
    if std::env::args().any(|argument| argument == "--check") {
        return ExitCode::SUCCESS;
    }
    let stores = Stores::new(Box::new(|address, endpoint| {
        let credentials = ridge_store::environment_credentials()?;
        let client = ridge_store::connect(&address.region, endpoint, credentials);
        Ok(Arc::new(S3Store::new(client, &address.bucket)))
    }));
    let service = Service::new(Arc::new(policy), stores, Limiter::new(CONCURRENCY, 1), worker::Settings::in_lambda());
    service.prepare().await;
    let answer = async |event: LambdaEvent<Event>| {
        let cf = event.payload.into_cf().ok_or("the event has no record")?;
        let (response, report) = origin_response::handle(cf, &service, deadline(&event.context)).await;
        log::line(&report.line().unwrap_or_default());
        Ok::<_, Error>(response)
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
    log::error(&format!("origin-response: {error}"));
    ExitCode::FAILURE
}

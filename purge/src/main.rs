//! The Lambda function around [`purge::handle`].

use std::process::ExitCode;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use purge::{Settings, SqsEvent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // `make package` asks before anything is deployed whether the program runs.
    if std::env::args().any(|argument| argument == "--check") {
        return ExitCode::SUCCESS;
    }
    let settings = match Settings::from_environment() {
        Ok(settings) => settings,
        Err(error) => return fail(&error),
    };
    let distribution = match settings.distribution() {
        Ok(distribution) => distribution,
        Err(error) => return fail(&error),
    };
    let answer = async |event: LambdaEvent<SqsEvent>| {
        let (answer, report) = purge::handle(event.payload, &distribution, &event.context.request_id).await;
        println!("{}", serde_json::to_string(&report)?);
        Ok::<_, Error>(answer)
    };
    match lambda_runtime::run(service_fn(answer)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("purge: {error}");
    ExitCode::FAILURE
}

//! A function with every fault that the deployed ones must not have: what Lambda does then is shown on this one. It is
//! built and run as they are, and what it does is in the event.

use std::thread;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut served = 0;
    let answer = move |event: LambdaEvent<Value>| {
        served += 1;
        async move {
            match event.payload["do"].as_str() {
                Some("panic") => panic!("a handler that panics"),
                Some("sleep") => thread::sleep(Duration::from_secs(60)),
                Some("exit") => std::process::exit(3),
                _ => {}
            }
            Ok::<_, Error>(json!({ "served": served }))
        }
    };
    lambda_runtime::run(service_fn(answer)).await
}

//! `purge`: when an original in S3 is replaced or deleted, CloudFront forgets it and all its variants.
//!
//! S3 tells EventBridge, a rule sends the event into an SQS queue, and Lambda calls this function with batches from it.
//! The queue joins what comes close together, keeps what CloudFront does not take at once, and sets aside in its
//! dead-letter queue what it never takes. The function runs in the region of the distribution's stack, to which the
//! events of a bucket elsewhere are sent; unlike the two at the edge, it has environment variables.

mod batch;
mod connect;
mod distribution;
mod report;
mod settings;

pub use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
pub use connect::connect;
pub use distribution::{By, Distribution, Error, Invalidation, MAX_ITEMS};
pub use report::Report;
pub use settings::{Settings, SettingsError};

use batch::Batch;

/// Handles one batch of S3's events: asks for one invalidation with an item for each original that changed, and reports
/// what was done.
///
/// The answer names the messages that the queue must deliver again: those of originals that CloudFront did not take. A
/// message that cannot be read is logged and not named: it would never become readable, and would be delivered until the
/// queue sets it aside, at the cost of a call each time. `reference` must be new for each call; CloudFront takes a second
/// invalidation with the same one for the first.
pub async fn handle(event: SqsEvent, distribution: &Distribution, reference: &str) -> (SqsBatchResponse, Report) {
    let mut answer = SqsBatchResponse::default();
    let batch = Batch::read(event);
    let mut report = Report::new(&batch);
    let changed: Vec<_> = batch.changed.into_iter().collect();
    for (number, part) in changed.chunks(MAX_ITEMS).enumerate() {
        let originals: Vec<_> = part.iter().map(|(original, _)| original.clone()).collect();
        match distribution.purge(&originals, &format!("{reference}-{number}")).await {
            Ok(invalidation) => report.invalidations.push(invalidation),
            Err(error) => {
                report.errors.push(error.to_string());
                let messages: Vec<_> = part.iter().flat_map(|(_, messages)| messages).collect();
                report.failed += messages.len();
                messages.into_iter().for_each(|message| answer.add_failure(message));
            }
        }
    }
    (answer, report)
}

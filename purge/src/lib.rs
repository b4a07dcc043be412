//! `purge`: invalidates originals and all their variants in CloudFront after they have been replaced or deleted in S3.
//!
//! S3 sends an event to EventBridge, a rule puts the event into an SQS queue, and Lambda invokes this function with
//! batches of messages. The queue collects changes that happen close together, retries those that CloudFront refuses,
//! and moves those that keep failing to its dead-letter queue. The function runs in the region of the distribution's
//! stack; events of a bucket in another region are sent there. Unlike the two functions at the edge, it has environment
//! variables.

mod api;
mod batch;
mod connect;
mod distribution;
mod paths;
mod report;
mod settings;
mod uploads;

pub use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
pub use connect::{Client, connect};
pub use distribution::{By, Distribution, Error, Invalidation, MAX_ITEMS, Part};
pub use report::Report;
pub use settings::{Settings, SettingsError};
pub use uploads::Uploads;

use std::time::Instant;

use batch::Batch;

/// S3 gets a third of the remaining time to list versions.
const S3_SHARE: u32 = 3;

/// The state of the process between invocations.
#[derive(Debug)]
pub struct Service {
    /// The distribution.
    pub distribution: Distribution,
    /// Distinguishes new keys from replaced ones. `None` invalidates both.
    pub uploads: Option<Uploads>,
}

/// Handles one batch of S3's events: creates one invalidation with an item for each changed original, and reports what
/// was done.
///
/// The response names the messages that the queue must deliver again: those about originals that CloudFront did not
/// accept before the deadline, and those that cannot be parsed, so that they reach the dead-letter queue. `reference`
/// must be new for each call, because CloudFront returns the first invalidation for a repeated reference.
pub async fn handle(
    event: SqsEvent,
    service: &Service,
    reference: &str,
    deadline: Instant,
) -> (SqsBatchResponse, Report) {
    let mut answer = SqsBatchResponse::default();
    let mut batch = Batch::read(event);
    let mut report = Report::new(&batch);
    batch.unreadable.iter().for_each(|unreadable| answer.add_failure(&unreadable.message));
    if let Some(uploads) = &service.uploads {
        let now = Instant::now();
        let share = deadline.saturating_duration_since(now) / S3_SHARE;
        let history = uploads.history(batch.uploads(), now + share).await;
        history.new.iter().for_each(|key| drop(batch.changed.remove(key)));
        report.history(&history);
    }
    let originals: Vec<_> = batch.changed.keys().cloned().collect();
    for part in service.distribution.purge(&originals, reference, deadline).await {
        let messages: Vec<_> = part.originals.iter().flat_map(|original| &batch.changed[original].messages).collect();
        report.done(&part, messages.len());
        if part.outcome.is_err() {
            messages.into_iter().for_each(|message| answer.add_failure(message));
        }
    }
    (answer, report)
}

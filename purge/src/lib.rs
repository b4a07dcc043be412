//! `purge`: when an original in S3 is replaced or deleted, CloudFront forgets it and all its variants.
//!
//! S3 tells EventBridge, a rule sends the event into an SQS queue, and Lambda calls this function with batches from it.
//! The queue joins what comes close together, keeps what CloudFront does not take at once, and sets aside in its
//! dead-letter queue what it never takes. The function runs in the region of the distribution's stack, to which the
//! events of a bucket elsewhere are sent; unlike the two at the edge, it has environment variables.

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

/// The part of the time that is left in which S3 may say what was there before: a third.
const SHARE_OF_S3: u32 = 3;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Service {
    /// What is told to forget.
    pub distribution: Distribution,
    /// What tells new keys from replaced ones. Without it, both are purged.
    pub uploads: Option<Uploads>,
}

/// Handles one batch of S3's events: asks for one invalidation with an item for each original that changed, and reports
/// what was done.
///
/// The answer names the messages that the queue must deliver again: those of originals that CloudFront did not take
/// before the deadline, and those that cannot be read, so that the queue sets them aside where somebody finds them.
/// `reference` must be new for each call; CloudFront takes a second invalidation with the same one for the first.
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
        let share = deadline.saturating_duration_since(now) / SHARE_OF_S3;
        let learnt = uploads.learn(batch.uploads(), now + share).await;
        learnt.new.iter().for_each(|key| drop(batch.changed.remove(key)));
        report.learnt(&learnt);
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

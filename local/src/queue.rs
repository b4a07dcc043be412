//! Delivers S3's events to `purge`, as EventBridge's rule, the SQS queue and Lambda do on AWS.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ridge_contract::Key;
use serde_json::{Value, json};

use crate::cloudfront::Function;
use crate::out::tell;
use crate::s3::{Change, Watcher};

/// How often a message is delivered before it is dropped and logged.
const DELIVERIES: usize = 3;
/// How long a failed message waits for its next delivery.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The queue before `purge`. Each batch has one message, because S3 waits for each delivery before it responds.
pub(crate) struct Queue {
    purge: Box<dyn Function>,
    count: AtomicU64,
}

impl Queue {
    pub(crate) fn new(purge: Box<dyn Function>) -> Queue {
        Queue { purge, count: AtomicU64::new(0) }
    }

    /// Delivers one message. Returns the reason if the delivery has failed.
    async fn deliver(&self, id: &str, event: &Value) -> Result<(), String> {
        let batch = json!({ "Records": [{
            "messageId": id,
            "receiptHandle": id,
            "body": event.to_string(),
            "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:ridge-purge",
            "awsRegion": "us-east-1",
        }] });
        let answer = self.purge.call(batch.to_string().into_bytes()).await?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        let failures = answer["batchItemFailures"].as_array().ok_or("the response has no batchItemFailures")?;
        let failed: BTreeSet<_> = failures.iter().filter_map(|failure| failure["itemIdentifier"].as_str()).collect();
        if failed.contains(id) { Err("CloudFront did not accept the invalidation".to_owned()) } else { Ok(()) }
    }
}

#[async_trait]
impl Watcher for Queue {
    async fn changed(&self, change: Change) {
        // As in EventBridge's rule, writes of variants are ignored.
        if Key::new(change.key()).is_ok_and(|key| key.is_reserved()) {
            return;
        }
        let id = format!("00000000-0000-0000-0000-{:012x}", self.count.fetch_add(1, Ordering::Relaxed));
        let event = change.event();
        let mut reason = String::new();
        for delivery in 0..DELIVERIES {
            if delivery > 0 {
                tokio::time::sleep(RETRY_DELAY).await;
            }
            match self.deliver(&id, &event).await {
                Ok(()) => return,
                Err(error) => reason = error,
            }
        }
        tell!("purge: {}: {reason}", change.key());
    }
}

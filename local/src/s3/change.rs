//! The events that S3 sends to EventBridge when an object changes.

use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use serde_json::{Value, json};

use super::bucket::{BUCKET, REGION};
use super::metadata::ObjectMetadata;

/// Receives every change. S3 answers its client after the watcher has finished, so that a change is visible at once; on
/// AWS it takes some seconds.
#[async_trait]
pub trait Watcher: Send + Sync {
    /// Receives a change that has been stored.
    async fn changed(&self, change: Change);
}

/// A change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one exists at a time")]
pub enum Change {
    /// Written: a new object, or a new version of one.
    Created {
        /// The object's key.
        key: String,
        /// The object's new metadata.
        metadata: ObjectMetadata,
    },
    /// Deleted.
    Deleted {
        /// The object's key.
        key: String,
    },
}

impl Change {
    /// Returns the object's key.
    pub fn key(&self) -> &str {
        match self {
            Change::Created { key, .. } | Change::Deleted { key } => key,
        }
    }

    /// Returns the event ("EventBridge event message structure" of the S3 user guide).
    pub fn event(&self) -> Value {
        let now = DateTime::from(SystemTime::now());
        let sequencer = format!("{:018X}", now.as_nanos());
        let (detail_type, reason, object) = match self {
            Change::Created { key, metadata } => {
                let object =
                    json!({ "key": key, "size": metadata.size, "etag": metadata.etag, "sequencer": sequencer });
                ("Object Created", "PutObject", object)
            }
            Change::Deleted { key } => {
                ("Object Deleted", "DeleteObject", json!({ "key": key, "sequencer": sequencer }))
            }
        };
        let mut event = json!({
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000000",
            "detail-type": detail_type,
            "source": "aws.s3",
            "account": "000000000000",
            "time": now.fmt(DateTimeFormat::DateTime).unwrap_or_default(),
            "region": REGION,
            "resources": [format!("arn:aws:s3:::{BUCKET}")],
            "detail": {
                "version": "0",
                "bucket": { "name": BUCKET },
                "object": object,
                "request-id": "0000000000000000",
                "requester": "000000000000",
                "source-ip-address": "127.0.0.1",
                "reason": reason,
            },
        });
        if let Change::Deleted { .. } = self {
            event["detail"]["deletion-type"] = json!("Permanently Deleted");
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Returns the paths of all fields.
    fn fields(value: &Value, at: &str) -> BTreeSet<String> {
        let of = |(name, value): (&String, &Value)| {
            let at = format!("{at}/{name}");
            fields(value, &at).into_iter().chain([at]).collect::<Vec<_>>()
        };
        value.as_object().into_iter().flatten().flat_map(of).collect()
    }

    #[test]
    fn events_have_the_fields_of_s3s_events() {
        let key = "a b.jpg".to_owned();
        for (fixture, change) in [
            (
                include_str!("../../../testdata/events/object-created.json"),
                Change::Created { key: key.clone(), metadata: ObjectMetadata::default() },
            ),
            (include_str!("../../../testdata/events/object-deleted.json"), Change::Deleted { key: key.clone() }),
        ] {
            let fixture: Value = serde_json::from_str(fixture).unwrap();
            let event = change.event();
            let mut expected = fields(&fixture, "");
            // Only buckets with versioning have it.
            expected.remove("/detail/object/version-id");
            assert_eq!(fields(&event, ""), expected);
            for name in ["detail-type", "source"] {
                assert_eq!(event[name], fixture[name]);
            }
            assert_eq!(event["detail"]["object"]["key"], key);
        }
    }
}

//! What S3 tells EventBridge when an object changes.

use std::time::SystemTime;

use async_trait::async_trait;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use serde_json::{Value, json};

use super::bucket::{BUCKET, REGION};
use super::metadata::ObjectMetadata;

/// Who is told of every change. S3 answers its client when this is through, so that what is written is seen at once; on
/// AWS it takes some seconds.
#[async_trait]
pub trait Watcher: Send + Sync {
    /// Told after the change.
    async fn changed(&self, change: Change);
}

/// A change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is on its way at a time")]
pub enum Change {
    /// Written, new or over an older one.
    Created {
        /// The object's key.
        key: String,
        /// What is known of it now.
        metadata: ObjectMetadata,
    },
    /// Deleted.
    Deleted {
        /// The object's key.
        key: String,
    },
}

impl Change {
    /// The object's key.
    pub fn key(&self) -> &str {
        match self {
            Change::Created { key, .. } | Change::Deleted { key } => key,
        }
    }

    /// As "EventBridge event message structure" of the S3 user guide has it.
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

    /// The names of all fields, with where they stand.
    fn fields(value: &Value, at: &str) -> BTreeSet<String> {
        let of = |(name, value): (&String, &Value)| {
            let at = format!("{at}/{name}");
            fields(value, &at).into_iter().chain([at]).collect::<Vec<_>>()
        };
        value.as_object().into_iter().flatten().flat_map(of).collect()
    }

    #[test]
    fn events_have_the_shape_of_s3s() {
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
            // A bucket without versions has none.
            expected.remove("/detail/object/version-id");
            assert_eq!(fields(&event, ""), expected);
            for name in ["detail-type", "source"] {
                assert_eq!(event[name], fixture[name]);
            }
            assert_eq!(event["detail"]["object"]["key"], key);
        }
    }
}

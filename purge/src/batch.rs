//! Parses messages of the queue into changed originals.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::SystemTime;

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::sqs::SqsEvent;
use ridge_contract::Key;
use ridge_store::Address;
use serde::Deserialize;
use serde_json::Value;

/// The content of a batch of messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The originals that changed.
    pub(crate) changed: BTreeMap<Key, Change>,
    /// The number of messages about objects that CloudFront does not cache.
    pub(crate) ignored: usize,
    /// Messages that cannot be parsed.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// A changed original.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The IDs of the messages about it.
    pub(crate) messages: Vec<String>,
    /// The upload, if the only change is one upload to a bucket with versioning.
    pub(crate) upload: Option<Upload>,
}

/// The upload of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) address: Address,
    pub(crate) version: String,
    pub(crate) time: SystemTime,
}

/// A message that cannot be parsed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) message: String,
    /// The parser's error, and the message's body.
    pub(crate) reason: String,
}

/// The fields of S3's event that are used ("EventBridge event message structure" of the S3 user guide). Unlike in S3's
/// older notifications, the key is not URL-encoded.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Detail {
    bucket: Bucket,
    object: Object,
    reason: Option<String>,
    deletion_type: Option<String>,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Object {
    key: String,
    version_id: Option<String>,
}

impl Batch {
    /// Parses an event. Messages about the same original are merged.
    pub(crate) fn read(event: SqsEvent) -> Batch {
        let mut batch = Batch::default();
        for message in event.records {
            // SQS sets every message's ID. If a failure has no ID, Lambda treats the whole batch as failed.
            let (name, body) = (message.message_id.unwrap_or_default(), message.body.unwrap_or_default());
            match changed(&body) {
                Ok(Some((original, upload))) => batch.add(original, upload, name),
                Ok(None) => batch.ignored += 1,
                Err(error) => {
                    batch.unreadable.push(Unreadable { message: name, reason: format!("{error}: {body}") });
                }
            }
        }
        batch
    }

    /// Returns the originals whose only change is one upload.
    pub(crate) fn uploads(&self) -> Vec<(Key, Upload)> {
        let uploads = self.changed.iter().filter_map(|(key, change)| Some((key.clone(), change.upload.clone()?)));
        uploads.collect()
    }

    fn add(&mut self, original: Key, upload: Option<Upload>, message: String) {
        match self.changed.entry(original) {
            Entry::Vacant(place) => {
                place.insert(Change { messages: vec![message], upload });
            }
            Entry::Occupied(mut place) => {
                let change = place.get_mut();
                change.messages.push(message);
                // SQS can deliver a message twice. Any other second message is another change.
                if change.upload != upload {
                    change.upload = None;
                }
            }
        }
    }
}

/// Returns the original that an event is about; `None` if CloudFront does not cache the object.
fn changed(body: &str) -> Result<Option<(Key, Option<Upload>)>, serde_json::Error> {
    let event: EventBridgeEvent<Value> = serde_json::from_str(body)?;
    if event.source != "aws.s3" || !matches!(&*event.detail_type, "Object Created" | "Object Deleted") {
        return Ok(None);
    }
    let Detail { bucket, object, reason, deletion_type } = serde_json::from_value(event.detail)?;
    // Clients cannot request a noncurrent version that a lifecycle rule removes. Without versioning, the same fields
    // describe the object itself. Versions that are deleted by hand are invalidated: if someone replaces an image and
    // at once deletes the previous version, the upload looks like the first one of its key.
    let is_expired_version = reason.as_deref() == Some("Lifecycle Expiration")
        && deletion_type.as_deref() == Some("Permanently Deleted")
        && object.version_id.is_some();
    // A string that is not a key, such as `folder/`, cannot be requested. Variants are written after they have been
    // requested, so their writes change nothing.
    let key = Key::new(object.key).ok().filter(|key| !key.is_reserved() && !is_expired_version);
    let upload = match (&*event.detail_type, event.region, object.version_id, event.time) {
        // While versioning is suspended, each upload replaces the version `null`.
        ("Object Created", Some(region), Some(version), Some(time)) if version != "null" => {
            Some(Upload { address: Address { bucket: bucket.name, region }, version, time: time.into() })
        }
        _ => None,
    };
    Ok(key.map(|key| (key, upload)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CREATED: &str = include_str!("../../testdata/events/object-created.json");
    const DELETED: &str = include_str!("../../testdata/events/object-deleted.json");

    fn with(event: &str, pairs: &[(&str, Value)]) -> String {
        let mut event: Value = serde_json::from_str(event).unwrap();
        for (pointer, value) in pairs {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            event.pointer_mut(parent).unwrap()[name] = value.clone();
        }
        event.to_string()
    }

    fn about(event: &str, key: &str) -> String {
        with(event, &[("/detail/object/key", json!(key))])
    }

    fn batch(bodies: &[&str]) -> Batch {
        let records =
            bodies.iter().enumerate().map(|(number, body)| json!({ "messageId": number.to_string(), "body": body }));
        Batch::read(serde_json::from_value(json!({ "Records": records.collect::<Vec<_>>() })).unwrap())
    }

    #[test]
    fn messages_about_one_original_are_merged() {
        let other = about(CREATED, "my cats/猫 + 1%.jpg");
        let read = batch(&[CREATED, &other, DELETED, CREATED]);
        let messages = |key: &str| read.changed[&Key::new(key).unwrap()].messages.clone();
        assert_eq!(messages("photos/cat.jpg"), ["0", "2", "3"]);
        assert_eq!(messages("my cats/猫 + 1%.jpg"), ["1"]);
        assert_eq!((read.changed.len(), read.ignored, read.unreadable.len()), (2, 0, 0));
    }

    #[test]
    fn a_single_upload_of_a_version_is_recognised() {
        let version = |version: Value| with(CREATED, &[("/detail/object/version-id", version)]);
        let next = version(json!("next"));
        let marked = with(DELETED, &[("/detail/deletion-type", json!("Delete Marker Created"))]);
        for (bodies, expected) in [
            (&[CREATED][..], true),
            (&[CREATED, CREATED], true),
            (&[CREATED, &next], false),
            (&[CREATED, &next, CREATED], false),
            (&[CREATED, DELETED], false),
            (&[&marked, CREATED], false),
            (&[DELETED], false),
            (&[&version(Value::Null)], false),
            (&[&version(json!("null"))], false),
        ] {
            let read = batch(bodies);
            let change = &read.changed[&Key::new("photos/cat.jpg").unwrap()];
            assert_eq!(change.upload.is_some(), expected, "{bodies:?}");
            assert_eq!(change.messages.len(), bodies.len());
        }
        let read = batch(&[CREATED]);
        let upload = read.changed[&Key::new("photos/cat.jpg").unwrap()].upload.clone().unwrap();
        assert_eq!(upload.address.to_string(), "amzn-example-bucket in eu-central-1");
        assert_eq!(upload.version, "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e");
        let time = upload.time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert_eq!(time, 1_786_962_600, "2026-08-17T10:30:00Z");
    }

    #[test]
    fn variants_and_invalid_keys_are_ignored() {
        for key in ["w_200/webp/photos/cat.jpg", "w_auto/png/cat", "photos/", "a//b", "a/../b"] {
            assert_eq!(batch(&[&about(CREATED, key)]), Batch { ignored: 1, ..Batch::default() }, "{key}");
        }
        assert_eq!(batch(&[&about(CREATED, "w_wide/cat.jpg")]).changed.len(), 1);
        let other = CREATED.replace("Object Created", "Object Tags Added");
        let foreign = CREATED.replace("aws.s3", "my.app");
        assert_eq!(batch(&[&other, &foreign]), Batch { ignored: 2, ..Batch::default() });
    }

    #[test]
    fn expired_noncurrent_versions_are_ignored() {
        let deleted = |reason: &str, kind: &str, version: Value| {
            let at = ["/detail/reason", "/detail/deletion-type", "/detail/object/version-id"];
            with(DELETED, &[(at[0], json!(reason)), (at[1], json!(kind)), (at[2], version)])
        };
        for (reason, kind, version, changed) in [
            ("Lifecycle Expiration", "Permanently Deleted", json!("v1"), 0),
            ("Lifecycle Expiration", "Permanently Deleted", Value::Null, 1),
            ("Lifecycle Expiration", "Delete Marker Created", json!("v1"), 1),
            ("DeleteObject", "Permanently Deleted", json!("v1"), 1),
            ("DeleteObject", "Delete Marker Created", json!("v1"), 1),
        ] {
            let read = batch(&[&deleted(reason, kind, version.clone())]);
            assert_eq!((read.changed.len(), read.ignored), (changed, 1 - changed), "{reason}, {kind}, {version}");
        }
    }

    #[test]
    fn unreadable_messages_are_reported_and_delay_no_others() {
        let keyless = CREATED.replace("\"key\"", "\"name\"");
        let read = batch(&["", "null", r#"{"Records": []}"#, CREATED, &keyless]);
        assert_eq!((read.changed.len(), read.ignored), (1, 0));
        let names: Vec<_> = read.unreadable.iter().map(|unreadable| &*unreadable.message).collect();
        assert_eq!(names, ["0", "1", "2", "4"]);
        assert!(read.unreadable[3].reason.starts_with("missing field `key`"), "{:?}", read.unreadable[3]);
    }
}

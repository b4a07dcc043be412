//! From messages of the queue to originals that changed.

use std::collections::BTreeMap;

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::sqs::SqsEvent;
use serde::Deserialize;
use serde_json::Value;
use shared::Key;

/// Of a message that cannot be read, so much is logged, in characters.
const LOGGED: usize = 500;

/// What a batch of messages says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The originals that changed, each with the messages that say so.
    pub(crate) changed: BTreeMap<Key, Vec<String>>,
    /// Of how many messages nothing follows: CloudFront holds nothing of them.
    pub(crate) ignored: usize,
    /// Why messages cannot be read, and what is in them.
    pub(crate) unreadable: Vec<String>,
}

/// The part of S3's event that matters ("EventBridge event message structure" of the S3 user guide). Unlike in S3's older
/// notifications, the key is not encoded.
#[derive(Deserialize)]
struct Detail {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

impl Batch {
    /// Messages about the same original are joined.
    pub(crate) fn read(event: SqsEvent) -> Batch {
        let mut batch = Batch::default();
        for message in event.records {
            let body = message.body.unwrap_or_default();
            match changed(&body) {
                Ok(Some(original)) => {
                    // SQS gives every message a name. Without one, Lambda takes the whole batch for failed.
                    batch.changed.entry(original).or_default().push(message.message_id.unwrap_or_default());
                }
                Ok(None) => batch.ignored += 1,
                Err(reason) => {
                    let body: String = body.chars().take(LOGGED).collect();
                    batch.unreadable.push(format!("{reason}: {body}"));
                }
            }
        }
        batch
    }
}

/// The original that an event is about; `None` when CloudFront holds nothing of it.
fn changed(body: &str) -> Result<Option<Key>, serde_json::Error> {
    let event: EventBridgeEvent<Value> = serde_json::from_str(body)?;
    if event.source != "aws.s3" || !matches!(&*event.detail_type, "Object Created" | "Object Deleted") {
        return Ok(None);
    }
    let detail: Detail = serde_json::from_value(event.detail)?;
    // No request can name what is no key: `folder/`, say. A variant is written after it was asked for: it is no news.
    Ok(Key::new(detail.object.key).ok().filter(|key| !key.is_reserved()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CREATED: &str = include_str!("../../testdata/events/object-created.json");
    const DELETED: &str = include_str!("../../testdata/events/object-deleted.json");

    fn about(event: &str, key: &str) -> String {
        let mut event: Value = serde_json::from_str(event).unwrap();
        event["detail"]["object"]["key"] = json!(key);
        event.to_string()
    }

    fn batch(bodies: &[&str]) -> Batch {
        let records =
            bodies.iter().enumerate().map(|(number, body)| json!({ "messageId": number.to_string(), "body": body }));
        Batch::read(serde_json::from_value(json!({ "Records": records.collect::<Vec<_>>() })).unwrap())
    }

    #[test]
    fn messages_about_one_original_are_joined() {
        let other = about(CREATED, "my cats/猫 + 1%.jpg");
        let read = batch(&[CREATED, &other, DELETED, CREATED]);
        let messages = |numbers: &[&str]| numbers.iter().map(|number| (*number).to_owned()).collect::<Vec<_>>();
        let expected = [("photos/cat.jpg", messages(&["0", "2", "3"])), ("my cats/猫 + 1%.jpg", messages(&["1"]))];
        assert_eq!(read.changed, expected.map(|(key, messages)| (Key::new(key).unwrap(), messages)).into());
        assert_eq!((read.ignored, read.unreadable.len()), (0, 0));
    }

    #[test]
    fn of_variants_and_what_is_no_key_nothing_follows() {
        for key in ["w_200/webp/photos/cat.jpg", "w_auto/png/cat", "photos/", "a//b", "a/../b"] {
            assert_eq!(batch(&[&about(CREATED, key)]), Batch { ignored: 1, ..Batch::default() }, "{key}");
        }
        assert_eq!(batch(&[&about(CREATED, "w_wide/cat.jpg")]).changed.len(), 1);
        let other = CREATED.replace("Object Created", "Object Tags Added");
        let foreign = CREATED.replace("aws.s3", "my.app");
        assert_eq!(batch(&[&other, &foreign]), Batch { ignored: 2, ..Batch::default() });
    }

    #[test]
    fn what_cannot_be_read_is_told_and_holds_nothing_up() {
        let long = "x".repeat(10_000);
        let keyless = CREATED.replace("\"key\"", "\"name\"");
        let read = batch(&["", "null", &long, r#"{"Records": []}"#, &keyless, CREATED]);
        assert_eq!((read.changed.len(), read.ignored, read.unreadable.len()), (1, 0, 5));
        assert!(read.unreadable[2].len() < 2 * LOGGED, "{}", read.unreadable[2].len());
        assert!(read.unreadable[4].starts_with("missing field `key`"), "{}", read.unreadable[4]);
    }
}

//! The log line of one batch.

use serde::Serialize;

use crate::batch::Batch;
use crate::distribution::Part;
use crate::uploads::UploadHistory;

/// The maximum number of list items that are logged, and of characters in each text. A batch can have 10,000 messages,
/// and a log event of CloudWatch can have 256 KB.
const MAX_ITEMS: usize = 20;
const MAX_CHARACTERS: usize = 500;

/// The log line of one batch, as JSON. Lists contain the first items; counts are complete.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The number of changed originals.
    pub changed: usize,
    /// The keys of changed originals.
    pub originals: Vec<String>,
    /// The number of originals that are new, so that CloudFront does not cache them.
    pub new: usize,
    /// The number of originals for which S3 did not say whether they are new.
    pub unknown: usize,
    /// The number of originals that were invalidated.
    pub purged: usize,
    /// The IDs of the invalidations that CloudFront has accepted.
    pub invalidations: Vec<String>,
    /// The number of messages about variants, and about strings that are not keys.
    pub ignored: usize,
    /// The number of messages that the queue must deliver again.
    pub failed: usize,
    /// Errors of invalidations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Messages that cannot be parsed, with the parser's error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Why S3 did not say whether an original is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_because: Option<String>,
}

impl Report {
    pub(crate) fn new(batch: &Batch) -> Report {
        Report {
            changed: batch.changed.len(),
            originals: batch.changed.keys().take(MAX_ITEMS).map(|key| cut(key.as_str())).collect(),
            ignored: batch.ignored,
            failed: batch.unreadable.len(),
            unreadable: batch.unreadable.iter().take(MAX_ITEMS).map(|unreadable| cut(&unreadable.reason)).collect(),
            ..Report::default()
        }
    }

    pub(crate) fn history(&mut self, history: &UploadHistory) {
        self.new = history.new.len();
        self.unknown = history.unknown;
        self.unknown_because = history.reason.as_deref().map(cut);
    }

    /// Adds a result. `messages` is the number of messages about its originals.
    pub(crate) fn done(&mut self, part: &Part, messages: usize) {
        match &part.outcome {
            Ok(invalidation) => {
                self.purged += part.originals.len();
                add(&mut self.invalidations, &invalidation.id);
            }
            Err(error) => {
                self.failed += messages;
                add(&mut self.errors, &error.to_string());
            }
        }
    }
}

fn add(list: &mut Vec<String>, text: &str) {
    if list.len() < MAX_ITEMS {
        list.push(cut(text));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use ridge_contract::Key;
    use serde_json::json;

    use super::*;
    use crate::distribution::{Error, Invalidation};

    /// The maximum size of a log event in CloudWatch, in bytes.
    const MAX_EVENT: usize = 256 * 1024;

    #[test]
    fn the_line_never_exceeds_a_log_event() {
        let long = |number: usize| format!("{number:04}{}", "\"".repeat(Key::MAX_BYTES - 4));
        let event: serde_json::Value =
            serde_json::from_str(include_str!("../../testdata/events/object-created.json")).unwrap();
        let changed = (0..1500).map(|number| {
            let mut event = event.clone();
            event["detail"]["object"]["key"] = json!(long(number));
            event.to_string()
        });
        let bodies = changed.chain((0..1500).map(|number| format!("{number}{}", "\0".repeat(4000))));
        let records = bodies.enumerate().map(|(number, body)| json!({ "messageId": number.to_string(), "body": body }));
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let batch = Batch::read(serde_json::from_value(event).unwrap());
        let mut report = Report::new(&batch);
        report.history(&UploadHistory { new: Vec::new(), unknown: 1500, reason: Some("x".repeat(9999)) });
        for number in 0..1500 {
            let taken = Invalidation { id: "I".repeat(20), items: vec!["/".repeat(4000)] };
            let outcome = if number % 2 == 0 { Ok(taken) } else { Err(Error::Busy("\u{1}".repeat(5000))) };
            report.done(&Part { originals: vec![Key::new(long(number)).unwrap()], outcome }, 1);
        }
        let line = serde_json::to_string(&report).unwrap();
        assert!(line.len() < MAX_EVENT, "{}", line.len());
        assert_eq!((report.changed, report.purged, report.failed), (1500, 750, 1500 + 750), "counts are complete");
        assert_eq!([report.originals.len(), report.errors.len(), report.unreadable.len()], [MAX_ITEMS; 3]);
    }
}

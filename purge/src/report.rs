//! What was done with one batch, for the log.

use serde::Serialize;

use crate::batch::Batch;
use crate::distribution::Part;
use crate::uploads::Learnt;

/// So many of each list are logged, and so many characters of each text. A batch may have 10,000 messages, and CloudWatch
/// takes 256 KB as one event.
const LOGGED: usize = 20;
const CHARACTERS: usize = 500;

/// One batch's story: one line of JSON in the log. Lists have the first few; the counts are of all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// How many originals changed.
    pub changed: usize,
    /// Their keys.
    pub originals: Vec<String>,
    /// How many of them were not there before: CloudFront holds nothing of them.
    pub new: usize,
    /// Of how many S3 did not say whether they were.
    pub unknown: usize,
    /// How many originals CloudFront is to forget.
    pub purged: usize,
    /// CloudFront's names for the invalidations that it has taken.
    pub invalidations: Vec<String>,
    /// How many messages are of no consequence: variants, and what no request can name.
    pub ignored: usize,
    /// How many messages the queue must deliver again.
    pub failed: usize,
    /// Why CloudFront did not take all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Messages that cannot be read, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
    /// Why S3 did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_because: Option<String>,
}

impl Report {
    pub(crate) fn new(batch: &Batch) -> Report {
        Report {
            changed: batch.changed.len(),
            originals: batch.changed.keys().take(LOGGED).map(|key| cut(key.as_str())).collect(),
            ignored: batch.ignored,
            failed: batch.unreadable.len(),
            unreadable: batch.unreadable.iter().take(LOGGED).map(|unreadable| cut(&unreadable.reason)).collect(),
            ..Report::default()
        }
    }

    pub(crate) fn learnt(&mut self, learnt: &Learnt) {
        self.new = learnt.new.len();
        self.unknown = learnt.unknown;
        self.unknown_because = learnt.reason.as_deref().map(cut);
    }

    /// `messages` is how many told of the originals in it.
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
    if list.len() < LOGGED {
        list.push(cut(text));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use ridge_contract::Key;
    use serde_json::json;

    use super::*;
    use crate::distribution::{Error, Invalidation};

    /// What CloudWatch takes as one event, in bytes.
    const EVENT: usize = 256 * 1024;

    #[test]
    fn the_line_has_room_in_cloudwatch_whatever_the_batch() {
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
        report.learnt(&Learnt { new: Vec::new(), unknown: 1500, reason: Some("x".repeat(9999)) });
        for number in 0..1500 {
            let taken = Invalidation { id: "I".repeat(20), items: vec!["/".repeat(4000)] };
            let outcome = if number % 2 == 0 { Ok(taken) } else { Err(Error::Busy("\u{1}".repeat(5000))) };
            report.done(&Part { originals: vec![Key::new(long(number)).unwrap()], outcome }, 1);
        }
        let line = serde_json::to_string(&report).unwrap();
        assert!(line.len() < EVENT, "{}", line.len());
        assert_eq!((report.changed, report.purged, report.failed), (1500, 750, 1500 + 750), "the counts are of all");
        assert_eq!([report.originals.len(), report.errors.len(), report.unreadable.len()], [LOGGED; 3]);
    }
}

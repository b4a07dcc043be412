//! Log lines with CloudWatch metrics, in the embedded metric format ("Specification: Embedded metric format" of the
//! CloudWatch user guide).

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::log::cut;

/// The namespace of all metrics.
pub const NAMESPACE: &str = "Ridge";

/// The value of a metric for one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// The metric's name in CloudWatch, and of its field in the line.
    pub name: &'static str,
    /// The unit of the value.
    pub unit: Unit,
    /// The value.
    pub value: f64,
    /// The fields of the line that are the metric's dimensions.
    pub dimensions: &'static [&'static str],
}

/// A unit; the name is CloudWatch's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// A number of events.
    Count,
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
}

/// The error metric, by distribution and by kind of error.
pub const ERRORS: Metric =
    Metric { name: "Errors", unit: Unit::Count, value: 1.0, dimensions: &["distribution", "kind"] };

/// The maximum length of a text in a line, in characters. Clients choose their paths, and CloudWatch charges by the
/// byte.
const MAX_CHARACTERS: usize = 300;
/// The fields that describe an error, and their maximum length in characters.
const ERROR_FIELDS: (&[&str], usize) = (&["error", "told"], 1000);

/// Returns a report as one line of JSON, with the declarations from which CloudWatch reads its metrics. Long texts are
/// shortened. Without metrics the line contains the report alone.
///
/// # Errors
///
/// If the report is not a JSON object.
pub fn line(report: &impl Serialize, metrics: &[Metric]) -> serde_json::Result<String> {
    let Value::Object(mut fields) = serde_json::to_value(report)? else {
        return Err(serde::ser::Error::custom("the report is not a JSON object"));
    };
    for (name, value) in &mut fields {
        let most = if ERROR_FIELDS.0.contains(&name.as_str()) { ERROR_FIELDS.1 } else { MAX_CHARACTERS };
        if let Value::String(text) = value
            && let Cow::Owned(short) = cut(text, most)
        {
            *text = short;
        }
    }
    if metrics.is_empty() {
        return serde_json::to_string(&fields);
    }
    let directives: Vec<_> = metrics
        .chunk_by(|one, next| one.dimensions == next.dimensions)
        .map(|alike| {
            let definitions: Vec<_> =
                alike.iter().map(|metric| json!({ "Name": metric.name, "Unit": metric.unit })).collect();
            json!({ "Namespace": NAMESPACE, "Dimensions": [alike[0].dimensions], "Metrics": definitions })
        })
        .collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let about = json!({ "Timestamp": now.as_millis() as u64, "CloudWatchMetrics": directives });
    let values = metrics.iter().map(|metric| (metric.name.to_owned(), json!(metric.value)));
    let line: Map<_, _> = std::iter::once(("_aws".to_owned(), about)).chain(fields).chain(values).collect();
    serde_json::to_string(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_declare_their_metrics() {
        let report = json!({ "uri": "/a.jpg", "distribution": "E1", "kind": "missing" });
        assert_eq!(line(&report, &[]).unwrap(), report.to_string());
        let by = |dimensions, name, unit, value| Metric { name, unit, value, dimensions };
        let metrics = [
            by(&["distribution"], "SourceBytes", Unit::Bytes, 7.0),
            by(&["distribution"], "Duration", Unit::Milliseconds, 1.5),
            by(&["distribution", "kind"], "Errors", Unit::Count, 1.0),
        ];
        let mut line: Value = serde_json::from_str(&line(&report, &metrics).unwrap()).unwrap();
        assert!(line["_aws"]["Timestamp"].take().as_u64().unwrap() > 1_700_000_000_000);
        assert_eq!(
            line,
            json!({
                "_aws": { "Timestamp": null, "CloudWatchMetrics": [
                    { "Namespace": "Ridge", "Dimensions": [["distribution"]], "Metrics": [
                        { "Name": "SourceBytes", "Unit": "Bytes" }, { "Name": "Duration", "Unit": "Milliseconds" }] },
                    { "Namespace": "Ridge", "Dimensions": [["distribution", "kind"]], "Metrics": [
                        { "Name": "Errors", "Unit": "Count" }] },
                ]},
                "uri": "/a.jpg", "distribution": "E1", "kind": "missing",
                "SourceBytes": 7.0, "Duration": 1.5, "Errors": 1.0,
            })
        );
        assert!(super::line(&7, &[]).is_err());
    }

    #[test]
    fn long_texts_are_shortened() {
        let long = "\u{1}é".repeat(5000);
        let report = json!({ "uri": long, "querystring": long, "told": long, "error": long, "bytes": 7 });
        let line: Value = serde_json::from_str(&line(&report, &[]).unwrap()).unwrap();
        let characters = |name: &str| line[name].as_str().unwrap().chars().count();
        assert_eq!(["uri", "querystring", "told", "error"].map(characters), [300, 300, 1000, 1000]);
        assert!(line["uri"].as_str().unwrap().ends_with('…'));
        assert_eq!(line["bytes"], 7);
    }
}

//! The log line of one request, from which CloudWatch extracts metrics.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ridge_contract::{Path, Problem};
use ridge_telemetry::metrics::{self, Metric, Unit};
use serde::{Serialize, Serializer};

use crate::outcome::Outcome;
use crate::trace::{GET, PUT, Trace, WAIT, Write};

/// The log record of one request: one line of JSON.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The distribution's id; empty if there is none.
    pub distribution: String,
    /// The requested path.
    pub uri: String,
    /// The key of the original, if the path names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The canonical path up to the key; `None` for the original itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The result.
    pub outcome: Logged,
    /// The [`ridge_contract::Fault::name`] of an error, or `unchecked`: a stored variant could not be compared with its
    /// original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Whether this was the first request of the process.
    pub is_cold: bool,
    /// The original's size in bytes, if it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_bytes: Option<usize>,
    /// The variant's size in bytes, if it was rendered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// Whether the viewer was redirected, since the variant is too large for a generated response.
    pub is_redirected: bool,
    /// Whether the variant or the refusal could not be stored.
    pub is_put_failed: bool,
    /// Whether a stored refusal was repeated, so that nothing was read or rendered.
    pub is_remembered: bool,
    /// Whether the original is truncated.
    pub is_truncated: bool,
    /// Stages in their order, with milliseconds.
    #[serde(serialize_with = "by_name")]
    pub stages: Vec<(&'static str, f64)>,
    /// From the request to the response.
    pub milliseconds: f64,
    /// The error that the client was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// An error that the client was not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The result of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Logged {
    /// The store's response was passed on: it is no variant, the method is neither GET nor HEAD, or the status does not say
    /// whether there is a variant.
    Passed,
    /// The stored variant was passed on.
    Stored,
    /// The variant was rendered and stored.
    #[serde(rename = "made")]
    Rendered,
    /// A stale variant was regenerated.
    #[serde(rename = "remade")]
    Regenerated,
    /// The stored variant was passed on, and may be stale.
    #[serde(rename = "perhaps")]
    Unverified,
    /// The variant was rendered, and could not be stored.
    NotStored,
    /// The variant was rendered in a fallback format, and not stored.
    #[serde(rename = "instead")]
    Fallback,
    /// The request, the original or the policy was at fault.
    Refused,
    /// The store or the function was at fault.
    Failed,
}

/// The `kind` of a stored variant that could not be compared with its original.
const UNCHECKED: &str = "unchecked";

const ALL: &[&str] = &["distribution"];

impl Report {
    /// A report of a request that passes through. `path` is `None` if the path is not valid.
    pub fn new(distribution: &str, uri: &str, path: Option<&Path>, is_cold: bool) -> Report {
        let (key, variant) = match path {
            Some(Path::Original(original)) => (Some(original.to_string()), None),
            Some(Path::Variant(path)) => (Some(path.original().to_string()), Some(path.prefix())),
            None => (None, None),
        };
        Report {
            distribution: distribution.to_owned(),
            uri: uri.to_owned(),
            key,
            variant,
            outcome: Logged::Passed,
            kind: None,
            is_cold,
            source_bytes: None,
            bytes: None,
            is_redirected: false,
            is_put_failed: false,
            is_remembered: false,
            is_truncated: false,
            stages: Vec::new(),
            milliseconds: 0.0,
            told: None,
            error: None,
        }
    }

    /// Records what the engine did.
    pub fn serve(&mut self, outcome: &Outcome, trace: Trace) {
        match outcome {
            Outcome::Fresh(_) => self.outcome = Logged::Stored,
            Outcome::Unverified(_) => self.unchecked(),
            Outcome::Rendered(_) | Outcome::Redirect(_) => {
                self.outcome = match trace.write {
                    Write::New => Logged::Rendered,
                    Write::Replaced => Logged::Regenerated,
                    Write::Fallback => Logged::Fallback,
                    Write::None | Write::Failed => Logged::NotStored,
                }
            }
            Outcome::Refused(refused) => self.refuse(&refused.problem),
        }
        self.is_redirected = matches!(outcome, Outcome::Redirect(_));
        (self.source_bytes, self.bytes) = (trace.source_bytes, trace.bytes);
        (self.is_put_failed, self.is_remembered) = (trace.is_put_failed, trace.is_remembered);
        self.is_truncated = trace.is_truncated;
        let stages = trace.stages.into_iter().map(|(name, time)| (name, milliseconds(time)));
        // Without other renders there was no wait.
        self.stages = stages.filter(|(name, time)| *name != WAIT || *time > 0.0).collect();
        self.error = trace.error;
    }

    /// Records an error for the client.
    pub fn refuse(&mut self, problem: &Problem) {
        self.outcome = if problem.fault.is_transient() { Logged::Failed } else { Logged::Refused };
        self.kind = Some(problem.fault.name());
        self.told = Some(problem.text.clone());
    }

    fn unchecked(&mut self) {
        self.outcome = Logged::Unverified;
        self.kind = Some(UNCHECKED);
    }

    /// Records the time since the request began.
    pub fn end(&mut self, began: Instant) {
        self.milliseconds = milliseconds(began.elapsed());
    }

    /// The stages as the header `Server-Timing` (W3C) states them; `None` if there were none.
    pub fn server_timing(&self) -> Option<String> {
        let stages: Vec<_> = self.stages.iter().map(|(name, time)| format!("{name};dur={time}")).collect();
        (!stages.is_empty()).then(|| stages.join(", "))
    }

    /// The line, with the metrics that CloudWatch extracts from it.
    ///
    /// # Errors
    ///
    /// None is known: the report is a JSON object.
    pub fn line(&self) -> serde_json::Result<String> {
        metrics::line(self, &self.metrics())
    }

    fn metrics(&self) -> Vec<Metric> {
        let metric = |name, unit, value| Metric { name, unit, value, dimensions: ALL };
        let is_on_pixels = |(name, _): &&(&str, f64)| ![GET, WAIT, PUT].contains(name);
        let pixels: f64 = self.stages.iter().filter(is_on_pixels).map(|(_, time)| time).sum();
        let bytes = |name, bytes: Option<usize>| Some(metric(name, Unit::Bytes, bytes? as f64));
        let count = |name, is_so: bool| is_so.then(|| metric(name, Unit::Count, 1.0));
        let time = |name, time| self.bytes.map(|_| metric(name, Unit::Milliseconds, time));
        let all = [
            count("Renders", self.bytes.is_some()),
            time("Duration", self.milliseconds),
            time("RenderTime", pixels),
            bytes("SourceBytes", self.source_bytes),
            bytes("VariantBytes", self.bytes),
            count("PutFailures", self.is_put_failed),
            count("OversizeRedirects", self.is_redirected),
            self.kind.map(|_| metrics::ERRORS),
        ];
        all.into_iter().flatten().collect()
    }
}

/// Milliseconds, rounded to tenths.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

fn by_name<S: Serializer>(stages: &[(&'static str, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    stages.iter().copied().collect::<BTreeMap<_, _>>().serialize(serializer)
}

#[cfg(test)]
mod tests {
    use ridge_contract::Fault;
    use ridge_pixels::{Observer as _, Stage};

    use super::*;
    use crate::Stopwatch;

    fn report() -> Report {
        let path = Path::parse("/w_9/webp/a.jpg").unwrap();
        Report::new("EDFDVBD6EXAMPLE", "/w_9/webp/a.jpg", Some(&path), true)
    }

    #[test]
    fn the_page_has_all_metrics_and_kinds() {
        let mut report = report();
        (report.bytes, report.source_bytes) = (Some(1), Some(1));
        (report.is_redirected, report.is_put_failed) = (true, true);
        report.unchecked();
        let mut counted: Vec<_> = report.metrics().iter().map(|metric| metric.name).collect();
        counted.sort_unstable();

        let page = include_str!("../../../docs/monitoring.md");
        let (_, table) = page.split_once("| metric | unit | what |\n| --- | --- | --- |\n").unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let first_cells = table.lines().map(|row| row.split('|').nth(1).unwrap());
        let mut told: Vec<_> = first_cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        told.sort_unstable();
        assert_eq!(told, counted);

        let errors = table.lines().find(|row| row.starts_with("| `Errors`")).unwrap();
        let kinds = errors.split('`').skip(1).step_by(2).filter(|name| !["Errors", "kind"].contains(name));
        assert!(kinds.eq(Fault::ALL.iter().map(|fault| fault.name()).chain([UNCHECKED])));
    }

    /// Of docs/monitoring.md, for CloudWatch Logs Insights.
    #[test]
    fn the_query_on_the_page_asks_for_what_is_logged() {
        let mut report = report();
        report.outcome = Logged::Rendered;
        let mut stopwatch = Stopwatch::default();
        stopwatch.begin(Stage::Decode);
        stopwatch.begin(Stage::Encode);
        report.stages = stopwatch.stop().into_iter().map(|(name, _)| (name, 1.0)).collect();
        let line = serde_json::to_value(&report).unwrap();

        let page = include_str!("../../../docs/monitoring.md");
        let query = page.lines().find_map(|line| line.strip_prefix("    fields ")).unwrap();
        let parts: Vec<_> = query.split(" | ").collect();
        let [fields, filter, sort, limit] = parts[..] else { panic!("{query}") };
        let named = fields.split(", ").chain([filter, sort].map(|part| part.split(' ').nth(1).unwrap()));
        for name in named {
            let value = name.split('.').fold(&line, |value, name| &value[name]);
            assert!(!value.is_null(), "{name} is not in {line}");
        }
        assert_eq!(filter, format!("filter outcome = {}", line["outcome"]));
        assert_eq!(limit, "limit 20");
    }
}

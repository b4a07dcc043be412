//! What was done with one event: for the log, and through it for CloudWatch's metrics.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ridge_cloudfront::event::Cf;
use ridge_contract::{Path, Problem};
use ridge_telemetry::metrics::{self, Metric, Unit};
use serde::{Serialize, Serializer};

/// One event's story: one line of JSON in the log.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The distribution's id.
    pub distribution: String,
    /// The path that was asked for.
    pub uri: String,
    /// The original that it is about, where it is one that can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is asked of that original, as the path has it before the key; nothing for the original itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How it went.
    pub outcome: Outcome,
    /// Whose fault it is, by [`ridge_contract::Fault::name`], or `unchecked`: a stored variant could not be compared with its
    /// original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Whether this was the process's first event.
    pub is_cold: bool,
    /// The original's size in bytes, where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_bytes: Option<usize>,
    /// The variant's size in bytes, where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    /// Whether the viewer was sent to where the variant is stored, since it is too large for an answer.
    pub is_redirected: bool,
    /// Whether the variant, or why there is none, could not be stored.
    pub is_put_failed: bool,
    /// Whether the variant was refused before, and that was stored, so that nothing was read or rendered.
    pub is_remembered: bool,
    /// Whether the original ends early.
    pub is_truncated: bool,
    /// Stages in their order, with milliseconds.
    #[serde(serialize_with = "by_name")]
    pub stages: Vec<(&'static str, f64)>,
    /// From event to answer.
    pub milliseconds: f64,
    /// What the client was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What the client was not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How an event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The origin's response went through as it came, or marked as not to be kept.
    Passed,
    /// The variant was stored already.
    Stored,
    /// The variant was made and stored.
    Made,
    /// The stored variant was out of date, and was made again.
    Remade,
    /// The stored variant was passed on, and it is not known whether it is out of date.
    Perhaps,
    /// The variant was made, and could not be stored.
    NotStored,
    /// The variant's own format takes too long, so it was made in another one, and not stored.
    Instead,
    /// The request, the original or the policy was at fault.
    Refused,
    /// S3 or this function was at fault.
    Failed,
}

/// The `kind` of a stored variant that could not be compared with its original.
const UNCHECKED: &str = "unchecked";

/// Stages that are not work on pixels.
pub(crate) const GET: &str = "get";
const WAIT: &str = "wait";
pub(crate) const PUT: &str = "put";

const ALL: &[&str] = &["distribution"];

impl Report {
    pub(crate) fn new(cf: &Cf, is_cold: bool) -> Report {
        let (key, variant) = match Path::parse(&cf.request.uri) {
            Ok(Path::Original(original)) => (Some(original.to_string()), None),
            Ok(Path::Variant(path)) => (Some(path.original().to_string()), Some(path.prefix())),
            Err(_) => (None, None),
        };
        Report {
            distribution: cf.config.distribution().to_owned(),
            uri: cf.request.uri.clone(),
            key,
            variant,
            outcome: Outcome::Passed,
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

    /// The log's line, with the metrics that CloudWatch takes from it.
    ///
    /// # Errors
    ///
    /// None that is known: the report is an object.
    pub fn line(&self) -> serde_json::Result<String> {
        metrics::line(self, &self.metrics())
    }

    pub(crate) fn refuse(&mut self, problem: &Problem) {
        self.outcome = if problem.fault.is_transient() { Outcome::Failed } else { Outcome::Refused };
        self.kind = Some(problem.fault.name());
        self.told = Some(problem.text.clone());
    }

    /// The stored variant is passed on unchecked.
    pub(crate) fn unchecked(&mut self) {
        self.outcome = Outcome::Perhaps;
        self.kind = Some(UNCHECKED);
    }

    pub(crate) fn took(&mut self, stage: &'static str, began: Instant) {
        self.lasted(stage, began.elapsed());
    }

    /// Other pictures were made meanwhile. Where there were none, it is no stage.
    pub(crate) fn waited(&mut self, began: Instant) {
        if milliseconds(began.elapsed()) > 0.0 {
            self.took(WAIT, began);
        }
    }

    /// A stage that comes again, as for each frame of an animation, is added to what it took before.
    pub(crate) fn lasted(&mut self, stage: &'static str, time: Duration) {
        match self.stages.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, total)) => *total = milliseconds(Duration::from_secs_f64(*total / 1e3) + time),
            None => self.stages.push((stage, milliseconds(time))),
        }
    }

    pub(crate) fn end(&mut self, began: Instant) {
        self.milliseconds = milliseconds(began.elapsed());
    }

    /// The stages as a `Server-Timing` header has them; nothing before the first one.
    pub(crate) fn server_timing(&self) -> Option<String> {
        let stages: Vec<_> = self.stages.iter().map(|(name, time)| format!("{name};dur={time}")).collect();
        (!stages.is_empty()).then(|| stages.join(", "))
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

/// To a tenth of a millisecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

fn by_name<S: Serializer>(stages: &[(&'static str, f64)], serializer: S) -> Result<S::Ok, S::Error> {
    stages.iter().copied().collect::<BTreeMap<_, _>>().serialize(serializer)
}

#[cfg(test)]
mod tests {
    use ridge_cloudfront::event::Event;
    use ridge_contract::Fault;
    use ridge_pixels::{Stage, Watch as _};

    use super::*;
    use crate::Stopwatch;

    #[test]
    fn the_page_has_all_metrics_and_kinds() {
        let event = include_str!("../../testdata/events/origin-response.json");
        let cf = serde_json::from_str::<Event>(event).unwrap().into_cf().unwrap();
        let mut report = Report::new(&cf, true);
        (report.bytes, report.source_bytes) = (Some(1), Some(1));
        (report.is_redirected, report.is_put_failed) = (true, true);
        report.unchecked();
        let mut counted: Vec<_> = report.metrics().iter().map(|metric| metric.name).collect();
        counted.sort_unstable();

        let page = include_str!("../../docs/monitoring.md");
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
        let event = include_str!("../../testdata/events/origin-response.json");
        let cf = serde_json::from_str::<Event>(event).unwrap().into_cf().unwrap();
        let mut report = Report::new(&cf, true);
        report.outcome = Outcome::Made;
        let mut stopwatch = Stopwatch::default();
        stopwatch.begin(Stage::Decode);
        stopwatch.begin(Stage::Encode);
        report.stages = stopwatch.stop().into_iter().map(|(name, _)| (name, 1.0)).collect();
        let line = serde_json::to_value(&report).unwrap();

        let page = include_str!("../../docs/monitoring.md");
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

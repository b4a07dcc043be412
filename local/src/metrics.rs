//! Metrics for Prometheus, from the log lines that CloudWatch reads too (embedded metric format).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use prometheus::{CounterVec, HistogramOpts, HistogramVec, Opts, Registry, TextEncoder, exponential_buckets};
use ridge_telemetry::metrics::Unit;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The metrics of all lines so far.
#[derive(Default)]
pub struct Metrics {
    registry: Registry,
    known: Mutex<HashMap<String, Family>>,
}

enum Family {
    Counter(CounterVec),
    Histogram(HistogramVec),
}

/// The part of a line that declares its metrics.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct About {
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Definition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: String,
    unit: Unit,
}

#[derive(Deserialize)]
struct MetricLine {
    #[serde(rename = "_aws")]
    about: About,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Metrics {
    /// Adds the metrics of one log line. A line without metrics, or that is not JSON, changes nothing.
    ///
    /// # Errors
    ///
    /// If a metric has other dimensions than in earlier lines.
    pub fn take(&self, line: &str) -> anyhow::Result<()> {
        let Ok(MetricLine { about, fields }) = serde_json::from_str(line) else { return Ok(()) };
        for Directive { namespace, dimensions, metrics } in &about.cloud_watch_metrics {
            for (metric, names) in metrics.iter().flat_map(|metric| dimensions.iter().map(move |names| (metric, names)))
            {
                if let Some(value) = fields.get(&metric.name).and_then(Value::as_f64) {
                    let value_of = |name: &String| fields.get(name).and_then(Value::as_str).unwrap_or_default();
                    let values: Vec<_> = names.iter().map(value_of).collect();
                    self.observe(namespace, metric, names, &values, value)
                        .with_context(|| format!("the metric {} has other dimensions than before", metric.name))?;
                }
            }
        }
        Ok(())
    }

    /// Returns all metrics in Prometheus' text format.
    ///
    /// # Errors
    ///
    /// If a metric cannot be written as text.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }

    fn observe(
        &self,
        namespace: &str,
        metric: &Definition,
        names: &[String],
        values: &[&str],
        value: f64,
    ) -> prometheus::Result<()> {
        let name = format!("{}_{}", snake(namespace), snake(&metric.name));
        let labels: Vec<_> = names.iter().map(String::as_str).collect();
        let help = format!("{} of viewer-request and origin-response", metric.name);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram =
            |name: String, buckets| HistogramVec::new(HistogramOpts::new(name, &help).buckets(buckets), &labels);
        if !known.contains_key(&name) {
            // Prometheus measures time in seconds ("Base units" of its naming practices).
            let family = match metric.unit {
                Unit::Milliseconds => {
                    Family::Histogram(histogram(format!("{name}_seconds"), exponential_buckets(0.005, 2.0, 13)?)?)
                }
                Unit::Bytes => {
                    Family::Histogram(histogram(format!("{name}_bytes"), exponential_buckets(1024.0, 4.0, 9)?)?)
                }
                Unit::Count => Family::Counter(CounterVec::new(Opts::new(format!("{name}_total"), &help), &labels)?),
            };
            match &family {
                Family::Counter(counter) => self.registry.register(Box::new(counter.clone()))?,
                Family::Histogram(histogram) => self.registry.register(Box::new(histogram.clone()))?,
            }
            known.insert(name.clone(), family);
        }
        match &known[&name] {
            Family::Counter(counter) => counter.get_metric_with_label_values(values)?.inc_by(value),
            Family::Histogram(histogram) => {
                let scale = if metric.unit == Unit::Milliseconds { 1e-3 } else { 1.0 };
                histogram.get_metric_with_label_values(values)?.observe(value * scale);
            }
        }
        Ok(())
    }
}

/// Returns `SourceBytes` as `source`: snake case, without the unit, which the metric's suffix repeats.
fn snake(name: &str) -> String {
    let name = name.strip_suffix("Bytes").unwrap_or(name);
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_become_prometheus_metrics() {
        let metrics = Metrics::default();
        let line = r#"{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [
            {"Namespace": "Ridge", "Dimensions": [["distribution"]], "Metrics": [
                {"Name": "Renders", "Unit": "Count"}, {"Name": "SourceBytes", "Unit": "Bytes"},
                {"Name": "RenderTime", "Unit": "Milliseconds"}, {"Name": "NotThere", "Unit": "Count"}]},
            {"Namespace": "Ridge", "Dimensions": [["distribution", "kind"]], "Metrics": [
                {"Name": "Errors", "Unit": "Count"}]}]},
            "distribution": "E1", "kind": "missing", "Renders": 1, "SourceBytes": 5000, "RenderTime": 12, "Errors": 1}"#;
        for line in [line, line, "START RequestId: 1", "{}", r#"{"_aws": 7}"#] {
            metrics.take(line).unwrap();
        }
        let text = metrics.text().unwrap();
        for line in [
            "ridge_renders_total{distribution=\"E1\"} 2",
            "ridge_source_bytes_sum{distribution=\"E1\"} 10000",
            "ridge_source_bytes_bucket{distribution=\"E1\",le=\"4096\"} 0",
            "ridge_source_bytes_bucket{distribution=\"E1\",le=\"16384\"} 2",
            "ridge_render_time_seconds_sum{distribution=\"E1\"} 0.024",
            "ridge_errors_total{distribution=\"E1\",kind=\"missing\"} 2",
            "# TYPE ridge_render_time_seconds histogram",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("not_there"));
        let other = line.replace(r#"[["distribution"]]"#, r#"[["distribution", "kind"]]"#);
        assert_eq!(
            metrics.take(&other).unwrap_err().to_string(),
            "the metric Renders has other dimensions than before"
        );
    }
}

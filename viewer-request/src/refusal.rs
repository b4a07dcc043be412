//! The log line about a refused request. CloudWatch takes a metric from it.

use ridge_cloudfront::event::Cf;
use ridge_contract::Problem;
use ridge_telemetry::metrics;
use serde::Serialize;

/// A refused request: one line of JSON in the log. Other requests are not logged: CloudFront's own log has them, and
/// viewer-request runs on every cache hit too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The distribution's id.
    pub distribution: String,
    /// The requested path.
    pub uri: String,
    /// The query string, without `?`.
    pub querystring: String,
    /// Whose fault it is, by [`ridge_contract::Fault::name`].
    pub kind: &'static str,
    /// The error text that the client received.
    pub told: String,
}

impl Refusal {
    pub(crate) fn new(cf: &Cf, problem: &Problem) -> Refusal {
        Refusal {
            distribution: cf.config.distribution().to_owned(),
            uri: cf.request.uri.clone(),
            querystring: cf.request.querystring.clone(),
            kind: problem.fault.name(),
            told: problem.text.clone(),
        }
    }

    /// The log line, with the metric for CloudWatch.
    ///
    /// # Errors
    ///
    /// None in practice: the fields are strings.
    pub fn line(&self) -> serde_json::Result<String> {
        metrics::line(self, &[metrics::ERRORS])
    }
}

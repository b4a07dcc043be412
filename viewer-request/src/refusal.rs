//! What is told of a request that is refused: for the log, and through it for CloudWatch's metrics.

use ridge_cloudfront::event::Cf;
use ridge_contract::Problem;
use ridge_telemetry::metrics;
use serde::Serialize;

/// One refused request: one line of JSON in the log. Of the others none is written: CloudFront's own log has them, and
/// viewer-request sees every hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The distribution's id.
    pub distribution: String,
    /// The path that was asked for.
    pub uri: String,
    /// Without `?`.
    pub querystring: String,
    /// Whose fault it is, by [`ridge_contract::Fault::name`].
    pub kind: &'static str,
    /// What the client was told.
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

    /// The log's line, with the metric that CloudWatch takes from it.
    ///
    /// # Errors
    ///
    /// None that is known: the refusal is an object.
    pub fn line(&self) -> serde_json::Result<String> {
        metrics::line(self, &[metrics::ERRORS])
    }
}

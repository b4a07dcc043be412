//! CloudFront and S3 on one machine, around the two functions that go to the edge.
//!
//! * [`s3`]: an S3 server on a folder, spoken to over HTTP;
//! * [`cloudfront`]: CloudFront's rules, with real event JSON in and out of both functions;
//! * [`lambda`]: AWS's own programs, which run the functions' packages;
//! * [`metrics`]: what the functions' log lines count, for Prometheus;
//! * [`serve`]: all of it together;
//! * [`doctor`]: what a distribution looks like from outside;
//! * [`commands`]: what `ridge` does on the command line.

pub mod cloudfront;
pub mod commands;
mod connection;
pub mod doctor;
pub mod lambda;
mod listen;
mod listing;
pub mod metrics;
mod out;
mod playground;
mod queue;
mod request_guard;
mod responsive_widths;
pub mod s3;
pub mod serve;
mod url;
mod warm;

//! CloudFront, S3 and the functions on one machine, and the tools of the command `ridge`.
//!
//! * [`s3`]: an S3 server on a folder;
//! * [`cloudfront`]: CloudFront's rules; both functions receive and return real event JSON;
//! * [`lambda`]: AWS's own programs, which run the functions' packages;
//! * [`metrics`]: the metrics of the functions' log lines, for Prometheus;
//! * [`serve`]: starts all of these together;
//! * [`doctor`]: checks a distribution from outside;
//! * [`commands`]: the subcommands of `ridge`.

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

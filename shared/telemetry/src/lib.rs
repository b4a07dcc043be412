//! Logs of the functions: lines, and CloudWatch metrics within them.

pub mod log;
pub mod metrics;

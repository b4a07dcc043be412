//! What the functions write to their logs: lines, and CloudWatch metrics within them.

pub mod log;
pub mod metrics;

//! When a command that goes on is told to stop.

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

/// By Ctrl-C, or SIGTERM as service managers send it.
pub(super) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be waited for")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C cannot be waited for"),
        _ = terminate.recv() => Ok(()),
    }
}

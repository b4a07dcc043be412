//! The workers of one engine: one for each concurrent render, reused until it is spent.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ridge_contract::{Config, Fault, Problem, VariantPath};
use ridge_pixels::Stage;
use tokio::time::timeout_at;

use super::message::{Answer, Job, Made, Refused, Setup};
use super::process::{End, Worker};
use super::{CRASHED, Settings, UNAVAILABLE, too_much};
use crate::image::{Failure, Image, Stages};

/// A pool of workers, which starts them and sends them renders.
pub(crate) struct Workers {
    settings: Settings,
    setup: Setup,
    concurrency: usize,
    idle: Mutex<Vec<Running>>,
    running: Arc<AtomicUsize>,
}

/// A worker that counts as running until it is dropped.
struct Running {
    worker: Worker,
    _count: Count,
}

struct Count(Arc<AtomicUsize>);

impl Workers {
    /// Creates an empty pool. `concurrency` limits the number of idle workers.
    pub(crate) fn new(settings: Settings, config: &Config, concurrency: usize) -> Workers {
        let setup = Setup { config: config.clone(), memory: settings.memory };
        Workers { settings, setup, concurrency, idle: Mutex::default(), running: Arc::default() }
    }

    /// Starts a worker if none is idle, so that the next render finds one. An error is ignored here: the render reports
    /// it.
    pub(crate) async fn prepare(&self) {
        let is_needed = self.idle().is_empty() && self.running.load(Ordering::Relaxed) < self.concurrency;
        if is_needed && let Ok(worker) = self.start().await {
            self.keep(worker);
        }
    }

    /// Renders in a worker. The worker is killed at `deadline`, or when this future is dropped.
    pub(crate) async fn render(
        &self,
        path: &VariantPath,
        source: &[u8],
        deadline: Instant,
    ) -> (Result<Image, Failure>, Stages) {
        let taken = timeout_at(deadline.into(), self.take()).await;
        let Running { mut worker, _count } = match taken.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())) {
            Ok(running) => running,
            Err(error) => {
                let log = format!("no render worker can be started: {error}");
                return (Err(Failure::new(Fault::Unavailable, UNAVAILABLE, log)), Stages::new());
            }
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let job = Job { path: path.to_string(), milliseconds: left.as_millis() as u64 };
        let failure = match timeout_at(deadline.into(), worker.render(&job, source, self.settings.memory)).await {
            Ok(Ok((answer, bytes))) => {
                if !answer.is_spent {
                    self.keep(Running { worker, _count });
                }
                return translate(answer, bytes);
            }
            Ok(Err(error)) => match worker.end(error).await {
                End::OutOfMemory(log) => {
                    let text = too_much(self.settings.memory);
                    Failure { needs_memory: true, ..Failure::new(Fault::TooLarge, text, log) }
                }
                End::Crashed(log) => Failure::new(Fault::Broken, CRASHED, log),
            },
            Err(_) => {
                worker.kill().await;
                let Problem { fault, text } = Problem::from(&ridge_pixels::Error::OutOfTime);
                Failure::new(fault, text, "the render worker was killed at the deadline".to_owned())
            }
        };
        (Err(failure), Stages::new())
    }

    async fn take(&self) -> io::Result<Running> {
        let Running { worker, _count } = match self.waiting() {
            Some(waiting) => waiting,
            None => self.start().await?,
        };
        Ok(Running { worker: worker.ready().await?, _count })
    }

    /// Returns an idle worker that is still running.
    fn waiting(&self) -> Option<Running> {
        let mut idle = self.idle();
        loop {
            let mut running = idle.pop()?;
            if running.worker.is_running() {
                return Some(running);
            }
        }
    }

    async fn start(&self) -> io::Result<Running> {
        self.running.fetch_add(1, Ordering::Relaxed);
        let count = Count(Arc::clone(&self.running));
        Ok(Running { worker: Worker::start(&self.settings, &self.setup).await?, _count: count })
    }

    fn keep(&self, worker: Running) {
        let mut idle = self.idle();
        if idle.len() < self.concurrency {
            idle.push(worker);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Running>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Converts the answer of a worker.
pub(super) fn translate(answer: Answer, bytes: Vec<u8>) -> (Result<Image, Failure>, Stages) {
    let known = |name: String| Stage::ALL.map(Stage::name).into_iter().find(|known| *known == name);
    let stages = answer.stages.into_iter();
    let stages = stages.filter_map(|(name, time)| Some((known(name)?, Duration::from_micros(time)))).collect();
    let rendered = match answer.outcome {
        Ok(Made { format, source_frames, is_truncated }) => match format.parse() {
            Ok(format) => Ok(Image { bytes, format, source_frames, is_truncated }),
            Err(()) => {
                Err(Failure::new(Fault::Broken, CRASHED, format!("the render worker names a format {format:?}")))
            }
        },
        // An unknown fault comes only from a compromised worker.
        Err(Refused { fault, text, log, needs_memory }) => {
            let fault = Fault::from_name(&fault).unwrap_or(Fault::Broken);
            Err(Failure { needs_memory, ..Failure::new(fault, text, log) })
        }
    };
    (rendered, stages)
}

//! Measurement in fresh environments: the first response, later responses, and the memory after them.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::anyhow;
use local::lambda::{Environment, FunctionSettings, Log, Package, Runtime, Tools};
use ridge_store::{Credentials, S3Store, Store as _};
use serde::Serialize;

use super::side::EdgeSide;
use super::task::Task;
use crate::statistics::median;

pub(super) struct EdgeBench {
    pub(super) tools: Tools,
    pub(super) store: S3Store,
    pub(super) credentials: Credentials,
    pub(super) processor: Option<usize>,
    pub(super) repeat: usize,
    pub(super) warm: usize,
}

/// The medians of one side for a task.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures {
    /// From the first invocation, which starts the runtime, to its response.
    pub(super) cold_ms: f64,
    /// From a later invocation to its response.
    pub(super) warm_ms: f64,
    /// The resident memory of the function's process after the last invocation.
    #[serde(rename = "residentMiB")]
    pub(super) resident_mib: f64,
    /// The package's size.
    pub(super) zip_bytes: u64,
}

impl EdgeBench {
    pub(super) async fn measure(
        &self,
        task: &Task,
        package: impl Fn(EdgeSide) -> PathBuf,
    ) -> anyhow::Result<Vec<(EdgeSide, Figures)>> {
        let mut runs = Vec::new();
        for side in task.sides() {
            let zip = package(*side);
            runs.push((*side, fs::metadata(&zip).map(|facts| facts.len()), Package::unpack(&zip)?, Vec::new()));
        }
        // A first round, so that files and programs come from the disk's cache for all sides.
        for round in 0..=self.repeat {
            for (side, _, package, runs) in &mut runs {
                let run = self.run(task, *side, package).await?;
                if round > 0 {
                    runs.push(run);
                }
            }
        }
        let figures = runs.into_iter().map(|(side, zip_bytes, _, runs)| {
            let of = |get: fn(&(f64, f64, f64)) -> f64| median(runs.iter().map(get).collect());
            let (cold_ms, warm_ms, resident_mib) = (of(|run| run.0), of(|run| run.1), of(|run| run.2));
            Ok((side, Figures { cold_ms, warm_ms, resident_mib, zip_bytes: zip_bytes? }))
        });
        figures.collect()
    }

    /// Measures one fresh environment. Returns milliseconds of the cold and the warm invocations, and MiB.
    async fn run(&self, task: &Task, side: EdgeSide, package: &Package) -> anyhow::Result<(f64, f64, f64)> {
        let settings = FunctionSettings {
            name: task.function,
            runtime: Runtime::Node24,
            memory: task.memory,
            timeout: task.timeout,
            region: "ap-northeast-1",
            credentials: self.credentials.clone(),
            environment: Vec::new(),
            processor: self.processor,
        };
        let quiet: Log = Arc::new(|_| ());
        let environment = Environment::start(&self.tools, package, &settings, &quiet)?;
        let error_of = |error: String| anyhow!("{}: {}: {error}", side.name(), task.name);
        environment.ready().await.map_err(error_of)?;
        let mut times = Vec::new();
        for _ in 0..=self.warm {
            let event = serde_json::to_vec(&task.event)?;
            // The stored variant is deleted, so that each invocation renders.
            if let Some(variant) = task.variant()? {
                self.store.delete(&variant).await?;
            }
            let began = Instant::now();
            let answer = environment.invoke(event).await.map_err(error_of)?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            task.check(side, &answer)?;
        }
        let warm = times.split_off(1);
        Ok((times[0], median(warm), environment.resident() as f64 / f64::from(1 << 20)))
    }
}

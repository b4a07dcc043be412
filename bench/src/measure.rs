//! Measurement of one case. The programs alternate, so that other load on the machine affects both.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::cases::{Case, Group};
use crate::protocol::{Done, Request};
use crate::score::Judge;
use crate::side::{Side, Worker};
use crate::statistics::median;
use crate::worker;

/// The maximum time for the repetitions of one case, in microseconds of both programs together. There are at least
/// [`MIN_REPEAT`] repetitions.
const CASE_MICROS: u64 = 6_000_000;

const MIN_REPEAT: usize = 3;

/// The result of a case.
#[derive(Debug)]
pub(crate) enum Outcome {
    Measured(Box<Measured>),
    /// Ridge has no such path.
    Unsupported(Group),
    /// A program refused the image.
    Failed(String),
}

impl Outcome {
    pub(crate) fn measured(&self) -> Option<&Measured> {
        match self {
            Outcome::Measured(measured) => Some(measured),
            Outcome::Unsupported(_) | Outcome::Failed(_) => None,
        }
    }
}

/// The results of both programs for a case.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) group: Group,
    pub(crate) source: String,
    pub(crate) path: String,
    pub(crate) ridge: Numbers,
    pub(crate) sharp: Numbers,
}

/// The results of one program for a case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Numbers {
    /// The median of the process's CPU time.
    pub(crate) cpu_ms: f64,
    /// The median of the elapsed time.
    pub(crate) wall_ms: f64,
    pub(crate) repeat: usize,
    pub(crate) bytes: u64,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames: u32,
    /// SSIMULACRA2 against the reference, at most 100.
    pub(crate) score: Option<f64>,
}

/// The two worker processes, and the judge of their results.
pub(crate) struct Bench {
    repeat: usize,
    ridge: Worker,
    sharp: Worker,
    outputs: PathBuf,
    judge: Judge,
}

impl Bench {
    pub(crate) fn new(repeat: usize, folder: &Path) -> anyhow::Result<Bench> {
        let outputs = folder.join("outputs");
        fs::create_dir_all(&outputs)?;
        let (ridge, sharp) = (Worker::start(Side::Ridge)?, Worker::start(Side::Sharp)?);
        Ok(Bench { repeat, ridge, sharp, outputs, judge: Judge::default() })
    }

    pub(crate) fn measure(&mut self, case: &Case) -> anyhow::Result<Outcome> {
        if worker::variant(&case.path).is_err() {
            return Ok(Outcome::Unsupported(case.group));
        }
        let extension = case.group.format;
        let out = |side: Side| self.outputs.join(format!("{}.{extension}", side.name()));
        let outs = Side::BOTH.map(out);
        let request = |out: Option<&PathBuf>| Request {
            source: case.source.clone(),
            path: case.path.clone(),
            repeat: 1,
            out: out.cloned(),
        };

        // The first run warms caches and is not counted. It writes the files that are scored.
        let ridge = self.ridge.ask(&request(Some(&outs[0])))?;
        let sharp = self.sharp.ask(&request(Some(&outs[1])))?;
        let (warm, peer) = match (ridge, sharp) {
            (Ok(ridge), Ok(sharp)) => (ridge, sharp),
            (Err(error), _) | (_, Err(error)) => return Ok(Outcome::Failed(format!("{case}: {error}"))),
        };
        let once = warm.wall_micros.iter().chain(&peer.wall_micros).sum::<u64>().max(1);
        let fit = usize::try_from(CASE_MICROS / once).unwrap_or(usize::MAX);
        let repeat = self.repeat.min(fit.max(MIN_REPEAT));

        let (mut ridges, mut sharps) = (Vec::new(), Vec::new());
        for _ in 0..repeat {
            for (worker, runs) in [(&mut self.ridge, &mut ridges), (&mut self.sharp, &mut sharps)] {
                match worker.ask(&request(None))? {
                    Ok(done) => runs.push(done),
                    Err(error) => return Ok(Outcome::Failed(format!("{case}: {error}"))),
                }
            }
        }
        let [ridge_score, sharp_score] =
            if case.is_scored { self.judge.scores(case, &outs, &mut self.sharp)? } else { [None, None] };
        Ok(Outcome::Measured(Box::new(Measured {
            group: case.group,
            source: case.name(),
            path: case.path.clone(),
            ridge: Numbers::new(&warm, &ridges, ridge_score),
            sharp: Numbers::new(&peer, &sharps, sharp_score),
        })))
    }
}

impl Numbers {
    fn new(warm: &Done, runs: &[Done], score: Option<f64>) -> Numbers {
        let milliseconds = |of: fn(&Done) -> &Vec<u64>| {
            median(runs.iter().flat_map(of).map(|micros| *micros as f64 / 1000.0).collect())
        };
        Numbers {
            cpu_ms: milliseconds(|run| &run.cpu_micros),
            wall_ms: milliseconds(|run| &run.wall_micros),
            repeat: runs.len(),
            bytes: warm.bytes,
            width: warm.width,
            height: warm.height,
            frames: warm.frames,
            score,
        }
    }
}

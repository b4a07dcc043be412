//! Results of `bench load`.

use super::generator::LoadRun;

/// The results of a run.
pub(super) struct LoadOutcome {
    pub(super) burst: Burst,
    pub(super) distinct: Distinct,
    pub(super) hits: Hits,
}

pub(super) struct Burst {
    pub(super) run: LoadRun,
    pub(super) renders: u64,
}

pub(super) struct Distinct {
    pub(super) seconds: f64,
    pub(super) renders: u64,
    pub(super) peak_mib: u64,
}

/// Cache hits per second, as medians of the rounds.
pub(super) struct Hits {
    pub(super) bytes: usize,
    pub(super) ridge: f64,
    pub(super) nginx: f64,
}

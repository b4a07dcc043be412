//! The clock of a render.

use std::time::{Duration, Instant};

use ridge_pixels::{Observer, Stage};

/// Records when each stage of a render begins, and states how much time is left.
#[derive(Debug, Default)]
pub struct Stopwatch {
    begun: Vec<(Stage, Instant)>,
    deadline: Option<Instant>,
}

impl Stopwatch {
    /// For a render with a deadline.
    pub fn until(deadline: Instant) -> Stopwatch {
        Stopwatch { deadline: Some(deadline), ..Stopwatch::default() }
    }

    /// Ends the last stage. Returns the stages in their order, with the time that each took.
    pub fn stop(self) -> Vec<(&'static str, Duration)> {
        let mut end = Instant::now();
        let mut stages: Vec<_> = self
            .begun
            .into_iter()
            .rev()
            .map(|(stage, began)| {
                let lasted = end - began;
                end = began;
                (stage.name(), lasted)
            })
            .collect();
        stages.reverse();
        stages
    }
}

impl Observer for Stopwatch {
    fn begin(&mut self, stage: Stage) {
        self.begun.push((stage, Instant::now()));
    }

    fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

//! The clock that the pixel pipeline does not have.

use std::time::{Duration, Instant};

use pixels::Stage;

/// Notes when each stage of a render begins: hand [`Stopwatch::begin`] to [`pixels::render`].
#[derive(Debug, Default)]
pub struct Stopwatch(Vec<(Stage, Instant)>);

impl Stopwatch {
    /// A stage begins, and the one before it has ended.
    pub fn begin(&mut self, stage: Stage) {
        self.0.push((stage, Instant::now()));
    }

    /// The last stage has ended: the stages in their order, and how long each took.
    pub fn stop(self) -> Vec<(&'static str, Duration)> {
        let mut end = Instant::now();
        let mut stages: Vec<_> = self
            .0
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

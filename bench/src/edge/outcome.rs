//! Results of one task.

use super::measure::Figures;
use super::side::EdgeSide;
use super::task::Task;

/// The figures of all sides for one task.
pub(super) struct EdgeOutcome {
    pub(super) task: Task,
    pub(super) sides: Vec<(EdgeSide, Figures)>,
}

impl EdgeOutcome {
    /// Returns the figures of one side, if it took part.
    pub(super) fn figures(&self, side: EdgeSide) -> Option<&Figures> {
        self.sides.iter().find(|(other, _)| *other == side).map(|(_, figures)| figures)
    }
}

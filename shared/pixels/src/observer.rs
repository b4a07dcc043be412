//! The caller's side of a render: its clock and its threads. This crate has neither.

use std::time::Duration;

use crate::error::Error;
use crate::slow::SlowEncoder;

/// A part of a render that is timed on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From the original's bytes to pixels.
    Decode,
    /// From the original's pixels to the variant's: crop, resampling, orientation, effects and padding.
    Resize,
    /// From pixels to the variant's bytes.
    Encode,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Stage; 3] = [Stage::Decode, Stage::Resize, Stage::Encode];

    /// The name in logs and metrics: one lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Decode => "decode",
            Stage::Resize => "resize",
            Stage::Encode => "encode",
        }
    }
}

/// Observes the stages of a render, knows its deadline, and runs the encoders that take seconds.
///
/// Any `FnMut(Stage)` can observe stages; it has no deadline.
pub trait Observer {
    /// A stage begins, and the one before it has ended.
    fn begin(&mut self, stage: Stage);

    /// Returns the time until the deadline; `None` if there is no deadline. At zero the render ends with
    /// [`Error::OutOfTime`].
    fn time_left(&self) -> Option<Duration> {
        None
    }

    /// Runs an encoder that takes seconds.
    ///
    /// An observer with a deadline gives the encoder at most half of the time that is left: the other half is for the
    /// fallback format and for the response. It returns `None` if the encoder did not end in that time, was not started,
    /// or lacked memory. The pipeline then encodes the fallback format.
    fn encode(&mut self, encoder: SlowEncoder) -> Option<Result<Vec<u8>, Error>> {
        Some(encoder.run())
    }
}

impl<F: FnMut(Stage)> Observer for F {
    fn begin(&mut self, stage: Stage) {
        self(stage);
    }
}

/// Checks the deadline.
///
/// # Errors
///
/// [`Error::OutOfTime`] if no time is left.
pub(crate) fn check_deadline(observer: &dyn Observer) -> Result<(), Error> {
    if observer.time_left() == Some(Duration::ZERO) { Err(Error::OutOfTime) } else { Ok(()) }
}

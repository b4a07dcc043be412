//! Encoders that take seconds. The caller decides how long one may run, and in which thread.

use std::sync::Arc;

use crate::encode::{Settings, encode};
use crate::error::Error;
use crate::memory;
use crate::raster::Raster;

/// An encoder that takes seconds, ready to run.
#[derive(Debug, Clone)]
pub struct SlowEncoder {
    /// Shared, not copied: the fallback format is encoded from the same pixels while this encoder still runs.
    raster: Arc<Raster>,
    settings: Settings,
}

impl SlowEncoder {
    pub(crate) fn new(raster: &Arc<Raster>, settings: Settings) -> SlowEncoder {
        SlowEncoder { raster: Arc::clone(raster), settings }
    }

    /// Encodes in this thread, and returns the file. An encoder cannot be stopped.
    ///
    /// # Errors
    ///
    /// [`Error::Encoder`] if the encoder fails, [`Error::OutOfMemory`] if it lacked memory.
    pub fn run(&self) -> Result<Vec<u8>, Error> {
        memory::watched(|| encode(&self.raster, self.settings))
    }
}

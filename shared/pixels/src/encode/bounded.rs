//! Encoders that take seconds, and are given up when that is too long.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Settings, encode};
use crate::error::Error;
use crate::raster::Raster;

/// Encodes within half of the time that is left: the other half is for what takes its place, and for answering.
/// `Err` gives the pixels back. An encoder that is given up cannot be stopped: it runs to its end and is forgotten.
pub(crate) fn encode_in_time(
    raster: Raster,
    settings: Settings,
    left: Option<Duration>,
) -> Result<Result<Vec<u8>, Error>, Raster> {
    let Some(left) = left else { return Ok(encode(&raster, settings)) };
    let (sender, receiver) = mpsc::channel();
    let copy = raster.clone();
    // A send to nobody is the end of what was given up.
    thread::spawn(move || sender.send(encode(&copy, settings)));
    receiver.recv_timeout(left / 2).map_err(|_| raster)
}

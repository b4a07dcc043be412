//! Encoders that take seconds, and are given up when that is too long.

use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::thread;
use std::time::Duration;

use super::{Settings, encode};
use crate::error::Error;
use crate::memory;
use crate::raster::Raster;

/// An encoder that was given up, for as long as it runs: it cannot be stopped, and a second would make both late.
static GIVEN_UP: Mutex<Weak<()>> = Mutex::new(Weak::new());

/// Encodes within half of the time that is left: the other half is for what takes its place, and for answering.
/// `Err` gives the pixels back: there was too little time, or too little memory.
pub(crate) fn encode_in_time(
    raster: Raster,
    settings: Settings,
    left: Option<Duration>,
) -> Result<Result<Vec<u8>, Error>, Raster> {
    let Some(left) = left else { return Ok(encode(&raster, settings)) };
    if GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0 {
        return Err(raster);
    }
    let (sender, receiver) = mpsc::channel();
    let (copy, runs) = (raster.clone(), Arc::new(()));
    let token = Arc::downgrade(&runs);
    let run = move || {
        // A send to nobody is the end of what was given up.
        let _ = sender.send(memory::watched(|| encode(&copy, settings)));
        drop(runs);
    };
    if thread::Builder::new().spawn(run).is_err() {
        return Err(raster);
    }
    match receiver.recv_timeout(left / 2) {
        Ok(Err(Error::OutOfMemory)) => Err(raster),
        Ok(encoded) => Ok(encoded),
        Err(_) => {
            *GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner) = token;
            Err(raster)
        }
    }
}

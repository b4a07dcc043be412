//! Lack of memory in C libraries that report it like a broken file.

use std::io;

use errno::{Errno, errno, set_errno};

use crate::error::Error;

/// Runs decoders and encoders. Turns their failure into [`Error::OutOfMemory`] if malloc(3) failed meanwhile: it sets
/// `ENOMEM`, which stays until another call fails.
///
/// `errno` belongs to a thread, so each thread that runs a decoder or encoder calls this function itself. Calls may be
/// nested: what malloc(3) reported before an inner call is known after it.
pub(crate) fn watched<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let before = is_exhausted().then(errno);
    set_errno(Errno(0));
    let result = match run() {
        Err(Error::Broken { .. } | Error::Encoder(_)) if is_exhausted() => Err(Error::OutOfMemory),
        result => result,
    };
    if let Some(before) = before {
        set_errno(before);
    }
    result
}

/// Whether malloc(3) has failed in this thread since [`watched`] began.
pub(crate) fn is_exhausted() -> bool {
    io::Error::last_os_error().kind() == io::ErrorKind::OutOfMemory
}

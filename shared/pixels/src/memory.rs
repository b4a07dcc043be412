//! Want of memory in libraries that report it as they report a broken file.

use std::io;

use errno::{Errno, set_errno};

use crate::error::Error;

/// Runs decoders and encoders, and turns what they fail with into [`Error::OutOfMemory`] if malloc(3) has failed
/// meanwhile: it sets `ENOMEM`, which stays until another call fails. They must not run in threads of their own.
pub(crate) fn watched<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    set_errno(Errno(0));
    let result = run();
    match result {
        Err(Error::Broken { .. } | Error::Encoder(_)) if is_exhausted() => Err(Error::OutOfMemory),
        result => result,
    }
}

/// Whether malloc(3) has failed in this thread.
pub(crate) fn is_exhausted() -> bool {
    io::Error::last_os_error().kind() == io::ErrorKind::OutOfMemory
}

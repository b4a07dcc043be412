//! Output to the terminal. [`println!`] panics on a closed pipe, such as in `ridge ls KEY | head`. The default action
//! of SIGPIPE is no alternative: it would end the server when a client closes its connection.

use std::fmt;
use std::io::{self, ErrorKind, Write, stderr, stdout};

/// Writes a line to standard output.
///
/// Returns an error if the line cannot be written, such as on a full disk. A closed pipe is no error, so it changes
/// neither the work nor the exit code.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}

/// Writes a line to standard error. Failures are ignored, because there is nowhere left to report them.
macro_rules! tell {
    ($($text:tt)*) => { $crate::out::line_of_error(format_args!($($text)*)) };
}

pub(crate) use {say, tell};

pub(crate) fn line(text: fmt::Arguments) -> io::Result<()> {
    ignore_closed_pipe(writeln!(stdout(), "{text}"))
}

pub(crate) fn line_of_error(text: fmt::Arguments) {
    writeln!(stderr(), "{text}").ok();
}

/// Writes text that has its own line ends, as [`say!`] does.
pub(crate) fn bytes(text: &[u8]) -> io::Result<()> {
    let mut stdout = stdout();
    ignore_closed_pipe(stdout.write_all(text).and_then(|()| stdout.flush()))
}

fn ignore_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("the output cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

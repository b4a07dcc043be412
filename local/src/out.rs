//! What is printed. [`println!`] panics where nobody reads: `ridge ls KEY | head` has a pipe that is closed early.
//! To leave SIGPIPE to the system would be no way out, for it would end the server when a client hangs up.

use std::fmt;
use std::io::{self, ErrorKind, Write, stderr, stdout};

/// Writes a line to standard output. An error where it cannot be kept, such as on a full disk; none where nobody reads:
/// the work and what the command exits with are then the same.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::line(format_args!($($text)*)) };
}

/// Writes a line to standard error, and goes on where that cannot be done: there is nowhere left to say so.
macro_rules! tell {
    ($($text:tt)*) => { $crate::out::line_of_error(format_args!($($text)*)) };
}

pub(crate) use {say, tell};

pub(crate) fn line(text: fmt::Arguments) -> io::Result<()> {
    heard(writeln!(stdout(), "{text}"))
}

pub(crate) fn line_of_error(text: fmt::Arguments) {
    writeln!(stderr(), "{text}").ok();
}

/// The same as [`say!`] for what has its lines already.
pub(crate) fn bytes(text: &[u8]) -> io::Result<()> {
    let mut stdout = stdout();
    heard(stdout.write_all(text).and_then(|()| stdout.flush()))
}

fn heard(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("what is to be said cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

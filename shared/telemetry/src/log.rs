//! The log of a function, which is its standard output. A failing log does not fail a request.

use std::borrow::Cow;
use std::io::{Write, stderr, stdout};
use std::os::fd::AsFd;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Makes writes wait while a pipe is full. Node.js, which this program has replaced in its process, may have made the
/// pipes nonblocking; then a write to a full pipe fails.
pub fn open() {
    wait_where_full(stdout());
    wait_where_full(stderr());
}

fn wait_where_full(stream: impl AsFd) {
    let Ok(flags) = fcntl_getfl(&stream) else { return };
    if flags.contains(OFlags::NONBLOCK) {
        // If that fails, lines may be lost, but nothing else.
        fcntl_setfl(&stream, flags - OFlags::NONBLOCK).ok();
    }
}

/// Writes a line to standard output. Failures are ignored, while [`println!`] would panic.
pub fn line(text: &str) {
    write(&mut stdout().lock(), text);
}

/// Writes a line to standard error. Failures are ignored.
pub fn error(text: &str) {
    write(&mut stderr().lock(), text);
}

/// Writes in one piece, so that lines of several processes are not mixed.
fn write(to: &mut impl Write, text: &str) {
    to.write_all(format!("{text}\n").as_bytes()).and_then(|()| to.flush()).ok();
}

/// Returns the text with at most `most` characters; a shortened text ends in `…`.
///
/// ```
/// use ridge_telemetry::log::cut;
/// assert_eq!(cut("/photos/cat.jpg", 300), "/photos/cat.jpg");
/// assert_eq!(cut("/photos/cat.jpg", 8), "/photos…");
/// ```
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().nth(most).is_none() {
        return text.into();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect::<String>().into()
}

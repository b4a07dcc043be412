//! The log of a function: its standard output. Nothing about the log can fail a request.

use std::borrow::Cow;
use std::io::{Write, stderr, stdout};
use std::os::fd::AsFd;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

/// Makes writes wait where a pipe is full. The Node.js process that gave its place to this program may have left the pipes
/// in the other mode, in which a write to a full one fails.
pub fn open() {
    wait_where_full(stdout());
    wait_where_full(stderr());
}

fn wait_where_full(stream: impl AsFd) {
    let Ok(flags) = fcntl_getfl(&stream) else { return };
    if flags.contains(OFlags::NONBLOCK) {
        // Where that is not possible, lines may be lost and nothing else.
        fcntl_setfl(&stream, flags - OFlags::NONBLOCK).ok();
    }
}

/// Writes a line to standard output, and goes on where that fails: nobody could be told. [`println!`] panics instead.
pub fn line(text: &str) {
    write(&mut stdout().lock(), text);
}

/// The same to standard error.
pub fn error(text: &str) {
    write(&mut stderr().lock(), text);
}

/// In one piece, so that lines of several processes stay whole.
fn write(to: &mut impl Write, text: &str) {
    to.write_all(format!("{text}\n").as_bytes()).and_then(|()| to.flush()).ok();
}

/// The text, with at most so many characters; one that is cut ends in `…`.
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

//! LZW by the `weezl` crate. Data after the last pixel is ignored, and a truncated stream gives the data that it has.

use weezl::LzwStatus;
use weezl::decode::{Configuration, Decoder};

/// How much of a stream was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// Number of decoded bytes.
    pub(super) bytes: usize,
    /// Whether the stream is complete: it filled the output, or has an end code.
    pub(super) is_whole: bool,
}

/// Decodes the stream in `parts` until it ends or `out` is full.
pub(super) fn unpack<'a>(
    configuration: Configuration,
    parts: impl IntoIterator<Item = &'a [u8]>,
    out: &mut [u8],
) -> Unpacked {
    let mut decoder = configuration.with_yield_on_full_buffer(true).build();
    let mut bytes = 0;
    for mut part in parts {
        while !part.is_empty() {
            let taken = step(&mut decoder, part, out, &mut bytes);
            let is_whole = bytes == out.len() || decoder.has_ended();
            let Some(taken) = taken.filter(|_| !is_whole) else { return Unpacked { bytes, is_whole } };
            part = &part[taken..];
        }
    }
    // Codes within the last bytes.
    loop {
        let is_done = step(&mut decoder, &[], out, &mut bytes).is_none();
        let is_whole = bytes == out.len() || decoder.has_ended();
        if is_done || is_whole {
            return Unpacked { bytes, is_whole };
        }
    }
}

/// Decodes a piece of `part`. Returns the number of bytes that were consumed; `None` if nothing more can be decoded.
fn step(decoder: &mut Decoder, part: &[u8], out: &mut [u8], bytes: &mut usize) -> Option<usize> {
    // A clear code that was read from buffered bits looks like no progress, but not twice in a row.
    for _ in 0..2 {
        let done = decoder.decode_bytes(part, &mut out[*bytes..]);
        *bytes += done.consumed_out;
        match done.status {
            Err(_) => return None,
            Ok(LzwStatus::NoProgress) if done.consumed_in == 0 && done.consumed_out == 0 => {}
            Ok(_) => return Some(done.consumed_in),
        }
    }
    None
}

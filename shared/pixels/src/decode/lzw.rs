//! LZW by the `weezl` crate, as much as there is of it: what comes after the last pixel does not matter, and a stream that
//! breaks off still gives what it has.

use weezl::LzwStatus;
use weezl::decode::{Configuration, Decoder};

/// How far a stream went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// How many bytes were decoded.
    pub(super) bytes: usize,
    /// Whether the stream ends as it should: it filled all that was asked, or has its own end.
    pub(super) is_whole: bool,
}

/// Decodes a stream that lies in `parts` until it ends or `out` is full.
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
    // Codes that lay within the last bytes.
    loop {
        let is_done = step(&mut decoder, &[], out, &mut bytes).is_none();
        let is_whole = bytes == out.len() || decoder.has_ended();
        if is_done || is_whole {
            return Unpacked { bytes, is_whole };
        }
    }
}

/// Decodes some of `part`; returns how many bytes of it were taken, `None` where nothing more can be decoded.
fn step(decoder: &mut Decoder, part: &[u8], out: &mut [u8], bytes: &mut usize) -> Option<usize> {
    // A code that clears the table, out of bits taken before, looks like no progress; not twice, though.
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

//! Markers and their segments (ITU-T T.81, annex B).

use memchr::memchr;

use crate::error::Error;

pub(crate) const SOF0: u8 = 0xC0;
pub(crate) const SOF1: u8 = 0xC1;
pub(crate) const SOF2: u8 = 0xC2;
pub(crate) const SOF15: u8 = 0xCF;
pub(crate) const DHT: u8 = 0xC4;
pub(crate) const JPG: u8 = 0xC8;
pub(crate) const DAC: u8 = 0xCC;
pub(crate) const RST0: u8 = 0xD0;
pub(crate) const RST7: u8 = 0xD7;
pub(crate) const SOI: u8 = 0xD8;
pub(crate) const EOI: u8 = 0xD9;
pub(crate) const SOS: u8 = 0xDA;
pub(crate) const DQT: u8 = 0xDB;
pub(crate) const DNL: u8 = 0xDC;
pub(crate) const DRI: u8 = 0xDD;
pub(crate) const APP0: u8 = 0xE0;
pub(crate) const APP14: u8 = 0xEE;
pub(crate) const APP15: u8 = 0xEF;
pub(crate) const COM: u8 = 0xFE;
pub(crate) const TEM: u8 = 0x01;

/// The file ends within a segment.
pub(crate) const CUT: Error = Error::Broken("a segment is cut off");

/// Iterates over markers.
#[derive(Debug, Clone)]
pub(crate) struct Markers<'a> {
    bytes: &'a [u8],
    pos: usize,
}

/// A marker, and the number of stray bytes before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marker {
    pub(crate) code: u8,
    pub(crate) skipped: usize,
}

impl<'a> Markers<'a> {
    /// Starts after SOI, which must come first.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Markers<'a>, Error> {
        if bytes.starts_with(&[0xFF, SOI]) {
            Ok(Markers { bytes, pos: 2 })
        } else {
            Err(Error::Broken("no SOI marker"))
        }
    }

    /// Returns the next marker; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Option<Marker> {
        let (at, code) = find(self.bytes, self.pos)?;
        // Any number of fill bytes may come before a marker (B.1.1.2).
        let fill = self.bytes[self.pos..at].iter().rev().take_while(|byte| **byte == 0xFF).count();
        let skipped = at - self.pos - fill;
        self.pos = at + 2;
        Some(Marker { code, skipped })
    }

    /// Returns the parameters of the last marker (B.1.1.4).
    pub(crate) fn segment(&mut self) -> Result<&'a [u8], Error> {
        let rest = self.rest();
        let (length, _) = rest.split_first_chunk().ok_or(CUT)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length < 2 {
            // libjpeg-turbo treats some of these as empty.
            return Err(Error::Unsupported("a segment shorter than its length"));
        }
        let segment = rest.get(2..length).ok_or(CUT)?;
        self.pos += length;
        Ok(segment)
    }

    /// Returns all bytes from here on.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.pos..).unwrap_or_default()
    }

    /// Skips bytes, at most to the end.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.pos = self.pos.saturating_add(bytes).min(self.bytes.len());
    }
}

/// Returns the length of entropy-coded data with its restart markers (B.1.1.5).
pub(crate) fn scan_length(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some((at, code)) = find(bytes, from) {
        if !(RST0..=RST7).contains(&code) {
            return at;
        }
        from = at + 2;
    }
    bytes.len()
}

/// Returns where the next marker begins (its last fill byte), and its code. Stuffed bytes are no markers.
pub(crate) fn find(bytes: &[u8], from: usize) -> Option<(usize, u8)> {
    let mut at = from;
    loop {
        at += memchr(0xFF, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0x00 => at += 2,
            0xFF => at += 1,
            code => return Some((at, *code)),
        }
    }
}

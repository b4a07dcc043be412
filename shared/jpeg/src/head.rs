//! The header: all segments before the first scan.

use crate::error::Error;
use crate::header::{self, Application, Header, Process};
use crate::marker::{APP0, APP14, DAC, DHT, EOI, JPG, Markers, RST0, RST7, SOF0, SOF1, SOF2, SOF15, SOS, TEM};

/// Reads the header of a file, without its pixels.
///
/// # Errors
///
/// [`Error::Broken`] without a frame header, [`Error::Unsupported`] for arithmetic, lossless or hierarchical coding.
pub fn read_header(bytes: &[u8]) -> Result<Header, Error> {
    let mut markers = Markers::new(bytes)?;
    let (mut application, mut frame) = (Application::default(), None);
    while let Some(marker) = markers.next() {
        match marker.code {
            SOS | EOI => break,
            RST0..=RST7 | TEM => {}
            APP0 => drop(application.app0(markers.segment()?)),
            APP14 => application.app14(markers.segment()?),
            code if is_frame(code) && frame.is_some() => return Err(Error::Broken("two frames")),
            code if is_frame(code) => frame = Some(read_frame(code, markers.segment()?)?),
            _ => drop(markers.segment()?),
        }
    }
    let mut header: Header = frame.ok_or(Error::Broken("no frame"))?;
    header.color = application.color(&header.components).0;
    Ok(header)
}

/// Whether a marker is one of SOF0 to SOF15 (table B.1).
pub(crate) fn is_frame(code: u8) -> bool {
    (SOF0..=SOF15).contains(&code) && ![DHT, JPG, DAC].contains(&code)
}

pub(crate) fn read_frame(code: u8, segment: &[u8]) -> Result<Header, Error> {
    match code {
        SOF0 | SOF1 => header::frame(Process::Sequential, segment),
        SOF2 => header::frame(Process::Progressive, segment),
        _ => Err(Error::Unsupported("arithmetic, lossless or hierarchical coding")),
    }
}

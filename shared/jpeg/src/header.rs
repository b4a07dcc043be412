//! Segments before the data (ITU-T T.81, B.2.2 to B.2.4).

use crate::error::{Damage, Error};
use crate::huffman::Definition;
use crate::idct::ZIGZAG;

/// The coding process of a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Each block is coded once: baseline or extended.
    Sequential,
    /// Coefficients are coded in several scans.
    Progressive,
}

/// A component of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The identifier that scans use.
    pub id: u8,
    /// Horizontal sampling factor, 1 to 4.
    pub across: u8,
    /// Vertical sampling factor, 1 to 4.
    pub down: u8,
    /// The number of its quantisation table, which need not exist unless a scan has the component.
    pub(crate) quantisers: usize,
}

/// The meaning of the components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// One component.
    Gray,
    /// Three components: ITU-R BT.601 with full range, as JFIF says.
    YCbCr,
    /// Three components: red, green and blue.
    Rgb,
    /// Four inks. Adobe writes 255 for no ink.
    Cmyk,
    /// Four inks, the first three of them as Y, Cb and Cr.
    Ycck,
    /// Any other components.
    Unknown,
}

/// The frame header (SOF), and the application segments before the first scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The coding process.
    pub process: Process,
    /// In pixels, 1 to 65535.
    pub width: u16,
    /// In pixels, 1 to 65535.
    pub height: u16,
    /// One to four components.
    pub components: Vec<Component>,
    /// The meaning of the components.
    pub color: Color,
}

impl Header {
    /// Returns the largest sampling factors, across and down.
    pub fn sampling(&self) -> (u8, u8) {
        let max = |side: fn(&Component) -> u8| self.components.iter().map(side).max().unwrap_or(1);
        (max(|component| component.across), max(|component| component.down))
    }
}

/// The colours by APP0 and APP14.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Application {
    is_jfif: bool,
    /// The transform of Adobe's segment: Adobe Technical Note #5116, section 18.
    adobe: Option<u8>,
}

impl Application {
    pub(crate) fn app0(&mut self, segment: &[u8]) -> Option<Damage> {
        let is_jfif = segment.len() >= 14 && segment.starts_with(b"JFIF\0");
        self.is_jfif |= is_jfif;
        (is_jfif && segment[5] != 1).then_some(Damage::UnknownVersion)
    }

    pub(crate) fn app14(&mut self, segment: &[u8]) {
        if let (true, Some(transform)) = (segment.starts_with(b"Adobe"), segment.get(11)) {
            self.adobe = Some(*transform);
        }
    }

    /// Decides the meaning of components as libjpeg does.
    pub(crate) fn color(self, components: &[Component]) -> (Color, Option<Damage>) {
        let ids: Vec<u8> = components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), self.is_jfif, self.adobe) {
            ([_], ..) => (Color::Gray, None),
            ([_, _, _], true, _) | ([_, _, _], _, Some(1)) => (Color::YCbCr, None),
            ([_, _, _], _, Some(0)) => (Color::Rgb, None),
            ([_, _, _], _, Some(_)) => (Color::YCbCr, Some(Damage::UnknownTransform)),
            ([b'R', b'G', b'B'], _, None) => (Color::Rgb, None),
            ([_, _, _], _, None) => (Color::YCbCr, None),
            ([_, _, _, _], _, None | Some(0)) => (Color::Cmyk, None),
            ([_, _, _, _], _, Some(2)) => (Color::Ycck, None),
            ([_, _, _, _], _, Some(_)) => (Color::Ycck, Some(Damage::UnknownTransform)),
            _ => (Color::Unknown, None),
        }
    }
}

/// Reads a frame header (B.2.2). `color` is not known yet.
pub(crate) fn frame(process: Process, segment: &[u8]) -> Result<Header, Error> {
    let [precision, h1, h0, w1, w0, count, rest @ ..] = segment else {
        return Err(Error::Broken("the frame header is cut off"));
    };
    if *precision != 8 {
        return Err(Error::Unsupported("samples of other than 8 bits"));
    }
    let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
    if width == 0 || *count == 0 {
        return Err(Error::Broken("an image of no size"));
    }
    if height == 0 {
        return Err(Error::Unsupported("the height follows in a DNL segment"));
    }
    if *count > 4 {
        return Err(Error::Unsupported("more than four components"));
    }
    if rest.len() != usize::from(*count) * 3 {
        return Err(Error::Broken("the length of the frame header"));
    }
    let mut components: Vec<Component> = Vec::new();
    for bytes in rest.chunks_exact(3) {
        let (across, down) = (bytes[1] >> 4, bytes[1] & 15);
        if components.iter().any(|other| other.id == bytes[0]) {
            return Err(Error::Unsupported("components of one name"));
        }
        if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
            return Err(Error::Broken("a component of the frame"));
        }
        components.push(Component { id: bytes[0], across, down, quantisers: bytes[2].into() });
    }
    let header = Header { process, width, height, components, color: Color::Unknown };
    let (max_across, max_down) = header.sampling();
    let is_whole = |part: &Component| max_across.is_multiple_of(part.across) && max_down.is_multiple_of(part.down);
    if !header.components.iter().all(is_whole) {
        return Err(Error::Unsupported("samples that stand for parts of pixels"));
    }
    Ok(header)
}

/// Reads quantisation tables, in rows of eight (B.2.4.1).
pub(crate) fn quantisers(mut segment: &[u8], tables: &mut [Option<[u16; 64]>; 4]) -> Result<(), Error> {
    while let [kind, rest @ ..] = segment {
        let bytes = 1 + usize::from(kind >> 4 != 0);
        let values = rest.get(..64 * bytes).ok_or(Error::Broken("a quantisation table is cut off"))?;
        let slot = tables.get_mut(usize::from(kind & 15)).ok_or(Error::Broken("the number of a quantisation table"))?;
        let table = slot.insert([0; 64]);
        for (index, value) in ZIGZAG.iter().zip(values.chunks_exact(bytes)) {
            table[usize::from(*index)] = value.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte));
        }
        segment = &rest[64 * bytes..];
    }
    Ok(())
}

/// Reads Huffman tables with their class (0 for DC, 1 for AC) and number (B.2.4.2).
pub(crate) fn huffman(mut segment: &[u8]) -> Result<Vec<(u8, u8, Definition)>, Error> {
    let mut tables = Vec::new();
    while let [kind, rest @ ..] = segment {
        let (counts, rest) = rest.split_first_chunk::<16>().ok_or(Error::Broken("a Huffman table is cut off"))?;
        let length: usize = counts.iter().copied().map(usize::from).sum();
        let values = rest.get(..length).ok_or(Error::Broken("a Huffman table is cut off"))?;
        if kind >> 4 > 1 || kind & 15 > 3 || length > 256 {
            return Err(Error::Broken("the number of a Huffman table"));
        }
        tables.push((kind >> 4, kind & 15, Definition { counts: *counts, values: values.to_vec() }));
        segment = &rest[length..];
    }
    Ok(tables)
}

/// Reads the restart interval in MCUs; 0 for none (B.2.4.4).
pub(crate) fn restart_interval(segment: &[u8]) -> Result<u32, Error> {
    let bytes = <[u8; 2]>::try_from(segment).map_err(|_| Error::Broken("the length of a restart interval"))?;
    Ok(u16::from_be_bytes(bytes).into())
}

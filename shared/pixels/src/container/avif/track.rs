//! Image sequences: the tracks of a `moov` box (ISO/IEC 14496-12, 8.3 to 8.7). Only the first frame is needed.

use super::image::{Coded, Data, Still, Tile};
use super::limits::{MAX_TRACKS, broken};
use super::properties::Properties;
use crate::container::bmff::{self, Code, Fields, IsoBox};
use crate::error::Error;
use crate::size::Size;

/// The track that is shown, and that of its transparency.
pub(super) struct Tracks<'a> {
    file: &'a [u8],
    color: Track<'a>,
    alpha: Option<Track<'a>>,
}

/// An AV1 track.
struct Track<'a> {
    id: u32,
    size: (u32, u32),
    /// The boxes of its sample entry.
    properties: Vec<IsoBox<'a>>,
    references: &'a [u8],
    samples: u32,
    /// The offset of the first sample.
    offset: u64,
    length: u64,
}

impl<'a> Tracks<'a> {
    /// Finds the tracks; `None` if no track is an image. Tracks of sound, of other codecs, and other auxiliary tracks
    /// are ignored.
    pub(super) fn read(file: &'a [u8], movie: &'a [u8]) -> Option<Tracks<'a>> {
        let parts = bmff::children(movie).map_while(|part| part).filter(|part| part.kind == *b"trak");
        let mut tracks: Vec<_> = parts.take(MAX_TRACKS).filter_map(|part| Track::read(part.content)).collect();
        let color = tracks.iter().position(|track| track.target(*b"auxl").is_none())?;
        let color = tracks.swap_remove(color);
        let alpha = tracks.into_iter().find(|track| track.target(*b"auxl") == Some(color.id) && track.is_alpha());
        Some(Tracks { file, color, alpha })
    }

    /// Returns the number of frames.
    pub(super) fn frames(&self) -> u32 {
        // A number that the file has no room for is ignored.
        if u64::from(self.color.samples) <= self.file.len() as u64 { self.color.samples } else { 1 }
    }

    pub(super) fn first_frame(self) -> Result<Still<'a>, Error> {
        let Tracks { file, color, alpha } = self;
        let is_premultiplied = alpha.as_ref().is_some_and(|alpha| color.target(*b"prem") == Some(alpha.id));
        let alpha = alpha.map(|alpha| alpha.coded(file)).transpose()?;
        Still::new(file, color.coded(file)?, alpha, is_premultiplied)
    }
}

impl<'a> Track<'a> {
    fn read(track: &'a [u8]) -> Option<Track<'a>> {
        let (id, size) = header(bmff::child(track, *b"tkhd")?)?;
        let media = bmff::child(track, *b"mdia")?;
        let table = bmff::child(bmff::child(media, *b"minf")?, *b"stbl")?;
        let properties = sample_entry(bmff::child(table, *b"stsd")?)?;
        let (samples, length) = sizes(bmff::child(table, *b"stsz")?)?;
        let offset = match bmff::child(table, *b"stco") {
            Some(chunks) => first_chunk(chunks, 4),
            None => first_chunk(bmff::child(table, *b"co64")?, 8),
        }?;
        let references = bmff::child(track, *b"tref").unwrap_or_default();
        let is_valid = id > 0 && samples > 0;
        is_valid.then_some(Track { id, size, properties, references, samples, offset, length })
    }

    /// Returns the track that this one refers to.
    fn target(&self, kind: Code) -> Option<u32> {
        Fields(bmff::child(self.references, kind)?).u32()
    }

    /// Whether an auxiliary track is transparency: it says so, or it has no type, as older encoders write it.
    fn is_alpha(&self) -> bool {
        self.read_properties().is_ok_and(|properties| properties.auxiliary.is_none() || properties.is_alpha())
    }

    fn read_properties(&self) -> Result<Properties<'a>, Error> {
        Properties::read(self.properties.iter().map(|property| (*property, false)))
    }

    fn coded(&self, file: &'a [u8]) -> Result<Coded<'a>, Error> {
        let properties = self.read_properties()?;
        let (width, height) = self.size;
        let size = Size::new(width, height).ok_or_else(|| broken("a side is zero"))?;
        let data = Data::Piece { within: file, offset: self.offset, length: self.length };
        let tile = Tile { size, properties: properties.clone(), data };
        Ok(Coded { size, properties, grid: None, tiles: vec![tile] })
    }
}

/// Reads `tkhd`: the track's number and size.
fn header(content: &[u8]) -> Option<(u32, (u32, u32))> {
    let mut fields = Fields(content);
    let (version, _) = fields.version()?;
    let time = if version > 0 { 8 } else { 4 };
    fields.bytes(2 * time)?;
    let id = fields.u32()?;
    // Duration, layer, group, volume, matrix, and reserved fields between them.
    fields.bytes(4 + time + 8 + 8 + 36)?;
    // Fixed-point numbers with 16 fractional bits.
    let (width, height) = (fields.u32()? >> 16, fields.u32()? >> 16);
    Some((id, (width, height)))
}

/// Reads `stsd`: the boxes of its first entry for AV1.
fn sample_entry(content: &[u8]) -> Option<Vec<IsoBox<'_>>> {
    /// A visual sample entry's own fields (ISO/IEC 14496-12, 12.1.3).
    const FIELDS: usize = 78;
    const MAX_BOXES: usize = 64;
    let entries = bmff::children(content.get(8..)?).map_while(|part| part);
    let entry = entries.take(MAX_BOXES).find(|part| part.kind == *b"av01")?;
    Some(bmff::children(entry.content.get(FIELDS..)?).map_while(|part| part).take(MAX_BOXES).collect())
}

/// Reads `stsz`: the number of samples, and the length of the first one.
fn sizes(content: &[u8]) -> Option<(u32, u64)> {
    let mut fields = Fields(content);
    fields.version()?;
    let (common, count) = (fields.u32()?, fields.u32()?);
    let first = if common > 0 { common } else { fields.u32()? };
    Some((count, first.into()))
}

/// Reads `stco` or `co64`: where the first chunk of samples begins.
fn first_chunk(content: &[u8], width: usize) -> Option<u64> {
    let mut fields = Fields(content);
    fields.version()?;
    if fields.u32()? == 0 { None } else { fields.number(width) }
}

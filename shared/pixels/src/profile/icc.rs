//! ICC profiles, rebuilt before the colour library sees them ("Specification ICC.1:2022", sections 7 to 10).
//!
//! The library reads a tag each time the table names it, and expands every record of a text, so that a few kilobytes
//! can become gigabytes. The rebuilt profile has the tags that a transform to sRGB reads, each once, and no texts.

use moxcms::{ColorProfile, DataColorSpace};

use super::cicp;
use super::meaning::Meaning;

/// Largest profile in bytes. Printer profiles are half as large, and a compressed profile can expand to any size.
pub(super) const MAX_BYTES: u64 = 4 << 20;

/// Largest rebuilt profile without a lookup table, in bytes: the curves of a display have at most 4096 entries. Lookup
/// tables of cameras and printers are larger, also for RGB, and a rebuilt profile has one: one of [`MAX_BYTES`] takes
/// 35 ms and 15 MB.
const MAX_BYTES_WITHOUT_TABLE: usize = 64 << 10;

/// Largest number of tags; profiles in use have up to 30.
const MAX_TAGS: usize = 64;

/// Bytes of the header, and of the header with the number of tags.
const HEADER: usize = 128;
const TABLE: usize = HEADER + 4;
const ENTRY: usize = 12;

type Signature = [u8; 4];

/// Reads a profile for pixels of the colour space `pixels`: RGB, gray or CMYK. `None` if the profile is for another
/// colour space, is damaged, or exceeds a limit.
pub(super) fn icc(bytes: &[u8], pixels: DataColorSpace) -> Option<Meaning> {
    let tags = Tags::read(bytes, pixels)?;
    if let Some(hdr) = tags.code_points().and_then(|[primaries, transfer]| cicp::hdr(primaries, transfer)) {
        return Some(Meaning::Hdr(hdr));
    }
    let rebuilt = tags.rebuilt()?;
    ColorProfile::new_from_slice(&rebuilt).ok().map(|profile| Meaning::Profile(Box::new(profile)))
}

/// The tags of a profile.
struct Tags<'a> {
    header: &'a [u8],
    pixels: DataColorSpace,
    tags: Vec<(Signature, &'a [u8])>,
}

impl<'a> Tags<'a> {
    fn read(bytes: &'a [u8], pixels: DataColorSpace) -> Option<Tags<'a>> {
        let size = number(bytes, 0)?;
        let profile = bytes.get(..size).filter(|profile| profile.len() as u64 <= MAX_BYTES)?;
        let header = profile.get(..HEADER)?;
        let space = match pixels {
            DataColorSpace::Rgb => b"RGB ",
            DataColorSpace::Gray => b"GRAY",
            DataColorSpace::Cmyk => b"CMYK",
            _ => return None,
        };
        let has_known_connection = [b"XYZ ", b"Lab "].iter().any(|space| &header[20..24] == *space);
        if &header[16..20] != space || !has_known_connection || &header[36..40] != b"acsp" {
            return None;
        }
        let count = number(profile, HEADER).filter(|count| *count <= MAX_TAGS)?;
        let table = profile.get(TABLE..TABLE + count * ENTRY)?;
        let tag = |entry: &[u8]| {
            let (start, length) = (number(entry, 4)?, number(entry, 8)?);
            Some((*entry.first_chunk()?, profile.get(start..start.checked_add(length)?)?))
        };
        let tags = table.chunks_exact(ENTRY).map(tag).collect::<Option<_>>()?;
        Some(Tags { header, pixels, tags })
    }

    /// Returns the tag's bytes; an error if the table names the tag twice.
    fn find(&self, name: &Signature) -> Result<Option<&'a [u8]>, Damaged> {
        let mut found = self.tags.iter().filter(|(signature, _)| signature == name).map(|(_, bytes)| *bytes);
        let first = found.next();
        if found.next().is_some() { Err(Damaged) } else { Ok(first) }
    }

    /// Returns primaries and transfer characteristics of the tag `cicp`, for full-range RGB.
    fn code_points(&self) -> Option<[u16; 2]> {
        let content = self.find(b"cicp").ok()??;
        match content {
            [b'c', b'i', b'c', b'p', _, _, _, _, primaries, transfer, 0, 1, ..]
                if self.pixels == DataColorSpace::Rgb =>
            {
                Some([(*primaries).into(), (*transfer).into()])
            }
            _ => None,
        }
    }

    /// Returns the profile with the tags that a transform to sRGB reads.
    fn rebuilt(&self) -> Option<Vec<u8>> {
        let mut kept = Vec::new();
        let mut keep = |name: &Signature, trim: fn(&[u8]) -> Option<usize>| -> Result<(), Damaged> {
            if let Some(tag) = self.find(name)? {
                kept.push((*name, tag.get(..trim(tag).ok_or(Damaged)?).ok_or(Damaged)?));
            }
            Ok(())
        };
        let table = match self.pixels {
            DataColorSpace::Gray => {
                keep(b"kTRC", curve).ok()?;
                None
            }
            DataColorSpace::Rgb => {
                [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().try_for_each(|name| keep(name, xyz)).ok()?;
                [b"rTRC", b"gTRC", b"bTRC"].into_iter().try_for_each(|name| keep(name, curve)).ok()?;
                // For video's transfer characteristics, the curves say how colours are meant.
                if self.code_points().is_some_and(|[_, transfer]| !cicp::is_video(transfer)) {
                    keep(b"cicp", |_| Some(12)).ok()?;
                }
                self.table(3)?
            }
            _ => self.table(4)?,
        };
        let has_table = table.is_some();
        // The table of any rendering intent is stored where the library looks for the perceptual one.
        kept.extend(table.map(|table| (*b"A2B0", table)));
        let profile = written(self.header, &kept);
        (has_table || profile.len() <= MAX_BYTES_WITHOUT_TABLE).then_some(profile)
    }

    /// Returns the lookup table from `colors` channels to the connection space: the perceptual one, or else another.
    /// `None` if it is damaged.
    fn table(&self, colors: usize) -> Option<Option<&'a [u8]>> {
        for name in [b"A2B0", b"A2B1", b"A2B2"] {
            if let Some(tag) = self.find(name).ok()? {
                return tag.get(..lookup(tag, colors)?).map(Some);
            }
        }
        Some(None)
    }
}

/// The profile is damaged.
struct Damaged;

/// Writes a profile of a header and tags. Bytes that several tags share are written once.
fn written(header: &[u8], tags: &[(Signature, &[u8])]) -> Vec<u8> {
    let mut profile = header.to_vec();
    profile.extend((tags.len() as u32).to_be_bytes());
    let mut content: Vec<u8> = Vec::new();
    let mut places: Vec<(&[u8], usize)> = Vec::new();
    for (name, bytes) in tags {
        let known = places.iter().find(|(known, _)| std::ptr::eq(*known, *bytes)).map(|(_, place)| *place);
        let place = known.unwrap_or(TABLE + tags.len() * ENTRY + content.len());
        if known.is_none() {
            places.push((*bytes, place));
            content.extend(*bytes);
            content.resize(content.len().next_multiple_of(4), 0);
        }
        profile.extend(name);
        profile.extend((place as u32).to_be_bytes());
        profile.extend((bytes.len() as u32).to_be_bytes());
    }
    profile.extend(content);
    let size = profile.len() as u32;
    profile[..4].copy_from_slice(&size.to_be_bytes());
    profile
}

/// Returns the length of an `XYZType` of one colour (10.31).
fn xyz(tag: &[u8]) -> Option<usize> {
    tag.starts_with(b"XYZ ").then_some(20)
}

/// Returns the length of a `curveType` or `parametricCurveType` (10.6, 10.18).
fn curve(tag: &[u8]) -> Option<usize> {
    const NUMBERS: [usize; 5] = [1, 3, 4, 5, 7];
    match tag.first_chunk()? {
        b"curv" => number(tag, 8)?.checked_mul(2)?.checked_add(12),
        b"para" => Some(12 + 4 * NUMBERS.get(short(tag, 8)?)?),
        _ => None,
    }
}

/// Returns the length of a `lut8Type`, `lut16Type` or `lutAToBType` with three output channels (10.10 to 10.12).
fn lookup(tag: &[u8], colors: usize) -> Option<usize> {
    const RESULTS: usize = 3;
    if usize::from(*tag.get(8)?) != colors || usize::from(*tag.get(9)?) != RESULTS {
        return None;
    }
    let points = || {
        let side = usize::from(*tag.get(10)?);
        (side > 1).then_some(side.pow(colors as u32) * RESULTS)
    };
    match tag.first_chunk()? {
        b"mft1" => Some(48 + 256 * (colors + RESULTS) + points()?),
        b"mft2" => Some(52 + 2 * (short(tag, 48)? * colors + short(tag, 50)? * RESULTS + points()?)),
        // Its parts are anywhere within it. The library checks each against the tag's end, and reads each once.
        b"mAB " => Some(tag.len()),
        _ => None,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

//! Properties of a coded image: those of an item, or the boxes of a track's sample entry.

use super::limits::{name, unsupported};
use crate::container::bmff::{Fields, IsoBox};
use crate::error::Error;

/// Properties. Of two boxes of one type, the first counts.
#[derive(Clone, Default)]
pub(crate) struct Properties<'a> {
    /// Width and height in pixels.
    pub(super) size: Option<(u32, u32)>,
    /// The content of `av1C`.
    pub(super) config: Option<&'a [u8]>,
    /// The content of a `colr` with code points, after its type.
    pub(super) code_points: Option<&'a [u8]>,
    /// An ICC profile.
    pub(super) profile: Option<&'a [u8]>,
    pub(super) aperture: Option<&'a [u8]>,
    /// Quarter turns counter-clockwise.
    pub(super) quarters: u8,
    /// How the image is mirrored after the turns: `Some(true)` left to right, `Some(false)` top to bottom.
    pub(super) mirror: Option<bool>,
    /// The URN of an auxiliary image's type, without the terminating zero.
    pub(super) auxiliary: Option<&'a [u8]>,
    /// The boxes that select one of several layers: `a1op`, `lsel` and `a1lx`.
    pub(super) layers: Vec<IsoBox<'a>>,
}

impl<'a> Properties<'a> {
    /// Reads properties, each with a flag that it is essential.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for an unknown property that is essential: a reader that does not understand it must not
    /// show the image.
    pub(super) fn read(boxes: impl Iterator<Item = (IsoBox<'a>, bool)>) -> Result<Properties<'a>, Error> {
        let mut found = Properties::default();
        for (property, is_essential) in boxes {
            let is_known = found.add(property);
            if is_essential && !is_known {
                return Err(unsupported(format!("the property \"{}\"", name(property.kind))));
            }
        }
        Ok(found)
    }

    fn add(&mut self, property: IsoBox<'a>) -> bool {
        let content = property.content;
        match &property.kind {
            b"ispe" => set(&mut self.size, size(content)),
            b"av1C" => set(&mut self.config, Some(content)),
            b"colr" => self.add_colour(content),
            b"clap" => set(&mut self.aperture, Some(content)),
            b"irot" => self.quarters = content.first().map_or(0, |angle| angle & 0b11),
            b"imir" => set(&mut self.mirror, content.first().map(|axis| axis & 1 != 0)),
            b"auxC" | b"auxi" => set(&mut self.auxiliary, urn(content)),
            b"a1op" | b"lsel" | b"a1lx" => {
                if self.layers.iter().all(|known| known.kind != property.kind) {
                    self.layers.push(property);
                }
            }
            // Irrelevant for the pixels, or repeated in the data.
            b"pixi" | b"pasp" | b"clli" | b"mdcv" | b"cclv" | b"amve" => {}
            _ => return false,
        }
        true
    }

    /// Adds "Colour information" (ISO/IEC 14496-12, 12.1.5).
    fn add_colour(&mut self, content: &'a [u8]) {
        match content.split_first_chunk() {
            Some((b"nclx", rest)) => set(&mut self.code_points, rest.get(..7)),
            Some((b"prof" | b"rICC", rest)) => set(&mut self.profile, Some(rest)),
            _ => {}
        }
    }

    /// Whether this is the transparency of another image ("AV1 Image File Format", 4.1; the name of HEIF is older).
    pub(super) fn is_alpha(&self) -> bool {
        const NAMES: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];
        self.auxiliary.is_some_and(|urn| NAMES.contains(&urn))
    }

    /// Whether the image has luma only ("AV1 Codec ISO Media File Format Binding", 2.3).
    pub(super) fn is_gray(&self) -> bool {
        self.flags() & 0x10 != 0
    }

    fn flags(&self) -> u8 {
        self.config.and_then(|config| config.get(2)).copied().unwrap_or(0)
    }

    /// Returns the bits of a sample: 8, 10 or 12 ("AV1 Codec ISO Media File Format Binding", 2.3).
    pub(super) fn depth(&self) -> u32 {
        let flags = self.flags();
        match (flags & 0x40 != 0, flags & 0x20 != 0) {
            (true, true) => 12,
            (true, false) => 10,
            (false, _) => 8,
        }
    }
}

fn set<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
    }
}

fn size(content: &[u8]) -> Option<(u32, u32)> {
    let mut fields = Fields(content);
    fields.version()?;
    Some((fields.u32()?, fields.u32()?))
}

fn urn(content: &[u8]) -> Option<&[u8]> {
    content.get(4..)?.split(|byte| *byte == 0).next()
}

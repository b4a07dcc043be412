//! Writes the image to a file of its own, with the boxes that libavif needs.

use std::collections::BTreeMap;

use super::image::{Coded, Still, Tile};
use super::limits::{broken, unsupported};
use super::obu;
use crate::container::bmff::Code;
use crate::error::Error;

/// Bytes of `av1C` before the units that the data repeats.
const CONFIG: usize = 4;
/// Longest property of layers, in bytes.
const LAYER: usize = 13;

impl Still<'_> {
    /// Writes the file. Items are numbered in the order of the tiles, which libavif before 1.1 relies on.
    ///
    /// The file has no rotation, mirroring or aperture: those are applied to pixels. `max_frames` bounds the coded
    /// frames of each tile, shown or not.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if data lies outside of the file or is not AV1, [`Error::Unsupported`] for an image with more
    /// than `max_frames` frames.
    pub(crate) fn file(&self, max_frames: usize) -> Result<Vec<u8>, Error> {
        let mut file = FileWriter { max_frames, ..FileWriter::default() };
        let color = file.coded(&self.color, None)?;
        if let Some(alpha) = &self.alpha {
            let alpha = file.coded(alpha, Some(color))?;
            if self.is_premultiplied {
                file.reference(*b"prem", color, &[alpha]);
            }
        }
        Ok(file.finish(color))
    }
}

#[derive(Default)]
struct FileWriter<'a> {
    max_frames: usize,
    /// One for each item, numbered from 1.
    entries: Vec<Vec<u8>>,
    references: Vec<u8>,
    /// The properties, each with its number.
    properties: BTreeMap<Vec<u8>, u16>,
    associations: Vec<u8>,
    /// For each item: whether it lies in `idat`, its offset and its length.
    places: Vec<(bool, usize, usize)>,
    /// Descriptions of grids.
    idat: Vec<u8>,
    mdat: Vec<&'a [u8]>,
    /// Bytes in `mdat`.
    length: usize,
}

impl<'a> FileWriter<'a> {
    /// Adds an image, or the transparency of the image `alpha_of`. Returns its number.
    fn coded(&mut self, coded: &Coded<'a>, alpha_of: Option<u16>) -> Result<u16, Error> {
        let id = match (coded.grid, coded.tiles.as_slice()) {
            (None, [tile]) => self.tile(tile, Some(coded), alpha_of.is_some())?,
            (Some((columns, rows)), tiles) => {
                let offset = self.idat.len();
                let (width, height) = (coded.size.width, coded.size.height);
                // Version 0, and sizes of 32 bits.
                self.idat.extend([0, 1, low_byte(rows - 1), low_byte(columns - 1)]);
                self.idat.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
                self.places.push((true, offset, self.idat.len() - offset));
                let mut properties = vec![spatial_extents(width, height)];
                properties.extend(coded.colours());
                properties.extend(alpha_of.map(|_| auxiliary_alpha()));
                let id = self.item(*b"grid", properties);
                let tiles: Result<Vec<_>, _> = tiles.iter().map(|tile| self.tile(tile, None, false)).collect();
                self.reference(*b"dimg", id, &tiles?);
                id
            }
            (None, _) => return Err(broken("its image has no data")),
        };
        if let Some(color) = alpha_of {
            self.reference(*b"auxl", id, &[color]);
        }
        Ok(id)
    }

    /// Adds a tile, of a grid or of the single-tile image `image`. Returns its number.
    fn tile(&mut self, tile: &Tile<'a>, image: Option<&Coded<'_>>, is_alpha: bool) -> Result<u16, Error> {
        let pieces = tile.data.pieces().collect::<Result<Vec<_>, _>>()?;
        let frames = match pieces.as_slice() {
            [piece] => obu::frames(piece),
            pieces => obu::frames(&pieces.concat()),
        };
        if frames.ok_or_else(|| broken("its data is not AV1"))? > self.max_frames {
            return Err(unsupported(format!("more than {} coded frames in its image", self.max_frames)));
        }
        let length = pieces.iter().map(|piece| piece.len()).sum();
        self.places.push((false, self.length, length));
        self.length += length;
        self.mdat.extend(pieces);
        let config = tile.properties.config.and_then(|config| config.get(..CONFIG));
        let config = config.ok_or_else(|| broken("an image has no av1C"))?;
        let mut properties = vec![spatial_extents(tile.size.width, tile.size.height), boxed(*b"av1C", &[config])];
        properties.extend(image.and_then(Coded::colours));
        properties.extend(is_alpha.then(auxiliary_alpha));
        let layers = tile.properties.layers.iter();
        properties.extend(layers.map(|layer| boxed(layer.kind, &[&layer.content[..layer.content.len().min(LAYER)]])));
        Ok(self.item(*b"av01", properties))
    }

    fn item(&mut self, kind: Code, properties: Vec<Vec<u8>>) -> u16 {
        const ESSENTIAL: u16 = 0x8000;
        let id = number(self.entries.len() + 1);
        // Without protection and without a name.
        self.entries.push(full(*b"infe", 2, &[&id.to_be_bytes(), &[0, 0], &kind, &[0]]));
        self.associations.extend(id.to_be_bytes());
        self.associations.push(low_byte(number(properties.len())));
        for property in properties {
            let is_essential = [b"av1C", b"a1op", b"lsel"].iter().any(|kind| property[4..].starts_with(*kind));
            let next = number(self.properties.len() + 1);
            let number = *self.properties.entry(property).or_insert(next);
            self.associations.extend((number | if is_essential { ESSENTIAL } else { 0 }).to_be_bytes());
        }
        id
    }

    fn reference(&mut self, kind: Code, from: u16, to: &[u16]) {
        let to: Vec<u8> = to.iter().flat_map(|to| to.to_be_bytes()).collect();
        let count = number(to.len() / 2).to_be_bytes();
        self.references.extend(boxed(kind, &[&from.to_be_bytes(), &count, &to]));
    }

    fn finish(self, primary: u16) -> Vec<u8> {
        let mut file = boxed(*b"ftyp", &[b"avif", &[0; 4], b"avif", b"mif1", b"miaf"]);
        // Offsets come before the data that they count, and always have the same length.
        let data = file.len() + self.meta(primary, 0).len() + 8;
        file.reserve_exact(data + self.length);
        file.extend(self.meta(primary, data));
        file.extend(word(8 + self.length).to_be_bytes());
        file.extend(b"mdat");
        self.mdat.iter().for_each(|piece| file.extend(*piece));
        file
    }

    fn meta(&self, primary: u16, data: usize) -> Vec<u8> {
        let count = number(self.entries.len()).to_be_bytes();
        let handler = full(*b"hdlr", 0, &[&[0; 4], b"pict", &[0; 13]]);
        let mut locations = Vec::new();
        for (index, (is_idat, offset, length)) in self.places.iter().enumerate() {
            let offset = if *is_idat { *offset } else { data + offset };
            // Number, method, this file, one piece.
            for field in [number(index + 1), u16::from(*is_idat), 0, 1] {
                locations.extend(field.to_be_bytes());
            }
            for field in [offset, *length] {
                locations.extend(word(field).to_be_bytes());
            }
        }
        let mut properties: Vec<_> = self.properties.iter().collect();
        properties.sort_by_key(|(_, number)| **number);
        let properties: Vec<u8> = properties.into_iter().flat_map(|(property, _)| property).copied().collect();
        let container = boxed(*b"ipco", &[&properties]);
        // Flag 1: numbers of 15 bits.
        let associations = boxed(*b"ipma", &[&[0, 0, 0, 1, 0, 0], &count, &self.associations]);
        // libavif refuses an empty `idat`.
        let idat = if self.idat.is_empty() { Vec::new() } else { boxed(*b"idat", &[&self.idat]) };
        let references = if self.references.is_empty() { Vec::new() } else { full(*b"iref", 0, &[&self.references]) };
        full(
            *b"meta",
            0,
            &[
                &handler,
                &full(*b"pitm", 0, &[&primary.to_be_bytes()]),
                // Offsets and lengths of 4 bytes.
                &full(*b"iloc", 1, &[&[0x44, 0], &count, &locations]),
                &full(*b"iinf", 0, &[&count, &self.entries.concat()]),
                &references,
                &boxed(*b"iprp", &[&container, &associations]),
                &idat,
            ],
        )
    }
}

impl Coded<'_> {
    /// Returns the code points, by which libavif converts colours. A profile is applied later.
    fn colours(&self) -> Option<Vec<u8>> {
        self.properties.code_points.map(|code_points| boxed(*b"colr", &[b"nclx", code_points]))
    }
}

fn spatial_extents(width: u32, height: u32) -> Vec<u8> {
    full(*b"ispe", 0, &[&width.to_be_bytes(), &height.to_be_bytes()])
}

fn auxiliary_alpha() -> Vec<u8> {
    full(*b"auxC", 0, &[b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"])
}

/// Returns a box with a version, and no flags.
fn full(kind: Code, version: u8, content: &[&[u8]]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], &content.concat()])
}

fn boxed(kind: Code, content: &[&[u8]]) -> Vec<u8> {
    let length = 8 + content.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(word(length).to_be_bytes());
    bytes.extend(kind);
    content.iter().for_each(|part| bytes.extend(*part));
    bytes
}

/// Converts a count of at most 8,194 items or fewer properties.
fn number(count: usize) -> u16 {
    u16::try_from(count).expect("limits hold")
}

/// Converts a length of at most 1 GiB, the data that tiles share, and the boxes around them.
fn word(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("limits hold")
}

fn low_byte(number: u16) -> u8 {
    number.to_be_bytes()[1]
}

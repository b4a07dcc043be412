//! The image that a file shows: what is coded, and how it is shown.

use super::aperture::{self, Rectangle};
use super::limits::{MAX_SHARED_BYTES, MAX_TILES, broken, unsupported};
use super::properties::Properties;
use crate::container::bmff::Fields;
use crate::error::Error;
use crate::size::Size;

/// The still image of a file, which may hold more images.
pub(crate) struct Still<'a> {
    pub(super) color: Coded<'a>,
    pub(super) alpha: Option<Coded<'a>>,
    /// Whether colours are multiplied by alpha.
    pub(super) is_premultiplied: bool,
    /// Number of frames of the file's image sequence, or 1.
    pub(crate) frames: u32,
}

/// A coded image: one tile, or a grid of them.
pub(super) struct Coded<'a> {
    /// The size of the whole image.
    pub(super) size: Size,
    /// The properties of the whole image.
    pub(super) properties: Properties<'a>,
    /// Columns and rows of a grid.
    pub(super) grid: Option<(u16, u16)>,
    /// Row by row.
    pub(super) tiles: Vec<Tile<'a>>,
}

/// AV1 data, with the properties that its decoding needs.
pub(super) struct Tile<'a> {
    pub(super) size: Size,
    pub(super) properties: Properties<'a>,
    pub(super) data: Data<'a>,
}

/// Where bytes lie.
#[derive(Clone, Copy)]
pub(super) enum Data<'a> {
    /// In pieces; `index`, `offset` and `length` are the widths in bytes of the fields of `list`.
    Pieces { within: &'a [u8], base: u64, list: &'a [u8], index: usize, offset: usize, length: usize },
    /// At this offset, with this length.
    Piece { within: &'a [u8], offset: u64, length: u64 },
}

impl<'a> Still<'a> {
    /// Combines colour and transparency.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if the transparency has another size, or if more data would be decoded than the file can
    /// hold.
    pub(super) fn new(
        file: &[u8],
        color: Coded<'a>,
        alpha: Option<Coded<'a>>,
        is_premultiplied: bool,
    ) -> Result<Still<'a>, Error> {
        if alpha.as_ref().is_some_and(|alpha| alpha.size != color.size) {
            return Err(unsupported("transparency of another size than its colours"));
        }
        let still = Still { color, alpha, is_premultiplied, frames: 1 };
        if !still.has_same_layers() {
            return Err(broken("its tiles differ in layers"));
        }
        let mut left = file.len() as u64 + MAX_SHARED_BYTES;
        for tile in still.tiles() {
            left = tile.data.taken_from(left)?;
        }
        Ok(still)
    }

    /// Iterates over all tiles, those of colour first.
    pub(super) fn tiles(&self) -> impl Iterator<Item = &Tile<'a>> {
        self.color.tiles.iter().chain(self.alpha.iter().flat_map(|alpha| &alpha.tiles))
    }

    /// Whether all of several tiles select the same layers: libavif allocates a decoder for each tile that differs,
    /// which takes memory.
    fn has_same_layers(&self) -> bool {
        let layers = |tile: &Tile<'a>| tile.properties.layers.clone();
        let first = self.tiles().next().map(layers);
        let is_one_image = self.color.grid.is_none() && self.alpha.as_ref().is_none_or(|alpha| alpha.grid.is_none());
        is_one_image || self.tiles().all(|tile| Some(layers(tile)) == first)
    }

    /// Returns the coded size.
    pub(crate) fn size(&self) -> Size {
        self.color.size
    }

    /// Returns the size that a decoder decodes: tiles may reach beyond the image's right and bottom edges.
    pub(crate) fn decoded_size(&self) -> Size {
        self.color.decoded_size()
    }

    /// Returns the part that is shown, before it is turned.
    pub(crate) fn aperture(&self) -> Rectangle {
        let size = self.size();
        let found = self.color.properties.aperture.and_then(|content| aperture::read(content, size));
        found.unwrap_or(Rectangle { left: 0, top: 0, size })
    }

    /// Returns the number of counter-clockwise quarter turns, 0 to 3.
    pub(crate) fn quarters(&self) -> u8 {
        self.color.properties.quarters
    }

    /// Returns how the image is mirrored after that: `Some(true)` left to right, `Some(false)` top to bottom.
    pub(crate) fn mirror(&self) -> Option<bool> {
        self.color.properties.mirror
    }

    /// Returns the bits of a sample: 8, 10 or 12.
    pub(crate) fn depth(&self) -> u32 {
        self.color.tiles.first().map_or(8, |tile| tile.properties.depth())
    }

    /// Whether the image has luma only.
    pub(crate) fn is_gray(&self) -> bool {
        self.color.tiles.first().is_some_and(|tile| tile.properties.is_gray())
    }

    /// Whether the image has transparency.
    pub(crate) fn has_alpha(&self) -> bool {
        self.alpha.is_some()
    }

    /// Returns the ICC profile.
    pub(crate) fn profile(&self) -> Option<&'a [u8]> {
        self.color.properties.profile.filter(|profile| !profile.is_empty())
    }

    /// Returns primaries and transfer characteristics by the numbers of ITU-T H.273; `None` if only the AV1 data has
    /// them.
    pub(crate) fn code_points(&self) -> Option<(u16, u16)> {
        let mut fields = Fields(self.color.properties.code_points?);
        Some((fields.u16()?, fields.u16()?))
    }
}

impl<'a> Coded<'a> {
    /// Returns a grid of tiles.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if the grid is not as MIAF requires (ISO/IEC 23000-22, 7.3.11.4): tiles of one size that cover
    /// the image, and none outside of it.
    pub(super) fn grid(
        size: Size,
        (columns, rows): (u16, u16),
        properties: Properties<'a>,
        tiles: Vec<Tile<'a>>,
    ) -> Result<Coded<'a>, Error> {
        if tiles.len() > MAX_TILES {
            return Err(unsupported(format!("more than {MAX_TILES} tiles")));
        }
        let Some(first) = tiles.first().filter(|_| tiles.len() == usize::from(columns) * usize::from(rows)) else {
            return Err(broken("its grid lacks tiles"));
        };
        let tile = first.size;
        // After the first four bytes of `av1C` come units that the data may repeat.
        let config = |tile: &Tile<'a>| tile.properties.config.and_then(|config| config.first_chunk::<4>());
        if tiles.iter().any(|other| other.size != tile || config(other) != config(first)) {
            return Err(broken("the tiles of its grid differ"));
        }
        let fits = |count: u16, tile: u32, all: u32| {
            let (count, tile, all) = (u64::from(count), u64::from(tile), u64::from(all));
            count * tile >= all && (count - 1) * tile < all
        };
        if !fits(columns, tile.width, size.width) || !fits(rows, tile.height, size.height) {
            return Err(broken("the tiles of its grid do not cover the image"));
        }
        Ok(Coded { size, properties, grid: Some((columns, rows)), tiles })
    }

    fn decoded_size(&self) -> Size {
        let (columns, rows) = self.grid.unwrap_or((1, 1));
        let tile = self.tiles.first().map_or(self.size, |tile| tile.size);
        let side = |count: u16, side: u32| side.saturating_mul(count.into());
        Size { width: side(columns, tile.width), height: side(rows, tile.height) }
    }
}

impl<'a> Data<'a> {
    /// Iterates over the pieces. `Err` for a piece outside of the file.
    pub(super) fn pieces(self) -> impl Iterator<Item = Result<&'a [u8], Error>> {
        self.places().map(move |place| {
            let (offset, length) = place?;
            let (Data::Pieces { within, .. } | Data::Piece { within, .. }) = self;
            let end = offset.checked_add(length).and_then(|end| usize::try_from(end).ok());
            let piece = end.zip(usize::try_from(offset).ok()).and_then(|(end, offset)| within.get(offset..end));
            piece.ok_or_else(|| broken("it ends before its image data"))
        })
    }

    /// Subtracts the lengths of all pieces from `left` bytes, and returns the rest.
    fn taken_from(self, left: u64) -> Result<u64, Error> {
        let rest = self.places().try_fold(left, |left, place| match place {
            Ok((_, length)) => left.checked_sub(length).ok_or_else(|| unsupported("tiles that share too much data")),
            Err(error) => Err(error),
        })?;
        if rest == left { Err(broken("its image has no data")) } else { Ok(rest) }
    }

    /// Iterates over offset and length of each piece. A length of 0 is an error, so that the allowed bytes bound the
    /// number of pieces.
    fn places(self) -> impl Iterator<Item = Result<(u64, u64), Error>> {
        let mut single = None;
        let mut fields = Fields(&[]);
        let (mut base, mut widths) = (0, (0, 0, 0));
        match self {
            Data::Piece { offset, length, .. } => single = Some((offset, length)),
            Data::Pieces { base: start, list, index, offset, length, .. } => {
                fields = Fields(list);
                (base, widths) = (start, (index, offset, length));
            }
        }
        let (index, offset, length) = widths;
        std::iter::from_fn(move || {
            if let Some(single) = single.take() {
                return Some(Some(single));
            }
            if fields.0.is_empty() {
                return None;
            }
            let mut read = || {
                fields.number(index)?;
                Some((base.checked_add(fields.number(offset)?)?, fields.number(length)?))
            };
            Some(read())
        })
        .map(|place| place.filter(|(_, length)| *length > 0).ok_or_else(|| broken("a piece of its data has no length")))
    }
}

//! EXIF orientation: how stored pixels are turned upright.

use image::metadata::Orientation as Exif;
use ridge_contract::values::{Flip, Rotation};

use crate::container::jpeg::APP1;
use crate::container::tiff::Directory;
use crate::container::{jpeg, png, webp};
use crate::kind::Kind;
use crate::plan::Crop;
use crate::size::Size;

/// The turn from the stored image to the upright one. The numbers are those of the EXIF tag `Orientation` (EXIF 2.32,
/// tag 0x0112).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: as stored.
    #[default]
    Upright = 1,
    /// 2: mirror left to right.
    FlipHorizontal,
    /// 3: rotate by 180°.
    Rotate180,
    /// 4: mirror top to bottom.
    FlipVertical,
    /// 5: mirror along the main diagonal.
    Transpose,
    /// 6: rotate by 90° clockwise.
    Rotate90,
    /// 7: mirror along the other diagonal.
    Transverse,
    /// 8: rotate by 90° counter-clockwise.
    Rotate270,
}

impl Orientation {
    /// All eight, in the order of their EXIF numbers.
    pub const ALL: [Orientation; 8] = [
        Orientation::Upright,
        Orientation::FlipHorizontal,
        Orientation::Rotate180,
        Orientation::FlipVertical,
        Orientation::Transpose,
        Orientation::Rotate90,
        Orientation::Transverse,
        Orientation::Rotate270,
    ];

    /// Reads the orientation from EXIF, or from a TIFF's own tag. Damaged EXIF is ignored: the image itself may be fine.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Orientation> {
        let number = match kind {
            // The `image` crate does not read BigTIFF.
            Kind::Tiff => Directory::first(source)?.entry(ORIENTATION)?.numbers().next()?,
            _ => Exif::from_exif_chunk(exif(kind, source)?)?.to_exif().into(),
        };
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        Orientation::ALL.get(index).copied()
    }

    /// Returns this turn followed by the `rot` and `flip` of a variant.
    pub(crate) fn then_asked(self, rotation: Rotation, flip: Flip) -> Orientation {
        let rotation = match rotation {
            Rotation::None => Orientation::Upright,
            Rotation::Quarter => Orientation::Rotate90,
            Rotation::Half => Orientation::Rotate180,
            Rotation::ThreeQuarters => Orientation::Rotate270,
        };
        let flip = match flip {
            Flip::None => Orientation::Upright,
            Flip::Horizontal => Orientation::FlipHorizontal,
            Flip::Vertical => Orientation::FlipVertical,
            Flip::Both => Orientation::Rotate180,
        };
        self.then(rotation).then(flip)
    }

    pub(crate) fn then(self, next: Orientation) -> Orientation {
        let ((swap, x, y), (next_swap, next_x, next_y)) = (self.parts(), next.parts());
        let (x, y) = if next_swap { (y, x) } else { (x, y) };
        let parts = (swap != next_swap, x != next_x, y != next_y);
        Orientation::ALL.into_iter().find(|orientation| orientation.parts() == parts).unwrap_or_default()
    }

    /// Splits the turn into three steps: exchange rows and columns, mirror left to right, mirror top to bottom.
    fn parts(self) -> (bool, bool, bool) {
        match self {
            Orientation::Upright => (false, false, false),
            Orientation::FlipHorizontal => (false, true, false),
            Orientation::Rotate180 => (false, true, true),
            Orientation::FlipVertical => (false, false, true),
            Orientation::Transpose => (true, false, false),
            Orientation::Rotate90 => (true, true, false),
            Orientation::Transverse => (true, true, true),
            Orientation::Rotate270 => (true, false, true),
        }
    }

    /// Whether the upright image's columns or rows begin at the stored image's right edge, and at its bottom edge.
    pub(crate) fn mirrors(self) -> (bool, bool) {
        let (swap, x, y) = self.parts();
        if swap { (y, x) } else { (x, y) }
    }

    /// Returns the EXIF number, 1 to 8.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether rows become columns.
    pub(crate) fn swaps_sides(self) -> bool {
        self.number() >= 5
    }

    /// Returns the stored size of an image whose upright size is `upright`. The conversion is its own inverse.
    pub(crate) fn stored_size(self, upright: Size) -> Size {
        if self.swaps_sides() { upright.swapped() } else { upright }
    }

    /// Returns the place of a rectangle of the upright image in the stored one.
    pub(crate) fn stored_crop(self, crop: Crop, upright: Size) -> Crop {
        let Crop { left, top, width, height } = crop;
        let right = f64::from(upright.width) - left - width;
        let bottom = f64::from(upright.height) - top - height;
        let (left, top) = match self {
            Orientation::Upright => (left, top),
            Orientation::FlipHorizontal => (right, top),
            Orientation::Rotate180 => (right, bottom),
            Orientation::FlipVertical => (left, bottom),
            Orientation::Transpose => (top, left),
            Orientation::Rotate90 => (top, right),
            Orientation::Transverse => (bottom, right),
            Orientation::Rotate270 => (bottom, left),
        };
        let (width, height) = if self.swaps_sides() { (height, width) } else { (width, height) };
        Crop { left: left.max(0.0), top: top.max(0.0), width, height }
    }
}

/// The EXIF tag `Orientation`, which is also TIFF's.
const ORIENTATION: u16 = 0x0112;

/// Returns the EXIF data of a container.
fn exif(kind: Kind, source: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"Exif\0\0";
    match kind {
        Kind::Jpeg => {
            let app1 = jpeg::head(source).filter(|segment| segment.marker == APP1);
            app1.filter_map(|segment| segment.content().strip_prefix(PREFIX)).next()
        }
        Kind::Png => png::chunks(source)
            .map_while(|chunk| chunk)
            .find(|chunk| chunk.name() == b"eXIf")
            .map(|chunk| chunk.content()),
        Kind::WebP => {
            let exif = webp::chunks(source).map_while(|chunk| chunk).find(|chunk| chunk.name() == b"EXIF")?.content;
            // Some writers put JPEG's prefix before it.
            Some(exif.strip_prefix(PREFIX).unwrap_or(exif))
        }
        Kind::Gif | Kind::Avif | Kind::Tiff | Kind::Bmp => None,
    }
}

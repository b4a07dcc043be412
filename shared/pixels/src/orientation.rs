//! EXIF orientation: how the stored pixels must be turned to stand upright.

use ridge_contract::values::{Flip, Rotation};

use crate::container::jpeg::APP1;
use crate::container::tiff::Directory;
use crate::container::{jpeg, png, webp};
use crate::kind::Kind;
use crate::plan::Crop;
use crate::size::Size;

/// EXIF 2.32, tag 0x0112: where row 0 and column 0 of the stored image belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: as stored.
    #[default]
    Upright = 1,
    /// 2: mirrored left to right.
    FlipHorizontal,
    /// 3: turned by half.
    Rotate180,
    /// 4: mirrored top to bottom.
    FlipVertical,
    /// 5: mirrored along the main diagonal.
    Transpose,
    /// 6: to be turned clockwise.
    Rotate90,
    /// 7: mirrored along the other diagonal.
    Transverse,
    /// 8: to be turned counter-clockwise.
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

    /// Reads it from EXIF, or a TIFF's own tag. Damaged EXIF counts as none: the image itself may be fine.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Orientation> {
        let number = structure(kind, source).and_then(number);
        let index = number.and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
        index.and_then(|index| Orientation::ALL.get(index).copied())
    }

    /// This, and then the turn that a request asks for.
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

    /// As three steps: exchange rows and columns, mirror left to right, mirror top to bottom.
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

    /// Whether the stored image's right side, and its bottom, are where the upright one's columns or rows begin.
    pub(crate) fn mirrors(self) -> (bool, bool) {
        let (swap, x, y) = self.parts();
        if swap { (y, x) } else { (x, y) }
    }

    /// The EXIF number, 1 to 8.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether rows become columns.
    pub(crate) fn swaps_sides(self) -> bool {
        self.number() >= 5
    }

    /// The stored size of what is `upright` in size; and the other way round.
    pub(crate) fn stored_size(self, upright: Size) -> Size {
        if self.swaps_sides() { upright.swapped() } else { upright }
    }

    /// Where a rectangle of the upright image lies in the stored one.
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

/// The TIFF structure that EXIF is, where each container keeps it; a TIFF is one itself.
fn structure(kind: Kind, source: &[u8]) -> Option<&[u8]> {
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
        Kind::Tiff => Some(source),
        Kind::Gif | Kind::Avif | Kind::Bmp => None,
    }
}

/// The value of the orientation tag in the first directory, and nothing else of it: a whole EXIF reader follows
/// pointers, and a few kilobytes of them can unfold to gigabytes.
fn number(structure: &[u8]) -> Option<u64> {
    const ORIENTATION: u16 = 0x0112;
    Directory::first(structure)?.entry(ORIENTATION)?.numbers().next()
}

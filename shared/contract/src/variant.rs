//! Variants: the requested options of an image, in their normal form.

use crate::format::{Alpha, Holds, Output};
use crate::values::{Color, Dpr, Fit, Flip, Gravity, Quality, Ratio, Rotation, Side, Sigma, Version};

/// The options of a variant, except the format. The default changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Options {
    /// The output width; `None` derives it from the height or the original.
    pub width: Option<Side>,
    /// The output height; `None` derives it from the width or the original.
    pub height: Option<Side>,
    /// The aspect ratio of the box, which gives the missing side. It is `None` in a [`Variant`], which has both sides
    /// instead.
    pub ratio: Option<Ratio>,
    /// How the image fills the box of both sides.
    pub fit: Fit,
    /// The part that a crop keeps, or the position of the image in padding.
    pub gravity: Gravity,
    /// The quality; `None` is the configuration's default for the format.
    pub quality: Option<Quality>,
    /// The colour of the padding of [`Fit::Contain`], and the background for flattened transparency.
    pub background: Color,
    /// Blur, applied after all geometry; the edge of the padding stays sharp.
    pub blur: Option<Sigma>,
    /// Sharpening, applied after blur.
    pub sharpen: Option<Sigma>,
    /// Rotation, applied after EXIF orientation and before all geometry: `width` is the width after it.
    pub rotation: Rotation,
    /// Reflection, applied after rotation.
    pub flip: Flip,
    /// Whether the colour is removed; padding and background keep theirs.
    pub gray: bool,
    /// Whether only the first frame is kept.
    pub still: bool,
    /// The cache buster.
    pub version: Option<Version>,
}

/// The side of a box with an aspect ratio from which the other side follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// The width.
    Width,
    /// The height.
    Height,
}

/// The longer side of the image that a ThumbHash is computed from, in pixels: the maximum that ThumbHash accepts.
pub const LOOK_SIDE: u32 = 100;

/// Returns the normal form of a rotation followed by a reflection: `rot` and `flip` have 16 combinations for 8
/// orientations. The result is a rotation, a reflection, or a quarter turn with a reflection.
fn turn(rotation: Rotation, flip: Flip) -> (Rotation, Flip) {
    use Flip::{Both, Horizontal, Vertical};
    use Rotation::{Half, Quarter, ThreeQuarters};
    match (rotation, flip) {
        // Both reflections together are half a turn.
        (Rotation::None, Both) => (Half, Flip::None),
        (Quarter, Both) => (ThreeQuarters, Flip::None),
        (Half, Both) => (Rotation::None, Flip::None),
        (ThreeQuarters, Both) => (Quarter, Flip::None),
        // Half a turn swaps the two reflections.
        (Half, Horizontal) => (Rotation::None, Vertical),
        (Half, Vertical) => (Rotation::None, Horizontal),
        (ThreeQuarters, Horizontal) => (Quarter, Vertical),
        (ThreeQuarters, Vertical) => (Quarter, Horizontal),
        normal => normal,
    }
}

impl Options {
    /// Returns whether the options change no pixel, apart from geometry.
    pub fn keeps_pixels(&self) -> bool {
        !self.gray && self.blur.is_none() && self.sharpen.is_none()
    }

    /// Returns the options without those that only the image itself shows.
    fn seen_from_afar(self) -> Options {
        Options { quality: None, blur: None, sharpen: None, still: false, ..self }
    }

    /// Returns the options without mere scaling: of a box, only the aspect ratio is kept.
    fn of_any_size(self) -> Options {
        let (width, height) = match (self.width, self.height) {
            (Some(width), Some(height)) if !matches!(self.fit, Fit::Inside | Fit::Outside) => {
                let longer = width.max(height).get();
                let scaled = |side: Side| Side::new(((side.get() * LOOK_SIDE + longer / 2) / longer).max(1));
                (scaled(width), scaled(height))
            }
            _ => (None, None),
        };
        // Both crop to the ratio.
        let fit = if self.fit == Fit::Ratio { Fit::Cover } else { self.fit };
        Options { width, height, fit, ..self }
    }

    /// Sets the sides that `ratio` requests, with neither side over its maximum. Without a side, the box is the largest
    /// possible one and the image is cropped to its ratio.
    pub(crate) fn open_box(&mut self, max_width: Side, max_height: Side) {
        let Some(ratio) = self.ratio else { return };
        if self.width.is_none() && self.height.is_none() {
            self.fit = Fit::Ratio;
        }
        let (width, height) = ratio.within(self.width, self.height, (max_width, max_height));
        (self.width, self.height) = (Some(width), Some(height));
    }

    /// Returns the options with both sides in place of a ratio.
    fn boxed(mut self) -> Options {
        self.open_box(Side::LARGEST, Side::LARGEST);
        Options { ratio: None, ..self }
    }

    /// Returns the options with defaults for those that have no effect in any format.
    pub(crate) fn settled(self) -> Options {
        let mut options = self.boxed();
        if options.width.is_none() || options.height.is_none() {
            options.fit = Fit::default();
            options.gravity = Gravity::default();
        }
        if !options.fit.uses(options.gravity) {
            options.gravity = Gravity::default();
        }
        (options.rotation, options.flip) = turn(options.rotation, options.flip);
        options
    }

    /// Multiplies the sides by the device pixel ratio, capped so that neither exceeds its maximum and the aspect ratio
    /// is kept. A side that `ratio` implies is set afterwards.
    ///
    /// Returns whether a maximum capped the result.
    pub fn multiply(&mut self, dpr: Dpr, max_width: Side, max_height: Side) -> bool {
        let lead = self.lead();
        self.open_box(max_width, max_height);
        self.multiply_box(dpr, max_width, max_height, lead)
    }

    /// Returns the side from which the other one follows, if `ratio` gives one of them.
    pub(crate) fn lead(&self) -> Option<Lead> {
        let ratio = self.ratio?;
        let is_width = self.width.is_some() || (self.height.is_none() && ratio.is_wide());
        Some(if is_width { Lead::Width } else { Lead::Height })
    }

    /// [`Options::multiply`] for options whose sides are set. `lead` is what [`Options::lead`] returned before.
    pub(crate) fn multiply_box(&mut self, dpr: Dpr, max_width: Side, max_height: Side, lead: Option<Lead>) -> bool {
        let room = |side: Option<Side>, max: Side| {
            side.map_or(u64::MAX, |side| u64::from(max.get()) * 1_000_000 / u64::from(side.get()))
        };
        let asked = u64::from(dpr.tenths()) * 100_000;
        // The policy refuses a side over its maximum; here it must not shrink the other side.
        let millionths = asked.min(room(self.width, max_width)).min(room(self.height, max_height)).max(1_000_000);
        let scale = |side: Side| {
            let scaled = (u64::from(side.get()) * millionths + 500_000) / 1_000_000;
            u32::try_from(scaled).ok().and_then(Side::new).unwrap_or(side)
        };
        self.width = self.width.map(scale);
        self.height = self.height.map(scale);
        // The derived side follows from the multiplied one: it must not be the product of a rounded side.
        if let (Some(ratio), Some(width), Some(height)) = (self.ratio, self.width, self.height)
            && millionths > 1_000_000
        {
            match lead {
                Some(Lead::Width) => self.height = Some(ratio.height_of(width).min(max_height)),
                Some(Lead::Height) => self.width = Some(ratio.width_of(height).min(max_width)),
                None => {}
            }
        }
        millionths < asked
    }
}

/// The options and output format of a variant, in normal form: an option that cannot change a byte has its default
/// value, so that one image has one cache key. A requested quality is kept even if it equals the configuration's
/// default: the path must keep its meaning when the configuration changes.
///
/// ```
/// use ridge_contract::{Format, Options, Output, Variant, values::Fit};
/// let options = Options { fit: Fit::Fill, width: "200".parse().ok(), ..Options::default() };
/// let variant = Variant::new(options, Output::Format(Format::WebP));
/// assert_eq!(variant.options().fit, Fit::Cover); // without a height, `fit` means nothing
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variant {
    options: Options,
    output: Output,
}

impl Variant {
    /// Normalizes the options for this output.
    pub fn new(mut options: Options, output: Output) -> Variant {
        options = options.boxed();
        options = match output.holds() {
            Holds::Picture => options,
            Holds::Look => options.seen_from_afar().of_any_size(),
            Holds::Facts => options.seen_from_afar(),
        };
        options = options.settled();
        if !output.may_be_lossy() {
            options.quality = None;
        }
        options.background = match output.alpha() {
            Alpha::None => options.background.opaque(),
            _ if options.fit != Fit::Contain => Color::default(),
            Alpha::OneBit => options.background.with_one_bit_alpha(),
            Alpha::Full => options.background,
        };
        if !output.may_be_animated() {
            options.still = false;
        }
        Variant { options, output }
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the encoding.
    pub fn output(&self) -> Output {
        self.output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(width: u32, height: u32) -> Options {
        Options { width: Side::new(width), height: Side::new(height), ..Options::default() }
    }

    fn max(pixels: u32) -> Side {
        Side::new(pixels).unwrap()
    }

    #[test]
    fn what_tells_of_a_picture_has_one_key_for_one_thing() {
        use crate::format::Format;
        let plain = |format| Variant::new(Options::default(), Output::Format(format));
        let vain = || Options { quality: "5".parse().ok(), blur: "2".parse().ok(), still: true, ..Options::default() };
        for format in [Format::ThumbHash, Format::Json] {
            assert_eq!(Variant::new(vain(), Output::Format(format)), plain(format));
            let gray = Options { gray: true, ..Options::default() };
            assert_ne!(Variant::new(gray, Output::Format(format)), plain(format));
            assert_ne!(Variant::new(sides(9, 8), Output::Format(format)), plain(format), "a crop shows");
        }
        let square = |side| Variant::new(sides(side, side), Output::Format(Format::ThumbHash));
        assert_eq!(square(7), square(4096), "a square of any size looks alike");
        let inside = Options { fit: Fit::Inside, ..sides(9, 8) };
        for options in [sides(9, 0), sides(0, 9), inside] {
            assert_eq!(Variant::new(options.clone(), Output::Format(Format::ThumbHash)), plain(Format::ThumbHash));
            assert_ne!(Variant::new(options, Output::Format(Format::Json)), plain(Format::Json), "JSON tells the size");
        }
    }

    #[test]
    fn eight_orientations_have_one_key_each() {
        let rotations = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];
        let flips = [Flip::None, Flip::Horizontal, Flip::Vertical, Flip::Both];
        // Maps a corner's pixel (column, row) of a square by quarter turns and reflections about its centre.
        let moved = |rotation, flip| {
            let quarters = rotations.iter().position(|known| *known == rotation).unwrap();
            let turned = |corner: (i32, i32)| (0..quarters).fold(corner, |(x, y), _| (-y, x));
            let mirrored = |(x, y): (i32, i32)| match flip {
                Flip::None => (x, y),
                Flip::Horizontal => (-x, y),
                Flip::Vertical => (x, -y),
                Flip::Both => (-x, -y),
            };
            [(1, 2), (2, -1)].map(|corner| mirrored(turned(corner)))
        };
        let mut normal_forms = std::collections::HashSet::new();
        for rotation in rotations {
            for flip in flips {
                let normal = Options { rotation, flip, ..Options::default() }.settled();
                assert_eq!(moved(normal.rotation, normal.flip), moved(rotation, flip), "{rotation:?} {flip:?}");
                normal_forms.insert(normal);
            }
        }
        assert_eq!(normal_forms.len(), 8);
    }

    #[test]
    fn dpr_multiplies_and_rounds() {
        for (width, height, dpr, expected) in [
            (200, 100, "2", (400, 200)),
            (333, 111, "1.5", (500, 167)),
            (101, 0, "1.1", (111, 0)),
            (200, 100, "1", (200, 100)),
            (0, 100, "4.0", (0, 400)),
        ] {
            let mut options = sides(width, height);
            let capped = options.multiply(dpr.parse().unwrap(), max(4096), max(4096));
            let expected = sides(expected.0, expected.1);
            assert_eq!((options, capped), (expected, false), "{width}x{height} at {dpr}");
        }
    }

    #[test]
    fn dpr_stops_at_the_maximum_and_keeps_the_aspect_ratio() {
        let mut options = sides(2000, 1000);
        assert!(options.multiply("4".parse().unwrap(), max(4000), max(4000)));
        assert_eq!(options, sides(4000, 2000));
        let mut options = sides(5000, 1000);
        assert!(options.multiply("2".parse().unwrap(), max(4000), max(4000)));
        assert_eq!(options, sides(5000, 1000), "over the maximum already: left for the policy to refuse");
    }
}

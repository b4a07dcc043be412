//! Decide in numbers first: sizes in, rectangles out. Pure geometry, no pixels.
//!
//! The words are sharp's, with its `withoutEnlargement`: see "resize" in sharp's documentation.

use ridge_contract::Options;
use ridge_contract::values::{Fit, Point, Side};

use crate::size::Size;

/// What happens to an upright source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// The part of the source that is kept.
    pub crop: Crop,
    /// What that part is resampled to; never larger than the part.
    pub picture: Size,
    /// The output. Larger than `picture` only where `contain` pads.
    pub canvas: Size,
    /// Where on the canvas the picture's top left corner lies.
    pub position: (u32, u32),
}

/// A rectangle in source pixels. Fractional, so that a crop is centred exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// Distance from the left edge.
    pub left: f64,
    /// Distance from the top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Crop {
    pub(crate) fn whole(size: Size) -> Crop {
        Crop { left: 0.0, top: 0.0, width: f64::from(size.width), height: f64::from(size.height) }
    }
}

impl Plan {
    /// Whether a source of this size comes out as it went in.
    pub fn is_identity(&self, source: Size) -> bool {
        self.crop == Crop::whole(source) && self.picture == source && self.canvas == source
    }

    /// The same picture made smaller, as far as neither side of its canvas passes `longer_side`.
    pub(crate) fn within(self, longer_side: u32) -> Plan {
        let canvas = inside(self.canvas, Size { width: longer_side, height: longer_side });
        let scale = |length: u32, from: u32, to: u32| {
            let (length, from, to) = (u64::from(length), u64::from(from), u64::from(to));
            u32::try_from((2 * length * to + from) / (2 * from)).unwrap_or(to as u32)
        };
        let along = |picture: u32, position: u32, from: u32, to: u32| {
            let picture = scale(picture, from, to).clamp(1, to);
            (picture, scale(position, from, to).min(to - picture))
        };
        let (width, left) = along(self.picture.width, self.position.0, self.canvas.width, canvas.width);
        let (height, top) = along(self.picture.height, self.position.1, self.canvas.height, canvas.height);
        Plan { picture: Size { width, height }, canvas, position: (left, top), ..self }
    }
}

/// Plans a variant of an upright source. `max_side` is what the output format can hold.
pub fn plan(source: Size, options: &Options, max_side: u32) -> Plan {
    let side = |side: Option<Side>| side.map_or(max_side, Side::get);
    let target = Size { width: side(options.width), height: side(options.height) };
    let both = options.width.is_some() && options.height.is_some();
    let gravity = options.gravity.point();
    let whole = |picture: Size| Plan { crop: Crop::whole(source), picture, canvas: picture, position: (0, 0) };
    match options.fit {
        _ if !both => whole(inside(source, target)),
        Fit::Inside => whole(inside(source, target)),
        Fit::Fill => whole(smaller(source, target)),
        // A very long source may still pass what a format can hold.
        Fit::Outside => whole(inside(outside(source, target), Size { width: max_side, height: max_side })),
        Fit::Contain => {
            let picture = inside(source, target);
            let free = |canvas: u32, picture: u32, percent: u8| (canvas - picture) * u32::from(percent) / 100;
            let position =
                (free(target.width, picture.width, gravity.x()), free(target.height, picture.height, gravity.y()));
            Plan { canvas: target, position, ..whole(picture) }
        }
        Fit::Cover => cover(source, target, gravity),
        // The largest box of this ratio in the source.
        Fit::Ratio => cover(source, inside(target, source), gravity),
    }
}

/// Each side at most the target's; the aspect ratio goes.
fn smaller(source: Size, target: Size) -> Size {
    Size { width: source.width.min(target.width), height: source.height.min(target.height) }
}

/// The largest size of the source's aspect ratio within the target, and not above the source.
fn inside(source: Size, target: Size) -> Size {
    if source.width <= target.width && source.height <= target.height {
        source
    } else if is_bound_by_width(source, target) {
        with_width(source, target.width)
    } else {
        with_width(source.swapped(), target.height).swapped()
    }
}

/// The smallest size of the source's aspect ratio that covers the target, and not above the source.
fn outside(source: Size, target: Size) -> Size {
    if source.width <= target.width || source.height <= target.height {
        source
    } else if is_bound_by_width(source, target) {
        with_width(source.swapped(), target.height).swapped()
    } else {
        with_width(source, target.width)
    }
}

/// Scales to cover the target and crops what stands out. Where a side of the source is shorter than the target's,
/// nothing is scaled and that side stays as it is.
fn cover(source: Size, target: Size, gravity: Point) -> Plan {
    let picture = smaller(outside(source, target), target);
    let shrink = f64::min(
        f64::from(source.width) / f64::from(target.width),
        f64::from(source.height) / f64::from(target.height),
    )
    .max(1.0);
    let along = |source: u32, picture: u32, percent: u8| {
        let source = f64::from(source);
        let length = (f64::from(picture) * shrink).min(source);
        let start = source * f64::from(percent) / 100.0 - length / 2.0;
        // Where nothing is scaled, half a pixel would blur what a crop need not touch.
        let start = if shrink == 1.0 { start.floor() } else { start };
        (start.clamp(0.0, source - length), length)
    };
    let (left, width) = along(source.width, picture.width, gravity.x());
    let (top, height) = along(source.height, picture.height, gravity.y());
    Plan { crop: Crop { left, top, width, height }, picture, canvas: picture, position: (0, 0) }
}

/// Whether, growing with its aspect ratio, the source meets the target's width first.
fn is_bound_by_width(source: Size, target: Size) -> bool {
    u64::from(target.width) * u64::from(source.height) <= u64::from(target.height) * u64::from(source.width)
}

/// This width, and the height that the aspect ratio asks for, rounded, at least 1.
fn with_width(source: Size, width: u32) -> Size {
    let (w, h, target) = (u64::from(source.width), u64::from(source.height), u64::from(width));
    let height = (2 * h * target + w) / (2 * w);
    Size { width, height: u32::try_from(height).unwrap_or(u32::MAX).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(width: u32, height: u32, fit: Fit) -> Options {
        Options { width: Side::new(width), height: Side::new(height), fit, ..Options::default() }
    }

    #[test]
    fn canvas_and_picture() {
        use Fit::{Contain, Cover, Fill, Inside, Outside, Ratio};
        for (source, width, height, fit, canvas, picture) in [
            ((4000, 3000), 0, 0, Cover, "4000x3000", "4000x3000"),
            ((4000, 3000), 800, 0, Cover, "800x600", "800x600"),
            ((4000, 3000), 0, 600, Cover, "800x600", "800x600"),
            ((4000, 3000), 333, 0, Cover, "333x250", "333x250"),
            ((4000, 3000), 5000, 0, Cover, "4000x3000", "4000x3000"),
            ((4000, 3000), 1, 0, Cover, "1x1", "1x1"),
            ((10000, 1), 100, 0, Cover, "100x1", "100x1"),
            ((4000, 3000), 200, 200, Cover, "200x200", "200x200"),
            ((4000, 3000), 200, 200, Contain, "200x200", "200x150"),
            ((4000, 3000), 200, 200, Inside, "200x150", "200x150"),
            ((4000, 3000), 200, 200, Outside, "267x200", "267x200"),
            ((4000, 3000), 200, 200, Fill, "200x200", "200x200"),
            ((3000, 4000), 200, 100, Inside, "75x100", "75x100"),
            ((3000, 4000), 200, 100, Outside, "200x267", "200x267"),
            // Never enlarged.
            ((100, 50), 200, 200, Cover, "100x50", "100x50"),
            ((100, 300), 200, 200, Cover, "100x200", "100x200"),
            ((300, 100), 200, 200, Cover, "200x100", "200x100"),
            ((100, 50), 200, 200, Contain, "200x200", "100x50"),
            ((100, 50), 200, 200, Inside, "100x50", "100x50"),
            ((100, 300), 200, 200, Outside, "100x300", "100x300"),
            ((100, 300), 200, 200, Fill, "100x200", "100x200"),
            ((1, 1), 200, 200, Cover, "1x1", "1x1"),
            // A crop to the box's ratio, within the box and within the source.
            ((4000, 3000), 200, 200, Ratio, "200x200", "200x200"),
            ((4000, 3000), 4096, 2304, Ratio, "4000x2250", "4000x2250"),
            ((100, 50), 200, 200, Ratio, "50x50", "50x50"),
            ((100, 300), 4096, 2304, Ratio, "100x56", "100x56"),
            ((1, 1), 4096, 41, Ratio, "1x1", "1x1"),
            // What no WebP can hold.
            ((20000, 100), 0, 0, Cover, "16383x82", "16383x82"),
            ((100, 40000), 50, 0, Cover, "41x16383", "41x16383"),
            ((100, 40000), 50, 10, Outside, "41x16383", "41x16383"),
        ] {
            let source = Size::new(source.0, source.1).unwrap();
            let plan = plan(source, &options(width, height, fit), 16_383);
            let got = (plan.canvas.to_string(), plan.picture.to_string());
            assert_eq!(got, (canvas.into(), picture.into()), "{source} to {width}x{height} {fit}");
        }
    }

    #[test]
    fn cover_keeps_what_gravity_says() {
        for (gravity, left, top) in [
            ("center", 500.0, 0.0),
            ("n", 500.0, 0.0),
            ("w", 0.0, 0.0),
            ("se", 1000.0, 0.0),
            ("30.75", 0.0, 0.0),
            ("45.50", 300.0, 0.0),
            ("99.0", 1000.0, 0.0),
        ] {
            let options = Options { gravity: gravity.parse().unwrap(), ..options(200, 200, Fit::Cover) };
            let plan = plan(Size::new(4000, 3000).unwrap(), &options, 16_383);
            assert_eq!(plan.crop, Crop { left, top, width: 3000.0, height: 3000.0 }, "{gravity}");
        }
    }

    #[test]
    fn contain_puts_the_picture_where_gravity_says() {
        for (gravity, position) in
            [("center", (0, 25)), ("n", (0, 0)), ("s", (0, 50)), ("ne", (0, 0)), ("50.20", (0, 10))]
        {
            let options = Options { gravity: gravity.parse().unwrap(), ..options(200, 200, Fit::Contain) };
            assert_eq!(plan(Size::new(4000, 3000).unwrap(), &options, 16_383).position, position, "{gravity}");
        }
    }

    #[test]
    fn a_smaller_plan_is_the_same_picture() {
        for (source, width, height, fit, canvas, picture, position) in [
            ((4000, 3000), 0, 0, Fit::Cover, "100x75", "100x75", (0, 0)),
            ((4000, 3000), 800, 800, Fit::Contain, "100x100", "100x75", (0, 13)),
            ((80, 60), 0, 0, Fit::Cover, "80x60", "80x60", (0, 0)),
            ((10000, 2), 0, 0, Fit::Cover, "100x1", "100x1", (0, 0)),
            // Padding that leaves less than a pixel of the picture.
            ((4000, 2), 4000, 4000, Fit::Contain, "100x100", "100x1", (0, 50)),
        ] {
            let source = Size { width: source.0, height: source.1 };
            let whole = plan(source, &options(width, height, fit), 16_383);
            let small = whole.within(100);
            let found = (small.canvas.to_string(), small.picture.to_string(), small.position);
            assert_eq!(found, (canvas.to_owned(), picture.to_owned(), position), "{source} {width}x{height} {fit}");
            assert_eq!(small.crop, whole.crop);
        }
    }
}

//! Sizes: multiplied by `dpr`, then brought into the lists.

use super::{Unlisted, refused};
use crate::config::{Allowed, Config, Otherwise};
use crate::format::Holds;
use crate::problem::Problem;
use crate::values::{Dpr, Ratio, Side};
use crate::variant::{Options, Variant};

impl Config {
    /// Gives the options the size that they get: `dpr` times what was asked, and where the lists are short of it, the
    /// next size that they have. Where both sides are asked for, the aspect ratio stays as far as the lists let it.
    ///
    /// Returns whether the largest size was in the way of `dpr`.
    pub fn size(&self, options: &mut Options, dpr: Dpr) -> Result<bool, Problem> {
        self.limits(options)?;
        let (widest, tallest) = (largest(&self.widths, self.max_width), largest(&self.heights, self.max_height));
        // A missing side follows from the ratio, and is held against the lists as if it were given.
        let has_side = options.width.is_some() || options.height.is_some();
        let (max_width, max_height) = if has_side { (self.max_width, self.max_height) } else { (widest, tallest) };
        options.open_box(max_width, max_height);
        if self.otherwise == Otherwise::Snap {
            let sides = [("w", options.width, widest, &self.widths), ("h", options.height, tallest, &self.heights)];
            for (name, side, max, allowed) in sides {
                if let (Some(side), Some(list)) = (side.filter(|side| *side > max), allowed.list()) {
                    return Err(refused(name, &side.to_string(), list).problem);
                }
            }
        }
        let is_cut = options.multiply(dpr, widest, tallest);
        if self.otherwise == Otherwise::Snap {
            self.snap(options, widest, tallest);
        }
        Ok(is_cut)
    }

    fn snap(&self, options: &mut Options, widest: Side, tallest: Side) {
        if let Some((from, to)) = next(&self.widths, options.width) {
            options.width = Some(to);
            let by_ratio = |ratio: Ratio| ratio.height_of(to).min(tallest);
            options.height =
                options.height.map(|height| options.ratio.map_or_else(|| follow(height, from, to, tallest), by_ratio));
        }
        if let Some((from, to)) = next(&self.heights, options.height) {
            options.height = Some(to);
            if self.widths == Allowed::Any {
                let by_ratio = |ratio: Ratio| ratio.width_of(to).min(widest);
                options.width =
                    options.width.map(|width| options.ratio.map_or_else(|| follow(width, from, to, widest), by_ratio));
            }
        }
    }

    /// Refuses sides that are not in the lists.
    pub(super) fn listed_sizes(&self, variant: &Variant) -> Result<(), Unlisted> {
        let options = variant.options();
        if variant.output().holds() == Holds::Look && self.has_box(variant) {
            return Ok(());
        }
        for (name, side, allowed) in [("w", options.width, &self.widths), ("h", options.height, &self.heights)] {
            if let (Some(side), Some(list)) = (side, allowed.list())
                && list.binary_search(&side).is_err()
            {
                return Err(refused(name, &side.to_string(), list));
            }
        }
        Ok(())
    }

    /// Whether a box of the lists has the aspect ratio of this variant, which is all that is left of one.
    fn has_box(&self, variant: &Variant) -> bool {
        let is_same = |width, height| {
            let options = Options { width: Some(width), height: Some(height), ..variant.options().clone() };
            Variant::new(options, variant.output()) == *variant
        };
        match (self.widths.list(), self.heights.list()) {
            (None, None) => true,
            // Where one side is free, so is the ratio.
            (Some(list), None) | (None, Some(list)) => !list.is_empty(),
            (Some(widths), Some(heights)) => {
                widths.iter().any(|width| heights.iter().any(|height| is_same(*width, *height)))
            }
        }
    }
}

fn largest(allowed: &Allowed<Side>, max: Side) -> Side {
    allowed.list().and_then(|list| list.last().copied()).unwrap_or(max)
}

/// A side, and the next one that is allowed.
fn next(allowed: &Allowed<Side>, side: Option<Side>) -> Option<(Side, Side)> {
    let (side, list) = (side?, allowed.list()?);
    list.iter().find(|listed| **listed >= side).map(|to| (side, *to))
}

/// The other side, when one goes from `from` to `to`.
fn follow(other: Side, from: Side, to: Side, max: Side) -> Side {
    let (other, from, to) = (u64::from(other.get()), u64::from(from.get()), u64::from(to.get()));
    let scaled = (other * to + from / 2) / from;
    u32::try_from(scaled).ok().and_then(Side::new).map_or(max, |side| side.min(max))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists, what is asked as `w`, `h`, `dpr`, and what comes of it; 0 is no side.
    type Case = (&'static str, (u32, u32, &'static str), (u32, u32));

    const CASES: &[Case] = &[
        (r#""widths": [320, 640]"#, (320, 0, "1"), (320, 0)),
        (r#""widths": [640, 320]"#, (300, 0, "1"), (320, 0)),
        (r#""widths": [320, 640]"#, (321, 0, "1"), (640, 0)),
        (r#""widths": [320, 640]"#, (300, 200, "1"), (320, 213)),
        (r#""widths": [320, 640]"#, (300, 200, "2"), (640, 427)),
        (r#""widths": [320, 640]"#, (300, 200, "4"), (640, 427)),
        (r#""widths": [320, 640]"#, (0, 200, "1"), (0, 200)),
        (r#""widths": [320, 640]"#, (1, 4000, "1"), (320, 4096)),
        (r#""heights": [100, 200]"#, (90, 150, "1"), (120, 200)),
        (r#""heights": [100, 200]"#, (90, 0, "1"), (90, 0)),
        (r#""widths": [320, 640], "heights": [100, 250]"#, (300, 200, "1"), (320, 250)),
        (r#""widths": [320, 640], "heights": [100, 250]"#, (0, 99, "1"), (0, 100)),
        (r#""widths": [320], "otherwise": "reject""#, (300, 200, "1"), (300, 200)),
        (r#""widths": [600], "otherwise": "reject""#, (300, 200, "2"), (600, 400)),
    ];

    #[test]
    fn sizes_snap_up_and_keep_their_ratio() {
        for (lists, (width, height, dpr), expected) in CASES {
            let config = Config::parse(&format!("{{{lists}}}")).unwrap();
            let sides =
                |(width, height)| Options { width: Side::new(width), height: Side::new(height), ..Options::default() };
            let mut options = sides((*width, *height));
            config.size(&mut options, dpr.parse().unwrap()).unwrap();
            assert_eq!(options, sides(*expected), "{lists}: {width}x{height} at {dpr}");
        }
    }

    #[test]
    fn nothing_is_snapped_down() {
        let config = Config::parse(r#"{"widths": [320, 640], "heights": []}"#).unwrap();
        let mut options = Options { width: Side::new(641), ..Options::default() };
        let problem = config.size(&mut options, Dpr::default()).unwrap_err();
        assert_eq!(problem.text, "w must be one of 320, 640; got \"641\"");
    }
}

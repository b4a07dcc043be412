//! Sizes: multiplied by `dpr`, then brought into the allow-lists.

use super::rule::not_in_list;
use super::{NotAllowed, Policy};
use crate::config::{Allowed, Otherwise};
use crate::format::Holds;
use crate::values::{Dpr, Ratio, Side};
use crate::variant::{Options, Variant};

impl Policy {
    /// Gives options their final size: multiplies the sides by `dpr` and then, with `otherwise` `"snap"`, raises them to
    /// the next listed ones. If both sides are given, the aspect ratio stays as far as the lists allow.
    ///
    /// Returns whether the largest allowed size limited `dpr`.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`], if a side is larger than its limit, or than all listed ones.
    pub fn size(&self, options: &mut Options, dpr: Dpr) -> Result<bool, NotAllowed> {
        self.limits(options)?;
        let config = &self.config;
        let (widest, tallest) =
            (largest(&config.widths, config.max_width), largest(&config.heights, config.max_height));
        // A missing side follows from the ratio, and must be in the lists as if it were given.
        let has_side = options.width.is_some() || options.height.is_some();
        let (max_width, max_height) = if has_side { (config.max_width, config.max_height) } else { (widest, tallest) };
        let lead = options.lead();
        options.open_box(max_width, max_height);
        if config.otherwise == Otherwise::Snap {
            let sides = [("w", options.width, widest, &config.widths), ("h", options.height, tallest, &config.heights)];
            for (name, side, max, allowed) in sides {
                if let (Some(side), Some(list)) = (side.filter(|side| *side > max), allowed.list()) {
                    return Err(not_in_list(name, &side.to_string(), list));
                }
            }
        }
        let is_limited = options.multiply_box(dpr, widest, tallest, lead);
        if config.otherwise == Otherwise::Snap {
            self.snap(options, widest, tallest);
        }
        Ok(is_limited)
    }

    fn snap(&self, options: &mut Options, widest: Side, tallest: Side) {
        if let Some((from, to)) = next(&self.config.widths, options.width) {
            options.width = Some(to);
            let by_ratio = |ratio: Ratio| ratio.height_of(to).min(tallest);
            options.height = options
                .height
                .map(|height| options.ratio.map_or_else(|| in_proportion(height, from, to, tallest), by_ratio));
        }
        if let Some((from, to)) = next(&self.config.heights, options.height) {
            options.height = Some(to);
            if self.config.widths == Allowed::Any {
                let by_ratio = |ratio: Ratio| ratio.width_of(to).min(widest);
                options.width = options
                    .width
                    .map(|width| options.ratio.map_or_else(|| in_proportion(width, from, to, widest), by_ratio));
            }
        }
    }

    /// Checks the sides of a variant against the allow-lists.
    pub(super) fn listed_sizes(&self, variant: &Variant) -> Result<(), NotAllowed> {
        let options = variant.options();
        if variant.output().holds() == Holds::Look && self.has_box(variant) {
            return Ok(());
        }
        let sides = [("w", options.width, &self.config.widths), ("h", options.height, &self.config.heights)];
        for (name, side, allowed) in sides {
            if let (Some(side), Some(list)) = (side, allowed.list())
                && list.binary_search(&side).is_err()
            {
                return Err(not_in_list(name, &side.to_string(), list));
            }
        }
        Ok(())
    }

    /// Whether a listed width and a listed height have the aspect ratio of this variant, whose size is not kept.
    fn has_box(&self, variant: &Variant) -> bool {
        let is_same = |width, height| {
            let options = Options { width: Some(width), height: Some(height), ..variant.options().clone() };
            Variant::new(options, variant.output()) == *variant
        };
        match (self.config.widths.list(), self.config.heights.list()) {
            (None, None) => true,
            // One free side gives any ratio.
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

/// A side, and the smallest listed one that is not smaller.
fn next(allowed: &Allowed<Side>, side: Option<Side>) -> Option<(Side, Side)> {
    let (side, list) = (side?, allowed.list()?);
    list.iter().find(|listed| **listed >= side).map(|to| (side, *to))
}

/// A side, scaled as the other one was scaled `from` → `to`; at most `max`.
fn in_proportion(side: Side, from: Side, to: Side, max: Side) -> Side {
    let (side, from, to) = (u64::from(side.get()), u64::from(from.get()), u64::from(to.get()));
    let scaled = (side * to + from / 2) / from;
    u32::try_from(scaled).ok().and_then(Side::new).map_or(max, |side| side.min(max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn policy(json: &str) -> Policy {
        Policy::new(Config::parse(json).unwrap())
    }

    /// Allow-lists; `w`, `h` and `dpr` of a request; and the resulting sides. 0 is no side.
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
            let policy = policy(&format!("{{{lists}}}"));
            let sides =
                |(width, height)| Options { width: Side::new(width), height: Side::new(height), ..Options::default() };
            let mut options = sides((*width, *height));
            policy.size(&mut options, dpr.parse().unwrap()).unwrap();
            assert_eq!(options, sides(*expected), "{lists}: {width}x{height} at {dpr}");
        }
    }

    #[test]
    fn nothing_is_snapped_down() {
        let policy = policy(r#"{"widths": [320, 640], "heights": []}"#);
        let mut options = Options { width: Side::new(641), ..Options::default() };
        let problem = policy.size(&mut options, Dpr::default()).unwrap_err().problem;
        assert_eq!(problem.text, "w must be one of 320, 640; got \"641\"");
    }
}

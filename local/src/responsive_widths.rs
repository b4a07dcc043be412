//! The widths that responsive images offer.

use ridge_contract::Config;
use ridge_contract::values::Side;

/// Widths that suit most pages, in pixels, for a configuration without a list of its own.
const COMMON: [u32; 9] = [320, 480, 640, 800, 960, 1280, 1600, 1920, 2560];

/// Returns the configured widths, or common ones up to `maxWidth`, in ascending order; none if the configuration allows
/// presets only.
pub(crate) fn widths(config: &Config) -> Vec<Side> {
    match config.widths.list() {
        _ if config.presets_only => Vec::new(),
        Some(list) => list.to_vec(),
        None => {
            let all = COMMON.into_iter().filter_map(Side::new);
            let common: Vec<_> = all.filter(|width| *width <= config.max_width).collect();
            if common.is_empty() { vec![config.max_width] } else { common }
        }
    }
}

/// Returns the widths that an original of width `most` fills without upscaling, but at least one of `widths`.
pub(crate) fn up_to(widths: &[Side], most: u32) -> &[Side] {
    let fit = widths.partition_point(|width| width.get() <= most);
    &widths[..fit.max(1).min(widths.len())]
}

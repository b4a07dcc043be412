//! The widths that a picture is offered in.

use ridge_contract::Config;
use ridge_contract::values::Side;

/// Those that suit most pages, in CSS pixels, where the configuration has no list of its own.
const COMMON: [u32; 9] = [320, 480, 640, 800, 960, 1280, 1600, 1920, 2560];

/// The configured widths, or common ones up to `maxWidth`; in ascending order, and none only where none may be asked for.
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

/// Of these, the ones that a picture so wide fills; at least one, where there is one.
pub(crate) fn up_to(widths: &[Side], most: u32) -> &[Side] {
    let fit = widths.partition_point(|width| width.get() <= most);
    &widths[..fit.max(1).min(widths.len())]
}

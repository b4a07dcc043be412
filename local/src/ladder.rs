//! The widths that a picture is offered in.

use shared::Config;
use shared::values::Side;

/// Those that suit most pages, in CSS pixels, where the configuration has no list of its own.
const COMMON: [u32; 9] = [320, 480, 640, 800, 960, 1280, 1600, 1920, 2560];

/// The configured widths, or common ones up to `maxWidth`; in ascending order, and at least one.
pub(crate) fn widths(config: &Config) -> Vec<Side> {
    let listed = config.widths.list().filter(|list| !list.is_empty()).map(<[Side]>::to_vec);
    listed.unwrap_or_else(|| {
        let common = COMMON.into_iter().filter_map(Side::new).filter(|width| *width < config.max_width);
        let top = COMMON.last().and_then(|top| Side::new(*top)).filter(|top| *top < config.max_width);
        common.chain(top.is_none().then_some(config.max_width)).collect()
    })
}

/// Of these, the ones that a picture so wide fills; at least one.
pub(crate) fn up_to(widths: &[Side], most: u32) -> &[Side] {
    let fit = widths.partition_point(|width| width.get() <= most);
    &widths[..fit.max(1).min(widths.len())]
}

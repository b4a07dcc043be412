//! CMYK JPEGs.

use crate::profile::{Inks, Profile};
use crate::raster::{Channels, Raster};

/// Converts CMYK to RGB. Adobe stores inks inverted, 255 for none, and every reader assumes that a CMYK JPEG is
/// Adobe's.
pub(super) fn rgb_of_cmyk(mut raster: Raster, profile: Option<&Profile>) -> Raster {
    raster.pixels.iter_mut().for_each(|ink| *ink = 255 - *ink);
    Raster { size: raster.size, channels: Channels::Rgb, pixels: Inks::new(profile).rgb(&raster.pixels) }
}

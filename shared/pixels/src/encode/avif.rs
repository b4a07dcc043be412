//! AVIF by libaom.

use ridge_contract::Format;
use ridge_contract::values::Quality;

use super::settings::{Settings, failed};
use crate::codec::libavif;
use crate::error::Error;
use crate::raster::Raster;

pub(super) fn encode(raster: &Raster, settings: Settings) -> Result<Vec<u8>, Error> {
    // sharp's scale is effort, 0 to 9; libavif's is speed.
    let speed = 9u8.saturating_sub(settings.effort);
    let settings = libavif::AvifSettings { quality: of(settings.quality), speed, is_drawn: raster.is_drawn() };
    libavif::encode(raster.into(), &settings).map_err(|reason| failed(Format::Avif)(&reason))
}

/// Quality, and libavif's quality that looks the same: the one at which SSIMULACRA2 gives the mean score of JPEG and
/// WebP of that quality, over photographs 640 pixels wide.
const SCALE: [(f32, f32); 7] =
    [(1.0, 1.0), (30.0, 38.0), (50.0, 48.0), (70.0, 56.0), (80.0, 64.0), (90.0, 81.0), (100.0, 100.0)];

fn of(quality: Quality) -> u8 {
    let quality = f32::from(quality.get());
    let index = SCALE.partition_point(|(known, _)| *known < quality).clamp(1, SCALE.len() - 1);
    let ((from, low), (to, high)) = (SCALE[index - 1], SCALE[index]);
    (low + (high - low) * (quality - from) / (to - from)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_rises_from_end_to_end() {
        let all: Vec<u8> = (1..=100).filter_map(Quality::new).map(of).collect();
        assert!(all.is_sorted(), "{all:?}");
        assert_eq!((all[0], all[29], all[79], all[84], all[99]), (1, 38, 64, 73, 100));
    }
}

//! How far a JPEG is reduced while it is decoded.

use crate::resize::Wanted;

/// Smallest number of decoded pixels for each pixel of the variant. With fewer, Lanczos resampling has no effect.
const RESERVE: f64 = 1.25;

/// The same for chroma, which eyes resolve less.
pub(super) const RESERVE_OF_CHROMA: f64 = 1.2;

/// The same for lossless output, in which every difference stays visible.
const RESERVE_OF_LOSSLESS: f64 = 2.0;

/// Returns the smallest number of eighths that leaves enough pixels. For 5 to 7 eighths, a decoder takes as long as for
/// all 8.
pub(super) fn eighths(wanted: Wanted) -> u8 {
    let reserve = if wanted.is_lossless { RESERVE_OF_LOSSLESS } else { RESERVE };
    (1..8)
        .filter(|eighths| ridge_jpeg::is_fast(*eighths))
        .find(|eighths| wanted.shrink() * f64::from(*eighths) / 8.0 >= reserve)
        .unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use ridge_contract::Truncated;

    use super::*;
    use crate::plan::Crop;
    use crate::size::Size;

    #[test]
    fn reduces_as_far_as_the_reserve_allows() {
        for (shrink, lossy, lossless) in [
            (1.0, 8, 8),
            (1.25, 8, 8),
            (2.4, 8, 8),
            (2.5, 4, 8),
            (3.4, 3, 8),
            (4.0, 3, 4),
            (5.0, 2, 4),
            (9.9, 2, 2),
            (10.0, 1, 2),
            (16.0, 1, 1),
        ] {
            let size = Size { width: 100, height: 100 };
            let crop = Crop { left: 0.0, top: 0.0, width: shrink * 100.0, height: shrink * 100.0 };
            let wanted = Wanted { crop, size, is_settled: true, is_lossless: false, truncated: Truncated::Show };
            assert_eq!(eighths(wanted), lossy, "{shrink}");
            assert_eq!(eighths(Wanted { is_lossless: true, ..wanted }), lossless, "{shrink}");
        }
    }
}

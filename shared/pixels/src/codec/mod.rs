//! Safe wrappers of C codecs. This is the only place for `unsafe`.

pub(crate) mod libavif;
pub(crate) mod libwebp;
pub(crate) mod libwebp_animation;

use crate::raster::Raster;

/// Pixels to encode, with 3 or 4 `channels`, in rows without gaps.
#[derive(Clone, Copy)]
pub(crate) struct Pixels<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: usize,
    pub(crate) bytes: &'a [u8],
}

impl<'a> From<&'a Raster> for Pixels<'a> {
    fn from(raster: &'a Raster) -> Pixels<'a> {
        let (width, height) = (raster.size.width, raster.size.height);
        Pixels { width, height, channels: raster.channels.count(), bytes: &raster.pixels }
    }
}

//! AVIF: the container by [`crate::container::avif`], pixels by libavif and dav1d.
//!
//! A truncated file has no rows to show, because AV1 codes an image as a whole. It is broken, whatever the setting
//! says.
//!

use super::fault::broken;
use super::header::Header;
use crate::codec::libavif::{AvifDecoder, MAX_PIXELS};
use crate::container::avif::{self, MAX_FRAMES, Rectangle, Still};
use crate::error::Error;
use crate::kind::Kind;
use crate::orientation::Orientation;
use crate::raster::{Channels, Raster};

pub(super) fn header(source: &[u8]) -> Result<Header, Error> {
    let still = avif::read(source)?;
    let (orientation, canvases) = (orientation(&still), canvases(&still));
    let header = Header::still(Kind::Avif, still.aperture().size);
    Ok(Header { orientation, canvases, frames_in_file: still.frames, ..header })
}

pub(super) fn pixels(source: &[u8], max_pixels: u64) -> Result<Raster, Error> {
    let still = avif::read(source)?;
    within_limits(&still, max_pixels)?;
    let file = still.file(max_frames(&still, max_pixels))?;
    let mut decoder = open(&file, max_pixels)?;
    let size = still.size();
    if decoder.size() != (size.width, size.height) {
        return Err(broken(Kind::Avif)(&"the size of its data differs from that in its header"));
    }
    let channels = if still.has_alpha() { Channels::Rgba } else { Channels::Rgb };
    let mut raster = Raster::new(size, channels);
    decoder.decode(channels.count(), &mut raster.pixels).map_err(|reason| broken(Kind::Avif)(&reason))?;
    Ok(raster.cut(still.aperture()))
}

/// Checks the size of the coded image, which the header may understate. Tiles that reach beyond the image are decoded
/// and discarded: they may add a quarter of the pixels.
fn within_limits(still: &Still<'_>, max: u64) -> Result<(), Error> {
    let (size, canvases) = (still.size(), canvases(still));
    if size.pixels() * u64::from(canvases) > max {
        return Err(Error::TooManyPixels { size, canvases, max });
    }
    let size = still.decoded_size();
    if size.pixels() / 5 * 4 > max {
        return Err(Error::TooManyPixels { size, canvases: 1, max });
    }
    Ok(())
}

/// Returns the largest number of frames in the coded image: a decoder decodes all frames before the one that is shown,
/// and a few bytes repeat a frame. Together they may have twice the pixels of the limit.
fn max_frames(still: &Still<'_>, max: u64) -> usize {
    let frames = max.saturating_mul(2) / still.decoded_size().pixels().max(1);
    usize::try_from(frames).unwrap_or(MAX_FRAMES).clamp(1, MAX_FRAMES)
}

/// Returns how many images are held at once: the planes take as much memory as the pixels if their samples have two
/// bytes.
fn canvases(still: &Still<'_>) -> u32 {
    if still.depth() > 8 { 2 } else { 1 }
}

fn open(file: &[u8], max_pixels: u64) -> Result<AvifDecoder<'_>, Error> {
    AvifDecoder::new(file, max_pixels.min(MAX_PIXELS)).map_err(|reason| broken(Kind::Avif)(&reason))
}

/// Returns the rotation and mirroring of the container. EXIF orientation does not apply to AVIF (MIAF, ISO/IEC
/// 23000-22, 7.3.6.7).
fn orientation(still: &Still<'_>) -> Orientation {
    let turned = (0..still.quarters()).fold(Orientation::Upright, |turn, _| turn.then(Orientation::Rotate270));
    match still.mirror() {
        None => turned,
        Some(true) => turned.then(Orientation::FlipHorizontal),
        Some(false) => turned.then(Orientation::FlipVertical),
    }
}

impl Raster {
    /// Keeps a part of the pixels, which must lie within the image.
    fn cut(mut self, part: Rectangle) -> Raster {
        if part.size == self.size {
            return self;
        }
        let (stride, channels) = (self.stride(), self.channels.count());
        let (left, length) = (part.left as usize * channels, part.size.width as usize * channels);
        for row in 0..part.size.height as usize {
            let start = (part.top as usize + row) * stride + left;
            self.pixels.copy_within(start..start + length, row * length);
        }
        self.pixels.truncate(length * part.size.height as usize);
        Raster { size: part.size, ..self }
    }
}

//! Colour profiles: found in the file, applied to few pixels, gone from the output, which is sRGB.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use crate::container::jpeg::{APP2, SOS};
use crate::container::{jpeg, png, webp};
use crate::decode::avif;
use crate::kind::Kind;
use crate::raster::{Channels, Raster};

/// A profile larger than this is not read: printers' are half as large, and a compressed one can unfold to anything.
const MAX_BYTES: u64 = 4 << 20;

/// What a picture's numbers mean, where that is not sRGB.
pub(crate) struct Profile(ColorProfile);

impl Profile {
    /// Reads a picture's profile. One that is damaged counts as none, as in browsers.
    pub(crate) fn read(kind: Kind, source: &[u8]) -> Option<Profile> {
        let bytes = match kind {
            Kind::Jpeg => of_jpeg(source),
            Kind::Png => of_png(source),
            Kind::WebP => webp::chunks(source)
                .map_while(|chunk| chunk)
                .find(|chunk| chunk.name() == b"ICCP")
                .map(|chunk| chunk.content.to_vec()),
            Kind::Avif => avif::profile(source),
            Kind::Gif => None,
        }?;
        let profile = ColorProfile::new_from_slice(&bytes).ok()?;
        let is_ink = kind == Kind::Jpeg && jpeg::components(source)? > 3;
        // A profile of another kind than its picture says nothing about it.
        (is_ink == (profile.color_space == DataColorSpace::Cmyk)).then_some(Profile(profile))
    }

    /// CMYK, 0 for no ink, to sRGB.
    pub(crate) fn rgb_of_inks(&self, inks: &[u8]) -> Option<Vec<u8>> {
        if self.0.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let transform = self.to_srgb(Layout::Rgba, Layout::Rgb)?;
        let mut rgb = vec![0; inks.len() / 4 * 3];
        transform.transform(inks, &mut rgb).ok()?;
        Some(rgb)
    }

    fn to_srgb(&self, from: Layout, to: Layout) -> Option<std::sync::Arc<Transform8BitExecutor>> {
        self.0.create_transform_8bit(from, &ColorProfile::new_srgb(), to, TransformOptions::default()).ok()
    }
}

impl Raster {
    /// Brings the pixels to sRGB; without a profile that fits them, they are taken to be in it.
    pub(crate) fn apply_profile(self, profile: Option<&Profile>) -> Raster {
        profile.and_then(|profile| self.converted(profile)).unwrap_or(self)
    }

    fn converted(&self, profile: &Profile) -> Option<Raster> {
        let layout = match self.channels {
            Channels::Rgb => Layout::Rgb,
            Channels::Rgba => Layout::Rgba,
        };
        let count = self.channels.count();
        let mut pixels = vec![0; self.pixels.len()];
        match profile.0.color_space {
            DataColorSpace::Rgb => profile.to_srgb(layout, layout)?.transform(&self.pixels, &mut pixels).ok()?,
            DataColorSpace::Gray => {
                // Gray was decoded to three equal channels; a picture with others is none.
                if !self.pixels.chunks_exact(count).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]) {
                    return None;
                }
                let levels: Vec<u8> = (0..=255).collect();
                let mut table = [0; 256];
                profile.to_srgb(Layout::Gray, Layout::Gray)?.transform(&levels, &mut table).ok()?;
                for (to, from) in pixels.chunks_exact_mut(count).zip(self.pixels.chunks_exact(count)) {
                    to.copy_from_slice(from);
                    to[..3].fill(table[usize::from(from[0])]);
                }
            }
            _ => return None,
        }
        Some(Raster { size: self.size, channels: self.channels, pixels })
    }
}

/// Joins the numbered parts ("Specification ICC.1", annex B.4).
fn of_jpeg(source: &[u8]) -> Option<Vec<u8>> {
    let segments = jpeg::segments(source).map_while(|segment| segment).take_while(|segment| segment.marker != SOS);
    let mut parts: Vec<(u8, &[u8])> = segments
        .filter(|segment| segment.marker == APP2)
        .filter_map(|segment| segment.content().strip_prefix(b"ICC_PROFILE\0"))
        .filter_map(|part| Some((*part.first()?, part.get(2..)?)))
        .collect();
    parts.sort_by_key(|(number, _)| *number);
    (!parts.is_empty()).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
}

fn of_png(source: &[u8]) -> Option<Vec<u8>> {
    let mut chunks = png::chunks(source).map_while(|chunk| chunk);
    let content = chunks.find(|chunk| chunk.name() == b"iCCP")?.content();
    let name = content.iter().position(|byte| *byte == 0)?;
    // Behind the name stands the method, of which there is one.
    let compressed = content.get(name + 2..)?;
    let mut bytes = Vec::new();
    ZlibDecoder::new(compressed).take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
}

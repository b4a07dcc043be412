//! Resampling: Lanczos3 on premultiplied alpha.

use ridge_contract::Truncated;
use ridge_resample::{FilterType, Part, Samples, View};

use crate::error::Error;
use crate::plan::Crop;
use crate::raster::{Channels, Raster};
use crate::size::Size;

/// What the pipeline asks of a decoder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The part of the stored image that is kept.
    pub(crate) crop: Crop,
    /// The size to which the part will be resampled.
    pub(crate) size: Size,
    /// Whether `crop` is final. If it is not, the decoder gives the whole image.
    pub(crate) is_settled: bool,
    /// Whether the output is lossless, so that every difference of a pixel stays.
    pub(crate) is_lossless: bool,
    /// What to do with a truncated file; [`truncation::accept`](crate::truncation::accept) decides.
    pub(crate) truncated: Truncated,
}

impl Wanted {
    /// Returns how many pixels of the source become one, on the side where they are fewer.
    pub(crate) fn shrink(&self) -> f64 {
        f64::min(self.crop.width / f64::from(self.size.width), self.crop.height / f64::from(self.size.height))
    }
}

/// Decoded pixels, already reduced if the decoder can do so.
pub(crate) struct Decoded {
    pub(crate) raster: Raster,
    /// Whether colours are multiplied by alpha. That is done in place: a copy would double the memory of an image that
    /// is held whole.
    is_premultiplied: bool,
    state: State,
    /// Whether the original ends early, so that the last rows are missing.
    pub(crate) is_truncated: bool,
}

/// What has been done to decoded pixels.
enum State {
    /// Each pixel covers `1 / across` columns and `1 / down` rows of the source. That need not be the ratio of the
    /// sizes: a decoder may round the reduced size up, so that the last pixel covers less.
    Reduced { across: f64, down: f64 },
    /// The crop is applied and its height is resampled; `crop` is the remaining part.
    Lowered { crop: Crop },
}

impl Decoded {
    /// Wraps all pixels of the source.
    pub(crate) fn whole(raster: Raster) -> Decoded {
        Decoded::reduced(raster, 1.0, 1.0)
    }

    /// Wraps the whole source, reduced by the factors `across` and `down`, 0 to 1.
    pub(crate) fn reduced(raster: Raster, across: f64, down: f64) -> Decoded {
        Decoded { raster, is_premultiplied: false, state: State::Reduced { across, down }, is_truncated: false }
    }

    /// Wraps the rows of the target. `crop` is where its columns lie.
    pub(crate) fn lowered(raster: Raster, crop: Crop, is_premultiplied: bool) -> Decoded {
        Decoded { raster, is_premultiplied, state: State::Lowered { crop }, is_truncated: false }
    }

    /// Marks the pixels of a truncated file.
    pub(crate) fn truncated(self, is_truncated: bool) -> Decoded {
        Decoded { is_truncated, ..self }
    }

    /// Resamples `crop`, which is in pixels of the stored source.
    pub(crate) fn resize(mut self, crop: Crop, target: Size) -> Result<Raster, Error> {
        if self.is_scaled(crop, target) {
            self.premultiply()?;
        }
        let size = self.raster.size;
        let crop = match self.state {
            State::Reduced { across, down } => crop.scaled(across, down, size),
            State::Lowered { crop } => crop,
        };
        if size == target && crop == Crop::whole(size) {
            return if self.is_premultiplied { divided(self.raster) } else { Ok(self.raster) };
        }
        let resized = resample(&self.raster, crop, target, FilterType::Lanczos3)?;
        self.plain(resized)
    }

    /// Returns the whole image at this size, before `crop` is resampled to `target`.
    pub(crate) fn preview(&mut self, size: Size, crop: Crop, target: Size) -> Result<Raster, Error> {
        let whole = Crop::whole(self.raster.size);
        if self.raster.channels == Channels::Rgba && !self.is_scaled(crop, target) {
            // An image that is only cropped keeps its exact pixels: multiplied by alpha and divided again, they would
            // be rounded twice.
            let copy = multiplied(self.raster.clone())?;
            return divided(resample(&copy, whole, size, FilterType::Lanczos3)?);
        }
        self.premultiply()?;
        let small = resample(&self.raster, whole, size, FilterType::Lanczos3)?;
        self.plain(small)
    }

    /// Whether the target has other pixels than those that were decoded. Lowered pixels are already multiplied as
    /// needed.
    fn is_scaled(&self, crop: Crop, target: Size) -> bool {
        match self.state {
            State::Reduced { across, down } => {
                let crop = crop.scaled(across, down, self.raster.size);
                (crop.width, crop.height) != (f64::from(target.width), f64::from(target.height))
            }
            State::Lowered { .. } => false,
        }
    }

    fn premultiply(&mut self) -> Result<(), Error> {
        if self.raster.channels == Channels::Rgba && !self.is_premultiplied {
            let empty = Raster { size: self.raster.size, channels: Channels::Rgba, pixels: Vec::new() };
            self.raster = multiplied(std::mem::replace(&mut self.raster, empty))?;
            self.is_premultiplied = true;
        }
        Ok(())
    }

    /// Returns pixels that were resampled from these, with alpha divided out.
    fn plain(&self, made: Raster) -> Result<Raster, Error> {
        if self.is_premultiplied { divided(made) } else { Ok(made) }
    }
}

/// Resamples a part of an image whose colours are multiplied by alpha.
pub(crate) fn resample(raster: &Raster, crop: Crop, target: Size, filter: FilterType) -> Result<Raster, Error> {
    let mut resized = Raster::new(target, raster.channels);
    let samples = match raster.channels {
        Channels::One => Samples::One,
        Channels::Rgb => Samples::Three,
        Channels::Rgba => Samples::Four,
    };
    let size = raster.size;
    let source = View { width: size.width, height: size.height, pixels: &raster.pixels[..] };
    let part = Part { left: crop.left, top: crop.top, width: crop.width, height: crop.height };
    ridge_resample::resample(samples, source, part, view(&mut resized), filter)
        .map_err(|error| Error::Encoder(format!("resize {size} to {target}: {error}")))?;
    Ok(resized)
}

fn view(raster: &mut Raster) -> View<&mut [u8]> {
    View { width: raster.size.width, height: raster.size.height, pixels: &mut raster.pixels }
}

/// Multiplies colours by alpha.
pub(crate) fn multiplied(mut raster: Raster) -> Result<Raster, Error> {
    ridge_resample::multiply_alpha(view(&mut raster)).map_err(|error| of_alpha(&raster, &error))?;
    Ok(raster)
}

/// Divides colours by alpha.
pub(crate) fn divided(mut raster: Raster) -> Result<Raster, Error> {
    ridge_resample::divide_alpha(view(&mut raster)).map_err(|error| of_alpha(&raster, &error))?;
    Ok(raster)
}

fn of_alpha(raster: &Raster, error: &ridge_resample::Error) -> Error {
    Error::Encoder(format!("alpha of {}: {error}", raster.size))
}

impl Crop {
    /// Returns the same part in a reduced image of the size `reduced`, kept inside of it.
    pub(crate) fn scaled(self, across: f64, down: f64, reduced: Size) -> Crop {
        let (right, bottom) = (f64::from(reduced.width), f64::from(reduced.height));
        let (width, height) = ((self.width * across).min(right), (self.height * down).min(bottom));
        let left = (self.left * across).clamp(0.0, right - width);
        let top = (self.top * down).clamp(0.0, bottom - height);
        Crop { left, top, width, height }
    }
}

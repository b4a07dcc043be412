//! The images of a folder.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ridge_pixels::{Kind, Size};

use crate::jpeg;

/// The class of an image, on which the time for decoding depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    BaselineJpeg,
    ProgressiveJpeg,
    Png,
    PngWithAlpha,
    WebP,
    AnimatedGif,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::BaselineJpeg => "baseline JPEG",
            Class::ProgressiveJpeg => "progressive JPEG",
            Class::Png => "PNG",
            Class::PngWithAlpha => "PNG with alpha",
            Class::WebP => "WebP",
            Class::AnimatedGif => "animated GIF",
        })
    }
}

/// An image.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) class: Class,
    /// The size after the orientation has been applied.
    pub(crate) size: Size,
}

impl Source {
    /// Reads an image; `None` for a file that belongs to no class.
    pub(crate) fn read(path: PathBuf) -> anyhow::Result<Option<Source>> {
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let Ok(header) = ridge_pixels::recognise(&bytes).and_then(|kind| ridge_pixels::header(kind, &bytes)) else {
            return Ok(None);
        };
        let is_animated = header.frames > 1;
        let class = match header.kind {
            Kind::Jpeg if jpeg::is_progressive(&bytes) => Class::ProgressiveJpeg,
            Kind::Jpeg => Class::BaselineJpeg,
            // The colour type in the header chunk: 4 and 6 have alpha.
            Kind::Png if bytes.get(25).is_some_and(|kind| matches!(kind, 4 | 6)) => Class::PngWithAlpha,
            Kind::Png => Class::Png,
            Kind::WebP if !is_animated => Class::WebP,
            Kind::Gif if is_animated => Class::AnimatedGif,
            _ => return Ok(None),
        };
        Ok(Some(Source { path, class, size: header.upright() }))
    }

    pub(crate) fn is_photograph(&self) -> bool {
        matches!(self.class, Class::BaselineJpeg | Class::ProgressiveJpeg)
    }
}

/// Returns the images of a folder, sorted by name.
pub(crate) fn of_folder(folder: &Path) -> anyhow::Result<Vec<Source>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.into_iter().filter_map(|path| Source::read(path).transpose()).collect()
}

//! The cases of the comparison: variants, their sources, and the group in which a result counts.

use std::fmt;
use std::path::PathBuf;

use ridge_pixels::Size;

use crate::sources::{Class, Source};

/// The sizes of variants of a JPEG.
const JPEG_TARGETS: [Target; 3] = [Target::Cover(200), Target::Width(800), Target::Width(1600)];

/// Formats in the order of the report: first those that pages use most.
const JPEG_FORMATS: [&str; 4] = ["webp", "jpeg", "png", "avif"];

/// The size of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A square with this side, cropped.
    Cover(u32),
    /// This width, uncropped.
    Width(u32),
}

impl Target {
    /// Whether the target is smaller than an image of this size on both sides. Otherwise the image would only be
    /// encoded again, which says nothing about resizing.
    fn reduces(self, size: Size) -> bool {
        match self {
            Target::Cover(side) => size.width > side && size.height > side,
            Target::Width(width) => size.width > width,
        }
    }

    /// Whether both programs sample the source at the same positions; otherwise the score would punish sharp for the
    /// offset. The positions differ in three cases:
    ///
    /// * in a crop, because sharp rounds it to whole pixels;
    /// * if the height has to be rounded, because Ridge stretches to the rounded height while sharp keeps the scale of
    ///   the width;
    /// * if a decoder reduces the image and a fraction of a pixel remains at the edge, because sharp counts it as a
    ///   whole pixel.
    fn aligns(self, size: Size) -> bool {
        match self {
            Target::Cover(_) => false,
            Target::Width(width) => {
                let height = f64::from(size.height) * f64::from(width) / f64::from(size.width);
                let reduction = [8, 4, 2].into_iter().find(|by| size.width / by >= width).unwrap_or(1);
                (height - height.round()).abs() < 0.05
                    && size.width.is_multiple_of(reduction)
                    && size.height.is_multiple_of(reduction)
            }
        }
    }

    fn path(self) -> String {
        match self {
            Target::Cover(side) => format!("/w_{side}/h_{side}"),
            Target::Width(width) => format!("/w_{width}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Cover(side) => write!(f, "{side}×{side}"),
            Target::Width(width) => write!(f, "{width} wide"),
        }
    }
}

/// A group of cases whose results are reported together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) from: Class,
    pub(crate) format: &'static str,
    pub(crate) target: Target,
}

impl Group {
    /// Returns the sort key: by source, then by format, then by size.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        (self.from, JPEG_FORMATS.iter().position(|format| *format == self.format), self.target)
    }

    /// Returns a title such as "baseline JPEG → WebP".
    pub(crate) fn title(&self) -> String {
        let format = match self.format {
            "webp" => "WebP",
            "jpeg" => "JPEG",
            "png" => "PNG",
            "avif" => "AVIF",
            other => other,
        };
        format!("{} → {format}", self.from)
    }
}

/// One variant of one image.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) group: Group,
    pub(crate) source: PathBuf,
    /// The path of the variant, without a key.
    pub(crate) path: String,
    /// Whether the variant is scored: both programs sample the source at the same positions; see [`Target::aligns`].
    pub(crate) is_scored: bool,
}

impl Case {
    fn new(source: &Source, format: &'static str, target: Target) -> Case {
        let group = Group { from: source.class, format, target };
        let quality = match format {
            "webp" | "jpeg" => "/q_80",
            // The quality on Ridge's scale that gives as many bytes as sharp's default for AVIF.
            "avif" => "/q_55",
            _ => "",
        };
        Case {
            group,
            source: source.path.clone(),
            path: format!("{}{quality}/{format}", target.path()),
            is_scored: target.aligns(source.size) && source.class != Class::AnimatedGif,
        }
    }

    /// Returns the image's file name.
    pub(crate) fn name(&self) -> String {
        self.source.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} {}", self.group.title(), self.group.target, self.name(), self.path)
    }
}

/// Returns all cases of an image.
pub(crate) fn of(source: &Source) -> Vec<Case> {
    let asked: Vec<(&'static str, Target)> = match source.class {
        Class::BaselineJpeg | Class::ProgressiveJpeg => {
            JPEG_FORMATS.iter().flat_map(|format| JPEG_TARGETS.map(|target| (*format, target))).collect()
        }
        Class::Png | Class::PngWithAlpha | Class::WebP => vec![("webp", Target::Width(800))],
        Class::AnimatedGif => vec![("webp", Target::Width(320))],
    };
    let reduces = asked.into_iter().filter(|(_, target)| target.reduces(source.size));
    reduces.map(|(format, target)| Case::new(source, format, target)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aligned_pictures_are_scored() {
        for (width, height, target, expected) in [
            (4000, 3000, Target::Width(800), true),
            (5312, 2988, Target::Width(800), true),
            (6028, 3391, Target::Width(800), false),
            (1400, 932, Target::Width(800), false),
            (1622, 2433, Target::Width(800), false),
            (4000, 3000, Target::Cover(200), false),
        ] {
            let size = Size::new(width, height).unwrap();
            assert_eq!(target.aligns(size), expected, "{size} to {target}");
        }
    }

    #[test]
    fn nothing_is_asked_that_does_not_reduce() {
        let source = |width, height, class| Source { path: "a".into(), class, size: Size { width, height } };
        let paths = |source: &Source| of(source).into_iter().map(|case| case.path).collect::<Vec<_>>();
        let photo = source(1000, 150, Class::BaselineJpeg);
        assert_eq!(paths(&photo), ["/w_800/q_80/webp", "/w_800/q_80/jpeg", "/w_800/png", "/w_800/q_55/avif"]);
        assert!(of(&source(800, 800, Class::WebP)).is_empty());
    }
}

//! What is compared: which variants of which pictures, and in which group a result counts.

use std::fmt;
use std::path::PathBuf;

use ridge_pixels::Size;

use crate::sources::{Class, Source};

/// The sizes that are asked of a JPEG.
const JPEG_TARGETS: [Target; 3] = [Target::Cover(200), Target::Width(800), Target::Width(1600)];

/// What pages ask for first, then the others.
const JPEG_FORMATS: [&str; 4] = ["webp", "jpeg", "png", "avif"];

/// A size to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A square of this side, cropped.
    Cover(u32),
    /// This width, whole.
    Width(u32),
}

impl Target {
    /// Whether a picture of this size has more pixels both ways. One that has not is only encoded again, which says
    /// nothing of resizing.
    fn reduces(self, size: Size) -> bool {
        match self {
            Target::Cover(side) => size.width > side && size.height > side,
            Target::Width(width) => size.width > width,
        }
    }

    /// Whether both sides' pixels lie on the same places of the source; a score would punish sharp for what lies aside
    /// out of all proportion. It does in three cases: in a crop, which sharp rounds to whole pixels; where the height has
    /// to be rounded, which Ridge fills while sharp keeps the width's scale; and where a decoder that reduces on the way
    /// leaves a part of a pixel at the edge, which sharp counts as a whole one.
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

/// Results of one group are told together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) from: Class,
    pub(crate) format: &'static str,
    pub(crate) target: Target,
}

impl Group {
    /// By source, then by format, then by size.
    pub(crate) fn order(&self) -> impl Ord + use<> {
        (self.from, JPEG_FORMATS.iter().position(|format| *format == self.format), self.target)
    }

    /// Such as "baseline JPEG → WebP".
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

/// One variant of one picture.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) group: Group,
    pub(crate) source: PathBuf,
    /// The variant, without a key.
    pub(crate) path: String,
    /// Whether a likeness can be told: both sides make the same pixels of the same whole picture, see
    /// [`Target::aligns`].
    pub(crate) is_scored: bool,
}

impl Case {
    fn new(source: &Source, format: &'static str, target: Target) -> Case {
        let group = Group { from: source.class, format, target };
        let quality = match format {
            "webp" | "jpeg" => "/q_80",
            // On Ridge's scale, which is that of all formats, what gives as many bytes as sharp's default for AVIF.
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

    /// The picture's name.
    pub(crate) fn name(&self) -> String {
        self.source.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} {}", self.group.title(), self.group.target, self.name(), self.path)
    }
}

/// All cases of a picture.
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

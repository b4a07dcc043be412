//! Valid JPEG features that are not supported.

use std::borrow::Cow;

use crate::container::jpeg::{self, SOF55};

/// The marker of a hierarchical progression (ITU-T T.81, B.3.2).
const DHP: u8 = 0xde;

/// Returns the unsupported feature of a file, as a noun.
pub(super) fn unsupported(source: &[u8]) -> Option<Cow<'static, str>> {
    if jpeg::head(source).any(|segment| segment.marker == DHP) {
        return Some("hierarchical coding".into());
    }
    let frame = jpeg::frame(source)?;
    let coding = match frame.marker {
        0xc5..=0xc7 | 0xcd..=0xcf => "hierarchical coding",
        0xcb => "lossless arithmetic coding",
        SOF55 => "JPEG-LS coding",
        _ => "",
    };
    if !coding.is_empty() {
        return Some(coding.into());
    }
    let [precision, high, low, _, _, components, ..] = *frame.content() else { return None };
    if precision != 8 {
        return Some(format!("{precision} bits per sample").into());
    }
    if (high, low) == (0, 0) {
        return Some("a height in a DNL segment".into());
    }
    (components > 4).then(|| format!("{components} components").into())
}

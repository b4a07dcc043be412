//! The error for features that are not supported.

/// Returns [`Error::Unsupported`](crate::error::Error::Unsupported) with a formatted feature.
macro_rules! unsupported {
    ($($feature:tt)*) => {
        $crate::error::Error::Unsupported { kind: $crate::kind::Kind::Tiff.name(), feature: format!($($feature)*).into() }
    };
}
pub(super) use unsupported;

//! Files made to do harm: what they declare is not what they contain.

mod gif;
mod jpeg;
mod other;
mod png;
mod webp;

/// A payload that must not appear in the output.
pub(crate) const PAYLOAD: &str = "<script>alert(1)</script>";

/// The required result for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// An image.
    Show,
    /// One of these statuses.
    Refuse(&'static [u16]),
    /// An image, or an error that says that the file is broken.
    Either,
    /// 413 for the animation; an image or an error for its first frame.
    RefuseFrames,
}

pub(crate) struct Bomb {
    /// What the file tries, which is also its name.
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) must: Must,
}

pub(crate) const TOO_LARGE: Must = Must::Refuse(&[413]);
pub(crate) const BROKEN: Must = Must::Refuse(&[422]);
pub(crate) const NOT_READ: Must = Must::Refuse(&[415]);
/// Which of the two a decoder finds first is its own choice.
pub(crate) const LARGE_OR_BROKEN: Must = Must::Refuse(&[413, 422]);

pub(crate) fn all() -> Vec<Bomb> {
    [png::bombs(), gif::bombs(), jpeg::bombs(), webp::bombs(), other::bombs()].into_iter().flatten().collect()
}

fn bomb(name: &'static str, bytes: Vec<u8>, must: Must) -> Bomb {
    Bomb { name, bytes, must }
}

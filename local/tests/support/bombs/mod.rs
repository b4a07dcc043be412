//! Files made to do harm: what they declare is not what they hold.

mod gif;
mod jpeg;
mod other;
mod png;
mod webp;

/// What must not come out again.
pub(crate) const PAYLOAD: &str = "<script>alert(1)</script>";

/// What a file must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// A picture.
    Show,
    /// One of these statuses.
    Refuse(&'static [u16]),
    /// A picture, or an error that says that it is broken.
    Either,
    /// As an animation 413; its first frame, either.
    RefuseFrames,
}

pub(crate) struct Bomb {
    /// What it tries; also its file's name.
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) must: Must,
}

pub(crate) const TOO_LARGE: Must = Must::Refuse(&[413]);
pub(crate) const BROKEN: Must = Must::Refuse(&[422]);
pub(crate) const NOT_READ: Must = Must::Refuse(&[415]);
/// Which of the two comes first is the decoder's affair.
pub(crate) const LARGE_OR_BROKEN: Must = Must::Refuse(&[413, 422]);

pub(crate) fn all() -> Vec<Bomb> {
    [png::bombs(), gif::bombs(), jpeg::bombs(), webp::bombs(), other::bombs()].into_iter().flatten().collect()
}

fn bomb(name: &'static str, bytes: Vec<u8>, must: Must) -> Bomb {
    Bomb { name, bytes, must }
}

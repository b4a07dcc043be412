//! C codecs behind safe functions. The only place for `unsafe`.

pub(crate) mod libwebp;
pub(crate) mod libwebp_animation;

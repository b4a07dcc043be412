//! What fuzzing checks: one function for each target, with the seeds it begins from.
//!
//! Each holds its input against laws, and panics where one is broken. The fuzzer calls them with its own inputs, and the
//! test `replay` with the seeds, with what fuzzing found before, and with changes of both.
#![warn(clippy::missing_errors_doc)]

mod accept;
mod config;
mod decode;
mod event;
mod images;
mod jpeg;
mod path;
mod policies;
mod query;
mod seeds;
mod signature;
mod text;

pub use accept::check as accept;
pub use config::check as config;
pub use event::check as event;
pub use jpeg::check as jpeg;
pub use path::check as path;
pub use query::check as query;
pub use signature::check as signature;

use ridge_pixels::Kind;

/// One target of the fuzzer.
pub struct Target {
    /// Its name, and that of its folders.
    pub name: &'static str,
    /// Panics where a law is broken; `None` for an input that the target is not about.
    pub check: fn(&[u8]) -> Option<()>,
    /// What to begin from, each worth keeping.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The file in `dictionaries/`, without `.dict`.
    pub dictionary: &'static str,
    /// Longest input, in bytes.
    pub max_len: usize,
}

/// What a language needs for its longest sentence.
const LINE: usize = 2048;
/// Events and configurations.
const DOCUMENT: usize = 8192;
/// Small images have all that large ones have.
const FILE: usize = 16_384;

/// All targets.
pub const TARGETS: [Target; 14] = [
    Target { name: "query", check: query, seeds: seeds::query, dictionary: "grammar", max_len: LINE },
    Target { name: "path", check: path, seeds: seeds::path, dictionary: "grammar", max_len: LINE },
    Target { name: "signature", check: signature, seeds: seeds::signature, dictionary: "grammar", max_len: LINE },
    Target { name: "accept", check: accept, seeds: seeds::accept, dictionary: "accept", max_len: LINE },
    Target { name: "event", check: event, seeds: seeds::event, dictionary: "event", max_len: DOCUMENT },
    Target { name: "config", check: config, seeds: seeds::config, dictionary: "config", max_len: DOCUMENT },
    Target { name: "jpeg", check: jpeg, seeds: seeds::jpeg, dictionary: "jpeg", max_len: FILE },
    Target { name: "decode-jpeg", check: decode_jpeg, seeds: seeds::decode_jpeg, dictionary: "jpeg", max_len: FILE },
    Target { name: "decode-png", check: decode_png, seeds: seeds::decode_png, dictionary: "png", max_len: FILE },
    Target { name: "decode-gif", check: decode_gif, seeds: seeds::decode_gif, dictionary: "gif", max_len: FILE },
    Target { name: "decode-webp", check: decode_webp, seeds: seeds::decode_webp, dictionary: "webp", max_len: FILE },
    Target { name: "decode-avif", check: decode_avif, seeds: seeds::decode_avif, dictionary: "avif", max_len: FILE },
    Target { name: "decode-tiff", check: decode_tiff, seeds: seeds::decode_tiff, dictionary: "tiff", max_len: FILE },
    Target { name: "decode-bmp", check: decode_bmp, seeds: seeds::decode_bmp, dictionary: "bmp", max_len: FILE },
];

macro_rules! decode {
    ($($name:ident: $kind:ident;)*) => {$(
        #[doc = concat!("[`Kind::", stringify!($kind), "`] through the pipeline.")]
        pub fn $name(data: &[u8]) -> Option<()> {
            decode::check(Kind::$kind, data)
        }
    )*};
}

decode! {
    decode_jpeg: Jpeg;
    decode_png: Png;
    decode_gif: Gif;
    decode_webp: WebP;
    decode_avif: Avif;
    decode_tiff: Tiff;
    decode_bmp: Bmp;
}

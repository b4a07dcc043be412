//! The checks of the fuzz targets: one function for each target, with its seeds.
//!
//! Each function checks its input against laws, and panics where one is broken. The fuzzer calls them with its own
//! inputs, the test `replay` with the seeds, with earlier findings, and with mutations of both.

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

/// A target of the fuzzer.
pub struct Target {
    /// The name of the target and of its folders.
    pub name: &'static str,
    /// Checks an input: panics if a law is broken, and returns `None` for an input that the target does not test.
    pub check: fn(&[u8]) -> Option<()>,
    /// The initial corpus; each seed is tested by the target.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The name of the file in `dictionaries/`, without `.dict`.
    pub dictionary: &'static str,
    /// Longest input, in bytes.
    pub max_len: usize,
}

/// Longest query, path or header, in bytes.
const LINE: usize = 2048;
/// Longest event or configuration, in bytes.
const DOCUMENT: usize = 8192;
/// Longest image in bytes. Small images have all features of large ones.
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

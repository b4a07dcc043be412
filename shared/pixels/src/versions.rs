//! Versions of the C libraries.

use crate::codec::{libavif, libwebp};

/// Returns the name and version of each linked C library, as the library reports it. libjpeg-turbo has no function that
/// returns its version.
pub fn linked_versions() -> Vec<(String, String)> {
    let (own, codecs) = libavif::versions();
    // `dav1d [dec]:1.4.3, aom [enc/dec]:v3.11.0`
    let codecs = codecs.split(", ").filter_map(|codec| {
        let (name, version) = codec.split_once(':')?;
        let name = match name.split(' ').next()? {
            "aom" => "libaom",
            other => other,
        };
        Some((name.to_owned(), version.trim_start_matches('v').to_owned()))
    });
    let of_webp = [("libwebp".to_owned(), libwebp::version()), ("libavif".to_owned(), own)];
    of_webp.into_iter().chain(codecs).collect()
}

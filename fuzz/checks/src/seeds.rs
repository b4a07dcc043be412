//! The seeds of each target: lines of text, or small images in every input format.

use crate::images;
use crate::policies::{SECRETS, keys};
use crate::signature::NOW;

/// Returns the lines of a file as seeds.
fn lines(text: &str) -> Vec<Vec<u8>> {
    text.lines().map(|line| line.as_bytes().to_vec()).collect()
}

pub(crate) fn query() -> Vec<Vec<u8>> {
    lines(include_str!("../../seeds/query.txt"))
}

pub(crate) fn path() -> Vec<Vec<u8>> {
    lines(include_str!("../../seeds/path.txt"))
}

pub(crate) fn accept() -> Vec<Vec<u8>> {
    lines(include_str!("../../seeds/accept.txt"))
}

/// Returns each URL without and with its signature.
pub(crate) fn signature() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for line in include_str!("../../seeds/signature.txt").lines() {
        let (url, path) = line.split_once(' ').expect("a URL and what is signed of it");
        seeds.push(url.to_owned());
        for (secrets, id) in [([SECRETS[0]], "a"), ([SECRETS[1]], "b")] {
            let signed = keys(&secrets).sign(path, NOW + 1).expect("there is a key");
            let joint = if url.contains('?') { '&' } else { '?' };
            seeds.push(format!("{url}{joint}{}", signed.replace("sig=a.", &format!("sig={id}."))));
        }
    }
    seeds.into_iter().map(String::into_bytes).collect()
}

pub(crate) fn event() -> Vec<Vec<u8>> {
    let mut seeds = lines(include_str!("../../seeds/event.txt"));
    seeds.push(include_bytes!("../../../testdata/events/viewer-request.json").to_vec());
    seeds.push(include_bytes!("../../../testdata/events/origin-response.json").to_vec());
    seeds
}

pub(crate) fn config() -> Vec<Vec<u8>> {
    let mut seeds = lines(include_str!("../../seeds/config.txt"));
    seeds.push(include_bytes!("../../../ridge.json").to_vec());
    seeds.push(include_bytes!("../../../ridge.sample.json").to_vec());
    seeds
}

/// Returns each file after the byte for its scale: 1/8, 4/8, 8/8, 8/8 with subsampled chroma, and 4/8 with chroma at
/// 2/8 by 1/8.
pub(crate) fn jpeg() -> Vec<Vec<u8>> {
    images::jpeg().iter().flat_map(|file| [0, 3, 7, 15, 0x1b].map(|scale| [&[scale], &file[..]].concat())).collect()
}

/// Returns each file after the two bytes that choose a variant: small, in another format; turned; padded; cropped by
/// `g=smart`; unchanged; described.
fn chosen(files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    const CHOICES: [[u8; 2]; 7] =
        [[0x00, 0x00], [0x49, 0x0a], [0xd4, 0x11], [0x1c, 0x05], [0x27, 0x80], [0x2f, 0x01], [0x71, 0x04]];
    files.iter().flat_map(|file| CHOICES.map(|choice| [&choice, &file[..]].concat())).collect()
}

macro_rules! images {
    ($($name:ident: $files:path;)*) => {$(
        pub(crate) fn $name() -> Vec<Vec<u8>> {
            chosen($files())
        }
    )*};
}

images! {
    decode_jpeg: images::jpeg;
    decode_png: images::png;
    decode_gif: images::gif;
    decode_webp: images::webp;
    decode_avif: images::avif;
    decode_tiff: images::tiff;
    decode_bmp: images::bmp;
}

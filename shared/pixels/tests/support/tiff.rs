//! TIFF files built by hand: the directory first, then its values, then strips or tiles.

use std::collections::BTreeMap;

pub(crate) const BYTE: u16 = 1;
pub(crate) const SHORT: u16 = 3;
pub(crate) const LONG: u16 = 4;

#[derive(Clone)]
pub(crate) struct Tiff {
    is_little: bool,
    is_big: bool,
    tags: BTreeMap<u16, (u16, Vec<u64>)>,
    parts: Vec<Vec<u8>>,
    is_tiled: bool,
}

impl Tiff {
    /// Uncompressed, in one strip.
    pub(crate) fn new(width: u64, height: u64, photometric: u64, bits: u64, samples: u64, pixels: &[u8]) -> Tiff {
        let tiff = Tiff {
            is_little: true,
            is_big: false,
            tags: BTreeMap::new(),
            parts: vec![pixels.to_vec()],
            is_tiled: false,
        };
        tiff.tag(256, LONG, &[width])
            .tag(257, LONG, &[height])
            .tag(258, SHORT, &vec![bits; samples as usize])
            .tag(259, SHORT, &[1])
            .tag(262, SHORT, &[photometric])
            .tag(277, SHORT, &[samples])
            .tag(278, LONG, &[height])
    }

    pub(crate) fn stored(self, is_little: bool, is_big: bool) -> Tiff {
        Tiff { is_little, is_big, ..self }
    }

    pub(crate) fn tag(mut self, tag: u16, kind: u16, numbers: &[u64]) -> Tiff {
        self.tags.insert(tag, (kind, numbers.to_vec()));
        self
    }

    pub(crate) fn bytes_tag(self, tag: u16, bytes: &[u8]) -> Tiff {
        let numbers: Vec<u64> = bytes.iter().map(|byte| u64::from(*byte)).collect();
        self.tag(tag, BYTE, &numbers)
    }

    pub(crate) fn strips(mut self, rows: u64, parts: Vec<Vec<u8>>) -> Tiff {
        self.parts = parts;
        self.tag(278, LONG, &[rows])
    }

    pub(crate) fn tiles(mut self, width: u64, height: u64, parts: Vec<Vec<u8>>) -> Tiff {
        self.tags.remove(&278);
        self.parts = parts;
        self.is_tiled = true;
        self.tag(322, LONG, &[width]).tag(323, LONG, &[height])
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let (offsets, lengths) = if self.is_tiled { (324, 325) } else { (273, 279) };
        let mut tags = self.tags.clone();
        let sizes: Vec<u64> = self.parts.iter().map(|part| part.len() as u64).collect();
        tags.insert(lengths, (LONG, sizes.clone()));
        tags.insert(offsets, (LONG, vec![0; sizes.len()]));
        let (header, entry, inline) = if self.is_big { (16, 20, 8) } else { (8, 12, 4) };
        let width = |kind: u16| [0, 1, 1, 2, 4][usize::from(kind)];
        let outside = |kind: u16, numbers: &Vec<u64>| {
            let length = numbers.len() * width(kind);
            if length > inline { length } else { 0 }
        };
        let directory = if self.is_big { 8 + 8 } else { 2 + 4 } + tags.len() * entry;
        let values: usize = tags.values().map(|(kind, numbers)| outside(*kind, numbers)).sum();
        let mut start = (header + directory + values) as u64;
        let places: Vec<u64> = sizes
            .iter()
            .map(|size| {
                start += size;
                start - size
            })
            .collect();
        tags.insert(offsets, (LONG, places));

        let mut file = if self.is_little { b"II".to_vec() } else { b"MM".to_vec() };
        self.put(&mut file, if self.is_big { 43 } else { 42 }, 2);
        if self.is_big {
            self.put(&mut file, 8, 2);
            self.put(&mut file, 0, 2);
        }
        self.put(&mut file, header as u64, inline);
        self.put(&mut file, tags.len() as u64, if self.is_big { 8 } else { 2 });
        let mut outer = Vec::new();
        for (tag, (kind, numbers)) in &tags {
            self.put(&mut file, u64::from(*tag), 2);
            self.put(&mut file, u64::from(*kind), 2);
            self.put(&mut file, numbers.len() as u64, inline);
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| self.put(&mut bytes, *number, width(*kind)));
            if bytes.len() > inline {
                self.put(&mut file, (header + directory + outer.len()) as u64, inline);
                outer.extend(bytes);
            } else {
                bytes.resize(inline, 0);
                file.extend(bytes);
            }
        }
        self.put(&mut file, 0, inline);
        file.extend(outer);
        self.parts.iter().for_each(|part| file.extend(part));
        file
    }

    fn put(&self, to: &mut Vec<u8>, number: u64, width: usize) {
        if self.is_little {
            to.extend(&number.to_le_bytes()[..width]);
        } else {
            to.extend(&number.to_be_bytes()[8 - width..]);
        }
    }
}

/// 19 by 11 pixels, which is a multiple neither of a byte's bits nor of a tile.
pub(crate) fn image() -> image::RgbImage {
    super::gradient(19, 11)
}

/// The image as an uncompressed file of 8-bit RGB.
pub(crate) fn rgb() -> Tiff {
    Tiff::new(19, 11, 2, 8, 3, image().as_raw())
}

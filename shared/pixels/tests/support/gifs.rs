//! GIF files built by hand, valid and invalid.

use weezl::BitOrder;
use weezl::encode::Encoder;

/// Red, green, blue and yellow.
pub(crate) const FOUR: [[u8; 3]; 4] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]];

pub(crate) struct Gif {
    pub(crate) screen: (u16, u16),
    /// The palette of 4 colours; empty for none.
    pub(crate) palette: Vec<[u8; 3]>,
    pub(crate) frames: Vec<Part>,
}

/// An image with its control extension.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) place: (u16, u16),
    pub(crate) size: (u16, u16),
    pub(crate) palette: Vec<[u8; 3]>,
    pub(crate) transparent: Option<u8>,
    pub(crate) is_interlaced: bool,
    /// The LZW stream, without sub-blocks.
    pub(crate) data: Vec<u8>,
}

impl Part {
    /// Codes one index of 2 bits for each pixel.
    pub(crate) fn new(width: u16, height: u16, indices: &[u8]) -> Part {
        let data = Encoder::new(BitOrder::Lsb, 2).encode(indices).unwrap();
        let (place, size, palette) = ((0, 0), (width, height), Vec::new());
        Part { place, size, palette, transparent: None, is_interlaced: false, data }
    }

    /// A frame of one colour.
    pub(crate) fn plain(width: u16, height: u16, index: u8) -> Part {
        Part::new(width, height, &vec![index; usize::from(width) * usize::from(height)])
    }
}

impl Gif {
    /// Adds a palette of [`FOUR`] colours.
    pub(crate) fn new(width: u16, height: u16, frames: Vec<Part>) -> Gif {
        Gif { screen: (width, height), palette: FOUR.to_vec(), frames }
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let mut file = b"GIF89a".to_vec();
        put(&mut file, &[self.screen.0, self.screen.1]);
        file.extend([flags(&self.palette), 0, 0]);
        file.extend(self.palette.concat());
        for frame in &self.frames {
            let transparent = frame.transparent.map_or([0, 0], |index| [1, index]);
            file.extend([0x21, 0xf9, 4, transparent[0], 10, 0, transparent[1], 0, 0x2c]);
            put(&mut file, &[frame.place.0, frame.place.1, frame.size.0, frame.size.1]);
            file.push(flags(&frame.palette) | u8::from(frame.is_interlaced) << 6);
            file.extend(frame.palette.concat());
            file.push(2);
            for block in frame.data.chunks(255) {
                file.push(block.len() as u8);
                file.extend(block);
            }
            file.push(0);
        }
        file.push(0x3b);
        file
    }
}

fn flags(palette: &[[u8; 3]]) -> u8 {
    if palette.is_empty() { 0 } else { 0x81 }
}

fn put(file: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| file.extend(number.to_le_bytes()));
}

//! BMP files by hand.

pub(crate) struct Bmp {
    pub(crate) width: u32,
    /// Negative when rows go from top to bottom.
    pub(crate) height: i32,
    pub(crate) bits: u16,
    /// 0 none, 1 and 2 run lengths, 3 bit fields.
    pub(crate) compression: u32,
    /// Blue, green, red, 0 each.
    pub(crate) palette: Vec<u8>,
    /// Red, green, blue, alpha; with these it has the header of Windows 95.
    pub(crate) masks: Option<[u32; 4]>,
    pub(crate) data: Vec<u8>,
}

impl Bmp {
    /// `rows` go from top to bottom; they are stored the other way round, and padded.
    pub(crate) fn new(width: u32, height: u32, bits: u16, rows: Vec<Vec<u8>>) -> Bmp {
        let mut data = Vec::new();
        for mut row in rows.into_iter().rev() {
            row.resize(row.len().next_multiple_of(4), 0);
            data.extend(row);
        }
        Bmp { width, height: height as i32, bits, compression: 0, palette: Vec::new(), masks: None, data }
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let header: u32 = if self.masks.is_some() { 108 } else { 40 };
        let offset = 14 + header + self.palette.len() as u32;
        let mut file = b"BM".to_vec();
        for number in [offset + self.data.len() as u32, 0, offset, header, self.width] {
            file.extend(number.to_le_bytes());
        }
        file.extend(self.height.to_le_bytes());
        file.extend(1u16.to_le_bytes());
        file.extend(self.bits.to_le_bytes());
        let colours = self.palette.len() as u32 / 4;
        for number in [self.compression, self.data.len() as u32, 2835, 2835, colours, 0] {
            file.extend(number.to_le_bytes());
        }
        for mask in self.masks.into_iter().flatten() {
            file.extend(mask.to_le_bytes());
        }
        file.resize(14 + header as usize, 0);
        file.extend(&self.palette);
        file.extend(&self.data);
        file
    }
}

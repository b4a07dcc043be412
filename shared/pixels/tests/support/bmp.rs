//! BMP files built by hand.

pub(crate) struct Bmp {
    pub(crate) width: u32,
    /// Negative for rows from top to bottom.
    pub(crate) height: i32,
    pub(crate) bits: u16,
    /// Bytes of the bitmap header, unless it is the one that the masks need.
    pub(crate) header: Option<u32>,
    /// 0 for none, 1 and 2 for run lengths, 3 and 6 for masks.
    pub(crate) compression: u32,
    /// Blue, green, red and 0 of each colour.
    pub(crate) palette: Vec<u8>,
    /// An ICC profile, which needs the header of Windows 98.
    pub(crate) profile: Vec<u8>,
    /// Masks of red, green, blue and alpha, which need the header of Windows 95.
    pub(crate) masks: Option<[u32; 4]>,
    pub(crate) data: Vec<u8>,
}

impl Bmp {
    /// `rows` are from top to bottom; they are stored bottom-up and padded.
    pub(crate) fn new(width: u32, height: u32, bits: u16, rows: Vec<Vec<u8>>) -> Bmp {
        let mut data = Vec::new();
        for mut row in rows.into_iter().rev() {
            row.resize(row.len().next_multiple_of(4), 0);
            data.extend(row);
        }
        let (palette, profile) = (Vec::new(), Vec::new());
        Bmp { width, height: height as i32, bits, header: None, compression: 0, palette, profile, masks: None, data }
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let usual = if !self.profile.is_empty() { 124 } else { 40 + 68 * u32::from(self.masks.is_some()) };
        let header = self.header.unwrap_or(usual);
        // Masks that do not fit into the header come after it.
        let behind = if self.masks.is_some() && header == 40 { 16 } else { 0 };
        let offset = 14 + header + behind + self.palette.len() as u32;
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
        file.resize(14 + (header + behind) as usize, 0);
        if !self.profile.is_empty() {
            file[70..74].copy_from_slice(b"DEBM");
            file[126..130].copy_from_slice(&(offset - 14 + self.data.len() as u32).to_le_bytes());
            file[130..134].copy_from_slice(&(self.profile.len() as u32).to_le_bytes());
        }
        file.extend(&self.palette);
        file.extend(&self.data);
        file.extend(&self.profile);
        file
    }
}

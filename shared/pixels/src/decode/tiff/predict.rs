//! Byte order and predictors ("TIFF Revision 6.0", section 14; "TIFF Technical Note 3").

/// How samples are stored as differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    /// Differences from the pixel to the left.
    Horizontal,
    /// The same for bytes, the highest bytes of all samples first.
    Float,
}

/// Restores the samples of a row, with their lowest byte first. `count` is the number of samples of a pixel in the row.
pub(super) fn restore(row: &mut [u8], bits: u8, count: usize, is_little: bool, predictor: Predictor) {
    let width = usize::from(bits.div_ceil(8));
    if predictor == Predictor::Float {
        return restore_float(row, width, count);
    }
    if !is_little && width > 1 {
        row.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    if predictor == Predictor::None {
        return;
    }
    let back = width * count;
    for at in (back..row.len().saturating_sub(width - 1)).step_by(width) {
        let mut carry = 0;
        for byte in at..at + width {
            let sum = u16::from(row[byte]) + u16::from(row[byte - back]) + carry;
            (row[byte], carry) = (sum as u8, sum >> 8);
        }
    }
}

fn restore_float(row: &mut [u8], width: usize, count: usize) {
    for at in count..row.len() {
        row[at] = row[at].wrapping_add(row[at - count]);
    }
    let planes = row.to_vec();
    let samples = row.len() / width;
    for (index, sample) in row.chunks_exact_mut(width).enumerate() {
        for (byte, to) in sample.iter_mut().rev().enumerate() {
            *to = planes[byte * samples + index];
        }
    }
}

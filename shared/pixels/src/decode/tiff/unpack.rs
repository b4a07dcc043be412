//! Decompression of strips and tiles, also of truncated ones ("TIFF Revision 6.0", sections 9 to 13).

use std::borrow::Cow;
use std::convert::Infallible;
use std::io::Read;

use fax::decoder::{DecodeStatus, Group3Decoder, Group4Decoder};
use fax::{Color, decoder};
use flate2::read::ZlibDecoder;
use weezl::BitOrder;
use weezl::decode::Configuration;

use super::super::lzw;
use super::tags::TiffCompression;

/// Decompresses until `out` is full, and returns the number of bytes. `columns` is the number of pixels of a row, which
/// fax compression does not store.
pub(super) fn unpack(compression: TiffCompression, data: &[u8], columns: u32, out: &mut [u8]) -> usize {
    match compression {
        TiffCompression::None => {
            let length = data.len().min(out.len());
            out[..length].copy_from_slice(&data[..length]);
            length
        }
        TiffCompression::Lzw => lzw::unpack(lzw_of(data), [data], out).bytes,
        TiffCompression::Deflate => fill(ZlibDecoder::new(data), out),
        TiffCompression::PackBits => pack_bits(data, out),
        TiffCompression::Group3 => {
            let Ok(mut decoder) = Group3Decoder::new(bytes(data)) else { return 0 };
            let mut is_over = false;
            lines(columns, out, || {
                if is_over {
                    return None;
                }
                is_over = match decoder.advance() {
                    Ok(status) => status == DecodeStatus::End,
                    // Many files have no end-of-line code after the last row.
                    Err(_) if decoder.transitions().last().copied().map(u32::from) == Some(columns) => true,
                    Err(_) => return None,
                };
                Some(decoder.transitions().to_vec())
            })
        }
        TiffCompression::Group4 => {
            let Ok(mut decoder) = Group4Decoder::new(bytes(data), u16::try_from(columns).unwrap_or(u16::MAX));
            let mut is_over = false;
            lines(columns, out, || {
                is_over |= decoder.advance().ok()? == DecodeStatus::End;
                // Encoders may leave out white rows at the end.
                Some(if is_over { Vec::new() } else { decoder.transition().to_vec() })
            })
        }
        // libjpeg-turbo reads these chunks.
        TiffCompression::Jpeg => 0,
    }
}

/// Returns the data with the highest bit of each byte first (tag `FillOrder`).
pub(super) fn ordered(data: &[u8], is_reversed: bool) -> Cow<'_, [u8]> {
    if is_reversed { data.iter().map(|byte| byte.reverse_bits()).collect() } else { Cow::Borrowed(data) }
}

/// Writers before 1990 used the bit order of GIF. libtiff recognises them by the first code, which clears the table.
fn lzw_of(data: &[u8]) -> Configuration {
    match data {
        [0, second, ..] if second & 1 == 1 => Configuration::new(BitOrder::Lsb, 8),
        _ => Configuration::with_tiff_size_switch(BitOrder::Msb, 8),
    }
}

fn fill(mut reader: impl Read, out: &mut [u8]) -> usize {
    let mut there = 0;
    while there < out.len() {
        match reader.read(&mut out[there..]) {
            Ok(0) | Err(_) => break,
            Ok(length) => there += length,
        }
    }
    there
}

fn pack_bits(mut data: &[u8], out: &mut [u8]) -> usize {
    let mut there = 0;
    while let Some((head, rest)) = data.split_first()
        && there < out.len()
    {
        let room = &mut out[there..];
        let (length, taken) = match *head as i8 {
            // No operation.
            -128 => (0, 0),
            head @ 0.. => {
                let length = (head as usize + 1).min(rest.len()).min(room.len());
                room[..length].copy_from_slice(&rest[..length]);
                (length, length)
            }
            head => {
                let Some(byte) = rest.first() else { break };
                let length = (usize::from(head.unsigned_abs()) + 1).min(room.len());
                room[..length].fill(*byte);
                (length, 1)
            }
        };
        there += length;
        data = &rest[taken..];
    }
    there
}

fn bytes(data: &[u8]) -> impl Iterator<Item = Result<u8, Infallible>> {
    data.iter().copied().map(Ok)
}

/// Writes rows as bits, 1 for black, from the columns where colours change.
fn lines(columns: u32, out: &mut [u8], mut next: impl FnMut() -> Option<Vec<u16>>) -> usize {
    let Ok(columns) = u16::try_from(columns) else { return 0 };
    let length = usize::from(columns).div_ceil(8);
    let mut there = 0;
    for row in out.chunks_exact_mut(length) {
        let Some(changes) = next() else { break };
        for (x, color) in decoder::pels(&changes, columns).enumerate() {
            row[x / 8] |= u8::from(color == Color::Black) << (7 - x % 8);
        }
        there += length;
    }
    there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pack_bits_by_the_specifications_example() {
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let plain = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut out = [0; 24];
        assert_eq!((pack_bits(&packed, &mut out), out), (24, plain));
        assert_eq!(pack_bits(&packed[..4], &mut out), 4, "cut within a literal");
        assert_eq!(pack_bits(&packed[..1], &mut out), 0, "cut before a repeated byte");
        assert_eq!(pack_bits(&[0x80, 0x80, 0, 7], &mut out), 1, "what does nothing");
    }
}

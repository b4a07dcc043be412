//! Damaged, truncated and hostile TIFF and BMP files: an error or an image, never a panic, and never much memory.

use ridge_pixels::{Error, Kind, header};

use crate::support::tiff::{LONG, SHORT, Tiff};
use crate::support::{bmp, gradient, jpeg, make, tiff, within_memory};

/// One file for each path through the decoder.
fn tiffs() -> Vec<Vec<u8>> {
    let image = gradient(24, 16);
    let jpeg = jpeg(&image);
    let tiles = vec![vec![7; 16 * 16 * 3]; 2];
    let palette: Vec<u64> = (0..48).map(|level| level * 1365).collect();
    let rgb = Tiff::new(24, 16, 2, 8, 3, image.as_raw());
    let planes: Vec<Vec<u8>> = (0..3).map(|channel| image.pixels().map(|pixel| pixel[channel]).collect()).collect();
    vec![
        rgb.clone().stored(false, true).file(),
        rgb.clone().tiles(16, 16, tiles).stored(true, true).file(),
        rgb.clone().tag(284, SHORT, &[2]).strips(16, planes).file(),
        Tiff::new(24, 16, 6, 8, 3, &jpeg).tag(259, SHORT, &[7]).file(),
        Tiff::new(24, 16, 3, 4, 1, &[0x1f; 24 * 16 / 2]).tag(320, SHORT, &palette).stored(false, false).file(),
        Tiff::new(24, 16, 0, 1, 1, &[0b1111_1111, 0b1111_1000, 0b0000_1000]).tag(259, SHORT, &[4]).file(),
        Tiff::new(24, 16, 5, 16, 5, &[99; 24 * 16 * 10]).tag(338, SHORT, &[1]).file(),
    ]
}

/// Every bit of the directory is changed, and the file is truncated at every byte: an error or an image, and never much
/// memory.
#[test]
fn tiffs_with_any_bit_wrong_or_cut_anywhere() {
    within_memory(600, || {
        for source in tiffs().into_iter().chain([bmp(&gradient(24, 16))]) {
            for bit in 0..source.len().min(400) * 8 {
                let mut damaged = source.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                let _ = make(&damaged, "/w_9/h_9/png");
            }
            for end in 0..source.len() {
                match make(&source[..end], "/w_9/h_9/png") {
                    Ok(_)
                    | Err(Error::Broken { .. } | Error::NotAnImage(_) | Error::Unsupported { .. } | Error::Unknown) => {
                    }
                    Err(other) => panic!("cut at {end}: {other}"),
                }
            }
        }
    });
}

/// Small TIFFs that announce large images.
#[test]
fn tiff_bombs_are_refused_by_their_directory() {
    within_memory(600, || {
        let base = || Tiff::new(100, 100, 2, 8, 3, &[0; 64]);
        let huge = u64::from(u32::MAX);
        for (name, tiff) in [
            ("sides", base().tag(256, LONG, &[huge]).tag(257, LONG, &[huge])),
            ("side", base().tag(257, LONG, &[huge]).tag(278, LONG, &[1])),
            ("tile", base().tiles(huge, huge, vec![vec![0; 64]])),
            ("JPEG tile", base().tag(259, SHORT, &[7]).tiles(huge, huge, vec![jpeg(&gradient(8, 8))])),
            ("channels", base().tag(277, SHORT, &[65535])),
        ] {
            for is_big in [false, true] {
                let error = make(&tiff.clone().stored(true, is_big).file(), "/w_9/png").unwrap_err();
                let is_refused =
                    matches!(error, Error::TooManyPixels { .. } | Error::Broken { .. } | Error::Unsupported { .. });
                assert!(is_refused, "{name}: {error}");
            }
        }
        // A count of values that no file can hold, for each tag that the decoder reads first.
        let file = base().file();
        for entry in 0..9 {
            let mut bomb = file.clone();
            bomb[10 + entry * 12 + 4..][..4].copy_from_slice(&0x00ff_ffff_u32.to_le_bytes());
            assert!(make(&bomb, "/w_9/png").is_err(), "entry {entry}");
        }
        // The file has all of these values. Decoded, they would take hundreds of megabytes.
        let mut many = file.clone();
        let bits = 10 + 2 * 12;
        many[bits + 2] = 1;
        many[bits + 4..][..4].copy_from_slice(&(8u32 << 20).to_le_bytes());
        many[bits + 8..][..4].copy_from_slice(&u32::try_from(file.len()).unwrap().to_le_bytes());
        many.resize(file.len() + (8 << 20), 8);
        let error = make(&many, "/w_9/png").unwrap_err();
        assert!(error.to_string().contains("a tag has too many values"), "{error}");
        // A JPEG of 65,536 by 65,536 pixels in a tile of 16 by 16.
        let mut part = jpeg(&gradient(16, 16));
        let frame = part.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        part[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
        let tiff = Tiff::new(16, 16, 6, 8, 3, &[]).tag(259, SHORT, &[7]).tiles(16, 16, vec![part]);
        assert!(matches!(make(&tiff.file(), "/w_9/png"), Err(Error::Broken { .. })));
    });
}

/// Memory beside the image counts: a strip of 16-bit samples is larger than the image. So do decoded samples, strip by
/// strip: four samples of 16 bits take twice as long as those of 8 bits.
#[test]
fn a_tiff_is_charged_for_its_largest_part_and_for_all_parts() {
    let deep = Tiff::new(30, 20, 2, 16, 4, &[0; 30 * 20 * 8]);
    let strips = deep.clone().strips(1, vec![vec![0; 30 * 8]; 20]);
    for (source, held) in [(tiff(&gradient(30, 20)), 600), (deep.file(), 1800), (strips.file(), 1200)] {
        assert_eq!(header(Kind::Tiff, &source).unwrap().held_pixels(), held);
    }
}

/// Each tile has 65,536 by 16 pixels, and the image shows 16 by 16 of them. All tiles are the same part of the file.
#[test]
fn a_tiff_is_charged_for_tiles_that_stand_out_of_it() {
    let (width, height) = (16, 16 * 256);
    let tile = vec![0x81, 0];
    let tiff = Tiff::new(width, height, 1, 8, 1, &[]).tag(259, SHORT, &[32773]).tiles(65_536, 16, vec![tile; 256]);
    let source = tiff.file();
    // 256 tiles of a million bytes, for 65,536 pixels of four bytes.
    assert_eq!(header(Kind::Tiff, &source).unwrap().canvases, 1024);
    let error = make(&source, "/w_9/png").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the original has 16x4096 pixels and needs them 1024 times over, which is more than the 50000000 of \
         maxSourcePixels"
    );
    // Tiles that only round the image's size up count once.
    let tiff = Tiff::new(250, 250, 2, 8, 3, &[]).tiles(256, 256, vec![vec![0; 256 * 256 * 3]]);
    assert_eq!(header(Kind::Tiff, &tiff.file()).unwrap().canvases, 1);
}

#[test]
fn a_bmp_that_announces_gigapixels_is_refused_by_its_header() {
    for (side, height) in [(60_000u32, 60_000i32), (60_000, -60_000), (u32::MAX, 1), (1, i32::MIN), (100_000, 1)] {
        let mut bomb = bmp(&gradient(4, 4));
        bomb[18..22].copy_from_slice(&side.to_le_bytes());
        bomb[22..26].copy_from_slice(&height.to_le_bytes());
        let error = make(&bomb, "/w_9/webp").unwrap_err();
        assert!(matches!(error, Error::TooManyPixels { .. } | Error::Broken { .. }), "{side}x{height}: {error}");
    }
}

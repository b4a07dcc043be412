//! Rows that a file has, by the file alone.

use std::ops::ControlFlow;

use ridge_jpeg::{Damage, Error, Survey};

use crate::common::coder::{Coefficients, Layout, Scan, random, script};
use crate::common::writer::Codes;
use crate::common::{Coding, Random, decode, drawn, encode, options};

const EOI: [u8; 2] = [0xFF, 0xD9];

fn survey(bytes: &[u8]) -> Result<Survey, Error> {
    ridge_jpeg::survey(bytes, 100, 1 << 30, &mut || ControlFlow::Continue(()))
}

fn photo(is_progressive: bool) -> Vec<u8> {
    let coding = Coding { is_progressive, ..Coding::default() };
    encode(&drawn(150, 160, 3, &mut Random(9)), 150, 160, coding)
}

fn whole(height: u32) -> Result<Survey, Error> {
    Ok(Survey { height, rows: height, is_truncated: false, damage: None })
}

fn with(bytes: &[u8], at: usize, more: &[u8]) -> Vec<u8> {
    [&bytes[..at], more, &bytes[at..]].concat()
}

/// Returns where a marker begins, outside of entropy-coded data.
fn find(bytes: &[u8], code: u8) -> usize {
    bytes.windows(2).position(|pair| pair == [0xFF, code]).expect("a marker")
}

#[test]
fn nothing_is_missing_without_the_end() {
    let layout = Layout { width: 90, height: 70, sampling: vec![(2, 2), (1, 1), (1, 1)], interval: 3 };
    let restarts = random(&layout, &mut Random(4));
    for (bytes, height) in [(photo(false), 160), (photo(true), 160), (restarts, 70)] {
        assert_eq!(survey(&bytes), whole(height));
        let body = &bytes[..bytes.len() - 2];
        assert_eq!(survey(body), whole(height));
        for junk in [&[0; 5][..], b"\x12\x34", b"text", &[0xFF, 0xD8], &[0xFF, 0x03], &[0xFF, 0xE1, 0xFF, 0xFF, 1]] {
            assert_eq!(survey(&[body, junk, &EOI].concat()), whole(height), "{junk:?}");
            assert_eq!(survey(&[body, &EOI, junk].concat()), whole(height), "{junk:?}");
        }
    }
}

/// Files of cameras and editors that deviate from the specification.
#[test]
fn harmless_words() {
    let bytes = photo(false);
    let mut version = bytes.clone();
    version[11] = 2;
    let mut selection = bytes.clone();
    let scan = find(&bytes, 0xDA);
    let end = scan + 2 + usize::from(bytes[scan + 3]);
    selection[end - 2] = 0;
    let adobe = [&[0xFF, 0xEE, 0, 14][..], b"Adobe", &[0, 100, 0, 0, 0, 0, 2]].concat();
    let transform = with(&[&bytes[..2], &bytes[20..]].concat(), 2, &adobe);
    let between = with(&bytes, find(&bytes, 0xDB), &[1, 2, 3]);
    for (bytes, damage) in [
        (version, Damage::UnknownVersion),
        (selection, Damage::BadSelection),
        (transform, Damage::UnknownTransform),
        (between, Damage::Extraneous),
    ] {
        assert_eq!(survey(&bytes), whole(160));
        let image = decode(&bytes, 8).expect("an image");
        assert_eq!(image.damage, Some(damage));
        assert!(damage.is_harmless());
        // The same with strict options.
        let strict = ridge_jpeg::Options { is_strict: true, ..options(2) };
        assert!(ridge_jpeg::decode(&bytes, &strict, &mut || ControlFlow::Continue(())).is_ok(), "{damage:?}");
    }
}

/// A longer prefix never has fewer rows than a shorter one.
#[test]
fn rows_of_sequential_files() {
    let layout = Layout { width: 90, height: 70, sampling: vec![(2, 2), (1, 1), (1, 1)], interval: 3 };
    for (bytes, height) in [(photo(false), 160), (random(&layout, &mut Random(4)), 70)] {
        let data = find(&bytes, 0xDA) + 14;
        let mut before = 0;
        for length in data..bytes.len() - 2 {
            let Survey { rows, is_truncated, damage, .. } = survey(&bytes[..length]).expect("an image");
            // The last bits may be padding.
            assert!(is_truncated || length + 2 >= bytes.len() - 2, "{length} of {}", bytes.len());
            assert_eq!(damage, None, "{length} of {}", bytes.len());
            assert!(rows >= before && rows <= height, "{length}: {rows} after {before}");
            assert!(rows % 16 == 0 || rows == height, "{rows}");
            before = rows;
        }
        assert!(before * 5 >= height * 4, "{before} of {height}");
        // Half of the data of such a uniform image is about half of its rows.
        let half = survey(&bytes[..data + (bytes.len() - data) / 2]).expect("an image");
        assert!(half.rows * 3 >= height && half.rows * 3 <= height * 2, "{half:?}");
    }
}

/// A progressive image has the rows of its DC coefficients.
#[test]
fn rows_of_progressive_files() {
    let bytes = photo(true);
    let first = find(&bytes, 0xDA);
    let second = first + 2 + find(&bytes[first + 2..], 0xDA);
    let mut before = 0;
    for length in first + 14..bytes.len() - 2 {
        let Survey { rows, is_truncated, damage, .. } = survey(&bytes[..length]).expect("an image");
        assert!(is_truncated || length + 2 >= bytes.len() - 2, "{length} of {}", bytes.len());
        assert_eq!(damage, None, "{length} of {}", bytes.len());
        assert!(rows >= before, "{length}: {rows} after {before}");
        assert!(length < second || rows == 160, "{length}: {rows}");
        before = rows;
    }
}

/// If each scan has one component, a row counts when all components have it.
#[test]
fn rows_of_separate_components() {
    let layout = Layout { width: 64, height: 64, sampling: vec![(1, 2), (1, 1)], interval: 0 };
    let layout = Layout { sampling: vec![layout.sampling[0], (1, 1), (1, 1)], ..layout };
    let scans: Vec<Scan> = (0..3).map(|component| Scan::whole(&[component])).collect();
    let bytes = Coefficients::random(&layout, &mut Random(3)).file(&scans, &Codes::flat());
    assert_eq!(survey(&bytes), whole(64));
    let places: Vec<usize> = (0..bytes.len() - 1).filter(|at| bytes[*at..*at + 2] == [0xFF, 0xDA]).collect();
    let last = places[2];
    let part = survey(&bytes[..last]).expect("an image");
    assert_eq!((part.rows, part.is_truncated, part.damage), (0, true, None));
    let part = survey(&bytes[..last + (bytes.len() - last) * 3 / 4]).expect("an image");
    assert!(part.is_truncated && (32..64).contains(&part.rows), "{part:?}");
    // The EOI marker says that no data is missing.
    let ended = [&bytes[..last], &EOI].concat();
    assert_eq!(survey(&ended).expect("an image").damage, Some(Damage::MissingComponent));
}

/// Missing data between other data is no early end.
#[test]
fn damage_in_the_middle() {
    let bytes = photo(false);
    let data = find(&bytes, 0xDA) + 14;
    let middle = data + (bytes.len() - data) / 2;
    let ended = [&bytes[..middle], &EOI].concat();
    let found = survey(&ended).expect("an image");
    assert_eq!((found.is_truncated, found.damage), (false, Some(Damage::ShortScan)));
    let layout = Layout { width: 90, height: 70, sampling: vec![(1, 1)], interval: 3 };
    let restarts = random(&layout, &mut Random(4));
    let third = find(&restarts, 0xD2);
    let gap = [&restarts[..third - 20], &restarts[third..]].concat();
    let found = survey(&gap).expect("an image");
    assert!(!found.is_truncated && found.damage.is_some(), "{found:?}");
    let both = survey(&gap[..gap.len() - 30]).expect("an image");
    assert!(both.damage.is_some(), "{both:?}");
}

/// Damaged AC coefficients of a progressive image are detail, so the result is the same at scales that do not need
/// them.
#[test]
fn damaged_detail_is_no_damage() {
    let mut seed = Random(5);
    let layout = Layout { width: 64, height: 64, sampling: vec![(1, 1); 3], interval: 0 };
    let bytes = Coefficients::drawn(&layout, 75, &mut seed).file(&script(3, &mut seed), &Codes::flat());
    assert_eq!(survey(&bytes), whole(64));
    let last = (0..bytes.len() - 1).rev().find(|at| bytes[*at..*at + 2] == [0xFF, 0xDA]).expect("a scan");
    let header = last + 2 + usize::from(bytes[last + 3]);
    let short = [&bytes[..header + (bytes.len() - header) / 2], &EOI].concat();
    assert_eq!(survey(&short), whole(64));
}

/// A table that only a later scan needs is checked at each scale.
#[test]
fn tables_of_scans_that_are_passed_over() {
    let bytes = photo(true);
    let mut places = (0..bytes.len() - 1).filter(|at| bytes[*at..*at + 2] == [0xFF, 0xC4]);
    let table = places.next_back().expect("a table");
    let mut bytes = bytes.clone();
    // Of two codes of one bit, one is all ones.
    bytes[table + 5..table + 21].fill(0);
    bytes[table + 5] = 2;
    for eighths in [1, 8] {
        assert!(matches!(decode(&bytes, eighths), Err(Error::Broken(_))), "{eighths}/8");
    }
}

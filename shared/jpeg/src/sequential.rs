//! Sequential scans, which have whole blocks (ITU-T T.81, F.2).

use fearless_simd::{Level, Simd, dispatch};

use crate::bits::{BAD, Cursor};
use crate::entropy::{End, Entropy};
use crate::error::{Damage, Error};
use crate::hooks::Hooks;
use crate::huffman::{Class, Huffman, Skips};
use crate::idct::{Block, Transform, ZIGZAG};
use crate::image::DecodedImage;
use crate::planes::{self, Plane};
use crate::scan::Scan;
use crate::tables::Tables;
use crate::target::Target;
use crate::window::Window;

/// A component of a scan.
struct SequentialPart<'a> {
    dc: &'a Huffman,
    ac: &'a Huffman,
    skips: &'a Skips,
    transform: &'a Transform,
    /// Its index in the image.
    plane: usize,
    /// Blocks of the component in an MCU.
    across: usize,
    down: usize,
}

/// Decodes a scan into its planes. With a `sink`, the planes have room for one row of MCUs, and are passed on after
/// each row.
pub(crate) fn decode<'a>(
    scan: &Scan,
    image: &mut DecodedImage,
    targets: &mut [Target],
    tables: &Tables,
    data: &'a [u8],
    hooks: &mut Hooks<'_, '_>,
) -> Result<End<'a>, Error> {
    let mut mcus = planes::mcus(&image.header);
    let mut parts = Vec::new();
    for (index, target) in targets.iter_mut().enumerate() {
        let Some(part) = scan.parts.iter().find(|part| part.component == index) else { continue };
        target.prepare(tables)?;
        let Target { component, layout, transform: Some(transform), .. } = target else { continue };
        let (mut across, mut down) = (usize::from(component.across), usize::from(component.down));
        if scan.parts.len() == 1 {
            mcus = (layout.across, layout.down);
            (across, down) = (1, 1);
        }
        let (dc, table) = (tables.dc(part.dc)?, tables.ac(part.ac)?);
        let (ac, skips) = (table.huffman(Class::Ac)?, table.skips()?);
        parts.push(SequentialPart { dc, ac, skips, transform, plane: index, across, down });
    }
    let (mut entropy, cursor) = Entropy::new(data, tables.interval);
    let cursor = dispatch(&parts, mcus, image, &mut entropy, cursor, hooks)?;
    Ok(entropy.finish(cursor))
}

/// Runs [`rows`] with the instructions of this processor.
fn dispatch(
    parts: &[SequentialPart<'_>],
    mcus: (usize, usize),
    image: &mut DecodedImage,
    entropy: &mut Entropy<'_>,
    cursor: Cursor,
    hooks: &mut Hooks<'_, '_>,
) -> Result<Cursor, Error> {
    let level = Level::new();
    // AVX-512 is slower.
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = level.as_avx2() {
        return simd.vectorize(
            #[inline(always)]
            || rows(simd, parts, mcus, image, entropy, cursor, hooks),
        );
    }
    dispatch!(level, simd => rows(simd, parts, mcus, image, entropy, cursor, hooks))
}

/// A block of an MCU.
struct Place {
    part: usize,
    /// Where its samples begin in the first MCU.
    first: usize,
    /// Where they begin in the current MCU.
    at: usize,
    /// The distance to the next MCU.
    step: usize,
    /// The distance to the next row of MCUs.
    row: usize,
}

#[inline(always)]
fn rows<S: Simd>(
    simd: S,
    parts: &[SequentialPart<'_>],
    (across, down): (usize, usize),
    image: &mut DecodedImage,
    entropy: &mut Entropy<'_>,
    mut cursor: Cursor,
    hooks: &mut Hooks<'_, '_>,
) -> Result<Cursor, Error> {
    let mut places = places(parts, &image.planes);
    let mut predictions = [0i32; 4];
    let mut blocks: [Block; 10] = [[0.0; 64]; 10];
    let mut flat = [false; 10];
    for y in 0..down {
        hooks.check(entropy.damage)?;
        let above = if hooks.sink.is_some() { 0 } else { y };
        for place in &mut places {
            place.at = place.first + above * place.row;
        }
        let planes = &mut image.planes;
        for _ in 0..across {
            if entropy.is_restart(&mut cursor) {
                predictions = [0; 4];
            }
            if !entropy.has_more(&mut cursor) {
                gray(parts, &mut places, planes);
                continue;
            }
            let mut is_bad = false;
            // First all coefficients, then all samples: a transform would wait for coefficients that were just written.
            for ((place, block), is_flat) in places.iter_mut().zip(&mut blocks).zip(&mut flat) {
                let part = &parts[place.part];
                let prediction = &mut predictions[place.part & 3];
                *is_flat = decode_block(&mut cursor, &entropy.window, part, prediction, block, &mut is_bad);
                if part.transform.last == 0 {
                    planes[part.plane].samples[place.at] = part.transform.flat(block);
                    place.at += place.step;
                }
            }
            for ((place, block), is_flat) in places.iter_mut().zip(&blocks).zip(flat) {
                let part = &parts[place.part];
                if part.transform.last == 0 {
                    continue;
                }
                let Plane { samples, stride, .. } = &mut planes[part.plane];
                let samples = &mut samples[place.at..];
                place.at += place.step;
                if is_flat {
                    part.transform.fill(block, samples, *stride);
                } else {
                    part.transform.inverse(simd, block, samples, *stride);
                }
            }
            if is_bad {
                entropy.note(Damage::BadCode);
            }
        }
        entropy.end_row();
        if let Some(sink) = &mut hooks.sink {
            image.show(y, *sink)?;
        }
    }
    Ok(cursor)
}

/// Fills a missing MCU with gray. Its place may still hold the one above.
#[cold]
#[inline(never)]
fn gray(parts: &[SequentialPart<'_>], places: &mut [Place], planes: &mut [Plane]) {
    for place in places {
        let SequentialPart { transform, plane, .. } = &parts[place.part];
        let Plane { samples, stride, .. } = &mut planes[*plane];
        transform.fill(&[0.0; 64], &mut samples[place.at..], *stride);
        place.at += place.step;
    }
}

fn places(parts: &[SequentialPart<'_>], planes: &[Plane]) -> Vec<Place> {
    let mut places = Vec::new();
    for (part, SequentialPart { transform, plane, across, down, .. }) in parts.iter().enumerate() {
        let (scale, plane) = (transform.scale, &planes[*plane]);
        for y in 0..*down {
            for x in 0..*across {
                let first = y * usize::from(scale.down) * plane.stride + x * usize::from(scale.across);
                let step = across * usize::from(scale.across);
                let row = down * usize::from(scale.down) * plane.stride;
                places.push(Place { part, first, at: first, step, row });
            }
        }
    }
    places
}

/// Decodes the coefficients of a block that the transform needs. Returns true if all but the first one are 0.
#[inline(always)]
fn decode_block(
    cursor: &mut Cursor,
    window: &Window<'_>,
    part: &SequentialPart<'_>,
    prediction: &mut i32,
    block: &mut Block,
    is_bad: &mut bool,
) -> bool {
    let Transform { last, factors, scale, .. } = part.transform;
    let (symbol, difference) = cursor.symbol(window, part.dc);
    *is_bad |= symbol.advance == BAD;
    *prediction = prediction.wrapping_add(difference);
    block[..usize::from(scale.down.min(8)) * 8].fill(0.0);
    block[0] = f32::from(*prediction as i16) * factors[0];
    let mut k = 1;
    while k <= *last {
        let (symbol, value) = cursor.symbol(window, part.ac);
        let before = k;
        k += u32::from(symbol.advance);
        if k > 64 {
            *is_bad |= symbol.advance == BAD;
            return before == 1;
        }
        let index = usize::from(ZIGZAG[(k as usize - 1) & 63]) & 63;
        block[index] = value as f32 * factors[index];
    }
    if k < 64 {
        *is_bad |= !cursor.skip_block(window, part.ac, part.skips, k);
    }
    *last == 0
}

//! Generated files compared with libjpeg-turbo: qualities, samplings, sizes, restarts and scans.

use ridge_jpeg::{Chroma, Plane, Scale};
use turbojpeg::PixelFormat;

use crate::common::coder::{Coefficients, Layout, Scan, script};
use crate::common::writer::Codes;
use crate::common::{Random, decode_with, difference, plane, turbo, turbo_planes};

/// Largest mean and greatest difference of samples from libjpeg-turbo, by eighths. At 1/8 and 8/8, and where both keep
/// the amplitude of all frequencies, only rounding differs; at 2/8 and 4/8 means are weighted on purpose.
const LIMITS: [(f64, u8); 8] = [(0.03, 1), (1.6, 45), (0.1, 1), (1.6, 45), (0.1, 1), (0.1, 1), (0.1, 1), (0.05, 1)];

const SAMPLINGS: [&[(usize, usize)]; 13] = [
    &[(1, 1)],
    &[(2, 2)],
    &[(1, 1), (1, 1), (1, 1)],
    &[(2, 1), (1, 1), (1, 1)],
    &[(2, 2), (1, 1), (1, 1)],
    &[(1, 2), (1, 1), (1, 1)],
    &[(4, 1), (1, 1), (1, 1)],
    &[(1, 4), (1, 1), (1, 1)],
    &[(2, 2), (2, 1), (1, 2)],
    &[(1, 1), (2, 2), (1, 1)],
    &[(4, 2), (1, 1), (1, 1)],
    &[(2, 1), (1, 1), (1, 1), (2, 1)],
    &[(1, 1), (1, 1), (1, 1), (1, 1)],
];

/// Sums of differences for each number of eighths.
#[derive(Default)]
struct Found {
    sum: f64,
    samples: usize,
    most: u8,
}

#[test]
fn as_libjpeg_turbo() {
    let mut seed = Random(17);
    let codes = [Codes::flat(), Codes::skewed()];
    let mut found: [Found; 8] = Default::default();
    for side in 1..=40 {
        for (index, sampling) in SAMPLINGS.iter().enumerate() {
            for quality in [30, 75, 95] {
                let (width, height) = if seed.below(2) == 0 {
                    (side, 1 + seed.below(40) as usize)
                } else {
                    (1 + seed.below(40) as usize, side)
                };
                let interval = [0, 0, 1, 2, 5][seed.below(5) as usize];
                let layout = Layout { width, height, sampling: sampling.to_vec(), interval };
                let all: Vec<usize> = (0..sampling.len()).collect();
                let scans = match seed.below(4) {
                    0 => vec![Scan::whole(&all)],
                    1 => all.iter().map(|component| Scan::whole(&[*component])).collect(),
                    _ => script(sampling.len(), &mut seed),
                };
                let coefficients = if quality == 30 && index % 2 == 0 {
                    Coefficients::random(&layout, &mut seed)
                } else {
                    Coefficients::drawn(&layout, quality, &mut seed)
                };
                let bytes = coefficients.file(&scans, &codes[seed.below(2) as usize]);
                let name = format!("{layout:?} {quality} {scans:?}");
                compare(&bytes, &name, &mut found);
                reduce(&bytes, &name);
            }
        }
    }
    for ((eighths, found), (mean, most)) in (1..).zip(&found).zip(LIMITS) {
        let found = (found.sum / found.samples as f64, found.most, found.samples);
        println!("{eighths}/8: mean {:.4}, at most {}, of {} samples", found.0, found.1, found.2);
        assert!(found.0 <= mean && found.1 <= most, "{eighths}/8: {found:?}");
    }
}

/// Chroma at a scale of its own is the same as where all components have that scale.
fn reduce(bytes: &[u8], name: &str) {
    let decode =
        |eighths, chroma| decode_with(bytes, eighths, chroma).unwrap_or_else(|error| panic!("{name}: {error}"));
    for (luma, eighths) in [(2, 1), (3, 1), (3, 2), (4, 1), (4, 3), (8, 4)] {
        let name = format!("{name} {luma}/8 and {eighths}/8");
        let reduced = decode(luma, Chroma::Reduced(Scale { across: eighths, down: eighths }));
        let (like_luma, like_chroma) = (decode(luma, Chroma::Subsampled), decode(eighths, Chroma::Subsampled));
        assert_eq!((reduced.width, reduced.height), (like_luma.width, like_luma.height), "{name}");
        assert_eq!(reduced.planes[0], like_luma.planes[0], "{name}");
        assert_eq!(reduced.planes[1..], like_chroma.planes[1..], "{name}");
    }
}

fn compare(bytes: &[u8], name: &str, found: &mut [Found; 8]) {
    for (eighths, found) in (1..).zip(found) {
        let image = decode_with(bytes, eighths, Chroma::Subsampled).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(image.damage, None, "{name} {eighths}/8");
        let parts = &image.header.components;
        let largest: Vec<usize> = (0..parts.len())
            .filter(|index| (parts[*index].across, parts[*index].down) == image.header.sampling())
            .collect();
        let planes: Vec<_> = match turbo_planes(bytes, eighths) {
            Some(planes) => (0..).zip(planes).collect(),
            // Samplings without a name in libjpeg-turbo's interface: components that it does not have to enlarge.
            None if parts.len() == 4 => {
                let (width, height, inks) = turbo(bytes, eighths, PixelFormat::CMYK).expect(name);
                let plane = |index: &usize| inks.iter().skip(*index).step_by(4).copied().collect();
                largest.iter().map(|index| (*index, (width, height, plane(index)))).collect()
            }
            None if largest.contains(&0) => vec![(0, turbo(bytes, eighths, PixelFormat::GRAY).expect(name))],
            None => continue,
        };
        for (component, (width, height, theirs)) in planes {
            let Plane { width: columns, height: rows, .. } = image.planes[component];
            // Its luma is padded to the pixels that its chroma covers.
            let fits =
                |ours: usize, theirs: usize| theirs == ours || (component == 0 && (ours..ours + 4).contains(&theirs));
            assert!(fits(columns, width) && fits(rows, height), "{name} {eighths}/8 component {component}");
            let theirs: Vec<u8> =
                theirs.chunks_exact(width).take(rows).flat_map(|row| &row[..columns]).copied().collect();
            let ours = plane(&image, component);
            let (mean, most) = difference(&ours, &theirs);
            assert!(
                most <= LIMITS[usize::from(eighths) - 1].1,
                "{name} {eighths}/8 component {component}: {mean} {most}"
            );
            found.sum += mean * ours.len() as f64;
            found.samples += ours.len();
            found.most = found.most.max(most);
        }
    }
}

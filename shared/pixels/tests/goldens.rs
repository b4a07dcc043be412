//! Images that were checked by eye, each under the path of its variant in `goldens/`. After an intended change, run
//! with `UPDATE_GOLDENS=1`, and look at what changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{decode, make};

/// Largest mean and greatest difference of channels, of 255. Processors and versions of codecs round differently.
const MEAN: f64 = 1.0;
const MOST: u8 = 40;

const VARIANTS: &[&str] = &[
    "w_120/h_120/webp/dandelion.jpg",
    "w_120/h_80/g_smart/webp/dandelion.jpg",
    "w_120/h_80/g_25.40/webp/brushes.jpg",
    "w_100/jpeg/drum.jpg",
    "w_120/h_120/fit_contain/g_n/bg_204060/jpeg/drum.jpg",
    "w_120/rot_90/flip_h/webp/brook.jpg",
    "w_120/avif/brook.jpg",
    "w_120/gray_1/jpeg/mountains.jpg",
    "w_120/blur_3/webp/mountains.jpg",
    "w_120/sharpen_1.5/webp/mountains.jpg",
    "w_120/png/mark.png",
    "w_120/bg_ffcc00/jpeg/mark.png",
    "w_120/h_60/fit_fill/webp/mark.webp",
    "w_90/png/turning.gif",
    "w_90/gif/turning.gif",
];

#[test]
fn as_they_were_looked_at() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for variant in VARIANTS {
        let (path, name) = variant.rsplit_once('/').unwrap();
        let source = fs::read(root.join("../../testdata/photos").join(name)).unwrap();
        let made = make(&source, &format!("/{path}")).unwrap();
        // Decoded by the pipeline itself; other tests decode its files with other decoders.
        let seen = make(&made.bytes, "/w_auto/png").unwrap();
        let golden = root.join(format!("tests/goldens/{variant}.png"));
        if is_update {
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, &seen.bytes).unwrap();
            continue;
        }
        let problem = match fs::read(&golden) {
            Ok(known) => difference(&known, &decode(&seen)),
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            let new: PathBuf = golden.with_extension("new.png");
            fs::create_dir_all(new.parent().unwrap()).unwrap();
            fs::write(&new, &seen.bytes).unwrap();
            wrong.push(format!("{variant}: {problem}; see {}", new.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn difference(golden: &[u8], seen: &image::RgbaImage) -> Option<String> {
    let golden = image::load_from_memory(golden).unwrap().into_rgba8();
    if golden.dimensions() != seen.dimensions() {
        return Some(format!("{:?} and not {:?}", seen.dimensions(), golden.dimensions()));
    }
    let differences = || golden.as_raw().iter().zip(seen.as_raw()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences().map(f64::from).sum::<f64>() / golden.as_raw().len() as f64;
    let most = differences().max().unwrap_or(0);
    (mean > MEAN || most > MOST).then(|| format!("differs by {mean:.2} in the mean and {most} at most"))
}

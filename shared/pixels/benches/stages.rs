//! Milliseconds of each stage of the pipeline, for a few sources and outputs.

use std::fs;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use ridge_contract::{Config, VariantPath};
use ridge_pixels::{Stage, render};

const PHOTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos");

/// Baseline and progressive JPEG, transparency, WebP; and each encoder once.
const CASES: [(&str, &str); 7] = [
    ("dandelion.jpg", "/w_200/h_200/webp"),
    ("dandelion.jpg", "/w_800/webp"),
    ("dandelion.jpg", "/w_800/jpeg"),
    ("dandelion.jpg", "/w_800/png"),
    ("brook.jpg", "/w_800/webp"),
    ("mark.png", "/w_400/webp"),
    ("mark.webp", "/w_400/gif"),
];

/// Returns the time of one stage of a render.
fn time(source: &[u8], path: &VariantPath, config: &Config, wanted: Stage) -> Duration {
    let mut marks = Vec::with_capacity(3);
    let image = render(source, path.variant(), config, &mut |stage| marks.push((stage, Instant::now())));
    let end = Instant::now();
    image.expect("a sample image");
    let ends = marks.iter().skip(1).map(|(_, began)| *began).chain([end]);
    marks.iter().zip(ends).filter(|((stage, _), _)| *stage == wanted).map(|((_, began), end)| end - *began).sum()
}

fn bench(c: &mut Criterion) {
    let config = Config::default();
    for (name, path) in CASES {
        let source = fs::read(format!("{PHOTOS}/{name}")).expect("a sample image");
        let path = VariantPath::parse(&format!("{path}/{name}")).expect("a canonical path");
        for stage in [Stage::Decode, Stage::Resize, Stage::Encode] {
            c.bench_function(&format!("{path} {}", stage.name()), |b| {
                // The other stages run too, because they produce the input of this one; their time does not count.
                b.iter_custom(|times| (0..times).map(|_| time(&source, &path, &config, stage)).sum());
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = bench
}
criterion_main!(benches);

//! The tables in docs/benchmarks.md, between their markers.

use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;

use crate::decode::DecodeRow;
use crate::fresh::Process;
use crate::report::Report;
use crate::repository::root;
use crate::sources::Class;

const PAGE: &str = "docs/benchmarks.md";

/// Replaces the text between the markers of this name.
pub(crate) fn write(marker: &str, section: &str) -> anyhow::Result<()> {
    let page = root().join(PAGE);
    let (start, end) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let text = fs::read_to_string(&page)?;
    let missing = || format!("{PAGE} has no markers {marker}");
    let (before, rest) = text.split_once(&start).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(fs::write(page, format!("{before}{start}{section}{end}{after}"))?)
}

/// Returns the comparison with sharp.
pub(crate) fn section(report: &Report<'_>) -> String {
    let mut text = setting(report);
    text += "| | size | images | Ridge, ms | sharp, ms | speed (worst to best) | clock | bytes | likeness |\n";
    text += "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for row in &report.rows {
        let (worst, best) = row.speed_range;
        let score = row.score.map_or_else(String::new, |score| format!("{score:+.1}"));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} | {:.1} | {:.2} ({worst:.2} to {best:.2}) | {:.2} | {:.2} | {score} |",
            row.title, row.target, row.images, row.ridge_ms, row.sharp_ms, row.speed, row.wall_speed, row.bytes
        );
    }
    text += "\n| one image in a fresh process | Ridge, MiB | sharp, MiB | Ridge, ms | sharp, ms |\n";
    text += "| --- | ---: | ---: | ---: | ---: |\n";
    for Process { name, ridge, sharp } in &report.run.processes {
        let _ = writeln!(
            text,
            "| {name} | {:.0} | {:.0} | {:.0} | {:.0} |",
            ridge.peak_mib, sharp.peak_mib, ridge.wall_ms, sharp.wall_ms
        );
    }
    if !report.run.decodes.is_empty() {
        text += "\n| decoding alone | scale | images | planes: libjpeg-turbo, ms | Ridge, ms | speed | RGB: libjpeg-turbo, ms | Ridge, ms | speed |\n";
        text += "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    }
    for DecodeRow { class, eighths, images, planes, rgb } in &report.run.decodes {
        let _ = writeln!(
            text,
            "| {class} | {eighths}/8 | {images} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.2} |",
            planes.turbo_ms, planes.ours_ms, planes.speed, rgb.turbo_ms, rgb.ours_ms, rgb.speed
        );
    }
    let left_out = report.left_out();
    if !left_out.is_empty() {
        text += "\n";
    }
    for line in left_out {
        let _ = writeln!(text, "* {line}");
    }
    text
}

/// Returns a sentence about the conditions of the run.
fn setting(report: &Report<'_>) -> String {
    let machine = &report.run.machine;
    let folder = &report.run.folder;
    // Only the name of an absolute path, because the path differs between machines.
    let folder = if folder.is_absolute() { folder.file_name().unwrap_or_default().as_ref() } else { folder.as_path() };
    let photographs = || report.run.photos.iter().filter(|photo| photo.is_photograph());
    let megapixels = || photographs().map(|photo| photo.size.pixels() as f64 / 1e6);
    let count = |class: Class| photographs().filter(|photo| photo.class == class).count();
    format!(
        "Commit {} and sharp {} (libvips {}, Node {}) on {}, {} cores, with the \
         {} photographs\nof `{}`: {:.1} to {:.1} megapixels, {} baseline and {} progressive JPEG.\n\n",
        machine.commit,
        machine.version("sharp"),
        machine.version("vips"),
        machine.version("node"),
        machine.cpu,
        machine.cores,
        photographs().count(),
        folder.display(),
        megapixels().fold(f64::INFINITY, f64::min),
        megapixels().fold(0.0, f64::max),
        count(Class::BaselineJpeg),
        count(Class::ProgressiveJpeg),
    )
}

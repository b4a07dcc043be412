//! The report in groups: as text, and as JSON with every median.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cases::Group;
use crate::decode;
use crate::fresh::Process;
use crate::machine::Machine;
use crate::measure::{Measured, Outcome};
use crate::sources::Source;
use crate::statistics::{geometric_mean, median};

/// All results.
pub(crate) struct Run {
    pub(crate) machine: Machine,
    /// As given on the command line.
    pub(crate) folder: PathBuf,
    pub(crate) photos: Vec<Source>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) processes: Vec<Process>,
    pub(crate) decodes: Vec<decode::DecodeRow>,
}

/// A group's results. Ratios are geometric means over its images.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupRow {
    pub(crate) title: String,
    pub(crate) target: String,
    pub(crate) images: usize,
    /// The median CPU time of Ridge over the images.
    pub(crate) ridge_ms: f64,
    /// The median CPU time of sharp over the images.
    pub(crate) sharp_ms: f64,
    /// sharp's CPU time divided by Ridge's: above 1, Ridge is faster.
    pub(crate) speed: f64,
    /// The speeds for the images with the worst and the best result.
    pub(crate) speed_range: (f64, f64),
    /// sharp's elapsed time divided by Ridge's.
    pub(crate) wall_speed: f64,
    /// Ridge's bytes divided by sharp's: below 1, Ridge's are smaller.
    pub(crate) bytes: f64,
    /// Ridge's SSIMULACRA2 minus sharp's, as a mean: above 0, Ridge's is closer to the reference.
    pub(crate) score: Option<f64>,
}

/// The results of a run, in groups.
pub(crate) struct Report<'a> {
    pub(crate) run: &'a Run,
    pub(crate) rows: Vec<GroupRow>,
}

impl GroupRow {
    fn new(group: Group, cases: &[&Measured]) -> GroupRow {
        let ratio = |of: fn(&Measured) -> f64| geometric_mean(cases.iter().map(|case| of(case)));
        let speed = |case: &Measured| case.sharp.cpu_ms / case.ridge.cpu_ms;
        let speeds = || cases.iter().map(|case| speed(case));
        let scores: Vec<f64> = cases.iter().filter_map(|case| Some(case.ridge.score? - case.sharp.score?)).collect();
        GroupRow {
            title: group.title(),
            target: group.target.to_string(),
            images: cases.len(),
            ridge_ms: median(cases.iter().map(|case| case.ridge.cpu_ms).collect()),
            sharp_ms: median(cases.iter().map(|case| case.sharp.cpu_ms).collect()),
            speed: ratio(speed),
            speed_range: (speeds().fold(f64::INFINITY, f64::min), speeds().fold(0.0, f64::max)),
            wall_speed: ratio(|case| case.sharp.wall_ms / case.ridge.wall_ms),
            bytes: ratio(|case| case.ridge.bytes as f64 / case.sharp.bytes as f64),
            score: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
        }
    }
}

impl<'a> Report<'a> {
    pub(crate) fn new(run: &'a Run) -> Report<'a> {
        let mut groups: Vec<(Group, Vec<&Measured>)> = Vec::new();
        for case in run.outcomes.iter().filter_map(Outcome::measured) {
            match groups.iter_mut().find(|(group, _)| *group == case.group) {
                Some((_, cases)) => cases.push(case),
                None => groups.push((case.group, vec![case])),
            }
        }
        groups.sort_by_key(|(group, _)| group.order());
        Report { run, rows: groups.iter().map(|(group, cases)| GroupRow::new(*group, cases)).collect() }
    }

    /// Returns the cases without a result, with reasons; each missing group once.
    pub(crate) fn left_out(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for outcome in &self.run.outcomes {
            let line = match outcome {
                Outcome::Measured(_) => continue,
                Outcome::Unsupported(group) => format!("not supported: {} {}", group.title(), group.target),
                Outcome::Failed(error) => format!("failed: {error}"),
            };
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "{:<26} {:<9} {:>3} {:>9} {:>9} {:>6} {:>11} {:>6} {:>6} {:>6}\n",
            "CPU time, medians", "", "n", "Ridge ms", "sharp ms", "speed", "worst-best", "wall", "bytes", "score"
        );
        for row in &self.rows {
            let score = row.score.map_or_else(|| "-".into(), |score| format!("{score:+.2}"));
            let range = format!("{:.2}-{:.2}", row.speed_range.0, row.speed_range.1);
            let _ = writeln!(
                text,
                "{:<26} {:<9} {:>3} {:>9.1} {:>9.1} {:>6.2} {range:>11} {:>6.2} {:>6.3} {score:>6}",
                row.title, row.target, row.images, row.ridge_ms, row.sharp_ms, row.speed, row.wall_speed, row.bytes
            );
        }
        let _ = writeln!(
            text,
            "\n{:<30} {:>10} {:>10} {:>10} {:>10}",
            "fresh processes, medians", "Ridge MiB", "sharp MiB", "Ridge ms", "sharp ms"
        );
        for Process { name, ridge, sharp } in &self.run.processes {
            let _ = writeln!(
                text,
                "{name:<30} {:>10.1} {:>10.1} {:>10.0} {:>10.0}",
                ridge.peak_mib, sharp.peak_mib, ridge.wall_ms, sharp.wall_ms
            );
        }
        if !self.run.decodes.is_empty() {
            let _ = writeln!(
                text,
                "\n{:<26} {:>8} {:>3} {:>9} {:>9} {:>6} {:>9} {:>9} {:>6}",
                "decoding alone, CPU time", "scale", "n", "planes: T", "Ridge", "speed", "RGB: T", "Ridge", "speed"
            );
        }
        for decode::DecodeRow { class, eighths, images, planes, rgb } in &self.run.decodes {
            let _ = writeln!(
                text,
                "{class:<26} {eighths:>6}/8 {images:>3} {:>9.1} {:>9.1} {:>6.2} {:>9.1} {:>9.1} {:>6.2}",
                planes.turbo_ms, planes.ours_ms, planes.speed, rgb.turbo_ms, rgb.ours_ms, rgb.speed
            );
        }
        for line in self.left_out() {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let photos = self.run.photos.iter().map(|photo| {
            let name = photo.path.file_name().unwrap_or_default().to_string_lossy();
            json!({"name": name, "class": photo.class.to_string(), "size": photo.size.to_string()})
        });
        let cases = self.run.outcomes.iter().filter_map(Outcome::measured).map(|case| {
            json!({"group": case.group.title(), "target": case.group.target.to_string(), "source": case.source,
                "path": case.path, "ridge": case.ridge, "sharp": case.sharp})
        });
        json!({
            "machine": self.run.machine,
            "photos": photos.collect::<Vec<_>>(),
            "groups": self.rows,
            "cases": cases.collect::<Vec<_>>(),
            "processes": self.run.processes,
            "decodes": self.run.decodes,
            "leftOut": self.left_out(),
        })
    }
}

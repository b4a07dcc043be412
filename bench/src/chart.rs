//! Charts as SVG: horizontal bars on their own background, so that they are legible on any page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::fresh::{Cost, Process};
use crate::report::Report;

const WIDTH: f64 = 920.0;
const LEFT: f64 = 300.0;
/// Space for the number behind the longest bar.
const RIGHT: f64 = 70.0;
const TOP: f64 = 64.0;
/// Height of the line above the bars with the label of the mark.
const MARK: f64 = 16.0;
const BAR: f64 = 15.0;
/// From the top of a bar to the baseline of its text.
const BASELINE: f64 = 12.0;
/// From the top of one bar to the next, and the additional space before a title.
const STEP: f64 = 20.0;
const GAP: f64 = 10.0;

pub(crate) const RIDGE: &str = "#e07b39";
pub(crate) const PEER: &str = "#7a98a8";
const INK: &str = "#12303f";
const PANEL: &str = "#f6f9fb";

pub(crate) struct Bar {
    /// The title, which is drawn once for consecutive bars with the same one.
    pub(crate) title: String,
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) text: String,
    pub(crate) color: &'static str,
}

pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    pub(crate) note: String,
    /// The value of a vertical line, and its label.
    pub(crate) mark: Option<(f64, &'a str)>,
    pub(crate) bars: Vec<Bar>,
}

/// Writes a chart for each part of the report that is not empty.
pub(crate) fn write(report: &Report<'_>, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let sharp = format!("sharp {}", report.run.machine.version("sharp"));
    let speeds = report.rows.iter().map(|row| Bar {
        title: row.title.clone(),
        label: row.target.clone(),
        value: row.speed,
        text: format!("{:.2}", row.speed),
        color: if row.speed < 1.0 { PEER } else { RIDGE },
    });
    let charts = [
        (
            "speed.svg",
            Chart {
                title: "CPU time: how many times as fast as sharp",
                note: format!("{sharp}, one thread each; mean over the images of a group; gray bars: sharp is faster"),
                mark: Some((1.0, "sharp")),
                bars: speeds.collect(),
            },
        ),
        (
            "memory.svg",
            Chart {
                title: "Peak memory of a fresh process, MiB",
                note: format!("{sharp} in Node; less is better"),
                mark: None,
                bars: pairs(&report.run.processes, |cost| cost.peak_mib),
            },
        ),
        (
            "cold.svg",
            Chart {
                title: "One image in a fresh process, start to end, ms",
                note: format!("{sharp} in Node; less is better"),
                mark: None,
                bars: pairs(&report.run.processes, |cost| cost.wall_ms),
            },
        ),
    ];
    for (name, chart) in charts.into_iter().filter(|(_, chart)| !chart.bars.is_empty()) {
        fs::write(folder.join(name), chart.svg())?;
    }
    Ok(())
}

fn pairs(processes: &[Process], of: fn(&Cost) -> f64) -> Vec<Bar> {
    let bar = |process: &Process, side: &str, cost: &Cost, color| Bar {
        title: process.name.clone(),
        label: side.to_owned(),
        value: of(cost),
        text: format!("{:.0}", of(cost)),
        color,
    };
    let pair =
        |process: &Process| [bar(process, "Ridge", &process.ridge, RIDGE), bar(process, "sharp", &process.sharp, PEER)];
    processes.iter().flat_map(pair).collect()
}

impl Chart<'_> {
    pub(crate) fn svg(&self) -> String {
        let titles = self.bars.chunk_by(|a, b| a.title == b.title).count();
        let bars_top = if self.mark.is_some() { TOP + MARK } else { TOP };
        let height = bars_top + STEP * self.bars.len() as f64 + GAP * titles as f64 + 24.0;
        let longest = self.bars.iter().map(|bar| bar.value).fold(self.mark.map_or(0.0, |(at, _)| at), f64::max);
        let length = |value: f64| value / longest * (WIDTH - LEFT - RIGHT);

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"{INK}\" role=\"img\" \
             aria-labelledby=\"title\">\n\
             <title id=\"title\">{title}</title>\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"14\" fill=\"{PANEL}\"/>\n\
             <text x=\"24\" y=\"30\" font-size=\"16\" font-weight=\"600\">{title}</text>\n\
             <text x=\"24\" y=\"50\">{note}</text>\n",
            title = escaped(self.title),
            note = escaped(&self.note),
        );
        // Numbers are drawn last and with an outline, because the line can pass behind them.
        let mut numbers = String::new();
        let mut top = bars_top;
        for bars in self.bars.chunk_by(|a, b| a.title == b.title) {
            top += GAP;
            let title = bars.first().map_or("", |bar| &bar.title);
            let _ =
                writeln!(svg, "<text x=\"24\" y=\"{}\" font-weight=\"600\">{}</text>", top + BASELINE, escaped(title));
            for bar in bars {
                let (line, length) = (top + BASELINE, length(bar.value));
                let _ = writeln!(
                    svg,
                    "<text x=\"{:.1}\" y=\"{line}\" text-anchor=\"end\">{}</text>\
                     <rect x=\"{LEFT}\" y=\"{top}\" width=\"{length:.1}\" height=\"{BAR}\" rx=\"2\" fill=\"{}\"/>",
                    LEFT - 8.0,
                    escaped(&bar.label),
                    bar.color,
                );
                let number = escaped(&bar.text);
                let _ = writeln!(numbers, "<text x=\"{:.1}\" y=\"{line}\">{number}</text>", LEFT + length + 6.0);
                top += STEP;
            }
        }
        if let Some((at, label)) = self.mark {
            let x = LEFT + length(at);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {bars_top}V{top:.1}\" stroke=\"{INK}\" stroke-dasharray=\"3 3\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                bars_top - 4.0,
                escaped(label),
            );
        }
        let rim = format!("paint-order=\"stroke\" stroke=\"{PANEL}\" stroke-width=\"4\"");
        svg + &format!("<g {rim}>\n{numbers}</g>\n</svg>\n")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

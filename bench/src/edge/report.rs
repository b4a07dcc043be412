//! The report as a table, as JSON, and as a chart.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::arguments::EdgeArguments;
use super::measure::Figures;
use super::outcome::EdgeOutcome;
use super::side::EdgeSide;
use super::task::Task;
use crate::chart::{Bar, Chart, PEER, RIDGE};
use crate::machine::Machine;

/// Lambda@Edge's prices in US dollars, from AWS's price list: a million requests, and a GB-second.
const MILLION_REQUESTS: f64 = 0.60;
const GB_SECOND: f64 = 0.000_050_01;

/// Returns the price of a million warm invocations. Lambda charges whole milliseconds.
fn dollars(task: &Task, figures: &Figures) -> f64 {
    let gb_seconds = f64::from(task.memory) / 1024.0 * figures.warm_ms.ceil() / 1000.0;
    MILLION_REQUESTS + gb_seconds * GB_SECOND * 1e6
}

pub(super) fn section(machine: &Machine, arguments: &EdgeArguments, outcomes: &[EdgeOutcome]) -> String {
    let mut text = format!(
        "Commit {}, and sharp {} with AWS's SDK for JavaScript, under Node 24 on {}, {} cores;\nmedians of {} fresh \
         environments and of {} warm invocations in each.\n\n",
        machine.commit,
        machine.version("sharp"),
        machine.cpu,
        machine.cores,
        arguments.repeat,
        arguments.warm,
    );
    text += "| | | cold, ms | warm, ms | resident, MiB | zip, MB | a million, $ |\n";
    text += "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
    for outcome in outcomes {
        for (side, figures) in &outcome.sides {
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {:.1} | {:.0} | {:.1} | {:.2} |",
                outcome.task.name,
                side.name(),
                figures.cold_ms,
                figures.warm_ms,
                figures.resident_mib,
                figures.zip_bytes as f64 / 1e6,
                dollars(&outcome.task, figures),
            );
        }
        if let Some((ridge, node)) = outcome.figures(EdgeSide::Ridge).zip(outcome.figures(EdgeSide::Node)) {
            let _ = writeln!(
                text,
                "| | *Node pair ÷ Ridge* | *{:.1}* | *{:.1}* | *{:.1}* | *{:.1}* | *{:.1}* |",
                node.cold_ms / ridge.cold_ms,
                node.warm_ms / ridge.warm_ms,
                node.resident_mib / ridge.resident_mib,
                node.zip_bytes as f64 / ridge.zip_bytes as f64,
                dollars(&outcome.task, node) / dollars(&outcome.task, ridge),
            );
        }
    }
    text
}

pub(super) fn json(machine: &Machine, outcomes: &[EdgeOutcome]) -> Value {
    let tasks = outcomes.iter().map(|outcome| {
        let sides = outcome.sides.iter().map(|(side, figures)| (side.name().to_owned(), json!(figures)));
        json!({ "task": outcome.task.name, "sides": sides.collect::<serde_json::Map<_, _>>() })
    });
    json!({ "machine": machine, "tasks": tasks.collect::<Vec<_>>() })
}

pub(super) fn chart(outcomes: &[EdgeOutcome]) -> String {
    let bars = outcomes.iter().flat_map(|outcome| {
        outcome.sides.iter().flat_map(|(side, figures)| {
            let color = if *side == EdgeSide::Ridge { RIDGE } else { PEER };
            [("cold", figures.cold_ms), ("warm", figures.warm_ms)].map(|(when, value)| Bar {
                title: outcome.task.name.clone(),
                label: format!("{}, {when}", side.name()),
                value,
                text: if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") },
                color,
            })
        })
    });
    let chart = Chart {
        title: "From an invocation to its answer, ms",
        note: "under AWS's Runtime Interface Emulator, one processor each; less is better".into(),
        mark: None,
        bars: bars.collect(),
    };
    chart.svg()
}

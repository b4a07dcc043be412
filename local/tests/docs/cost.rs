//! docs/cost.md counts with the prices and the example that it shows, and with the benchmark's figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pages::{read, table};
use crate::support::page_holds;

const PAGE: &str = "docs/cost.md";
const BENCHMARKS: &str = "docs/benchmarks.md";

/// Of a month, in the example's table.
const MONTHS: [&str; 2] = ["first month", "a later month"];

/// In MB, of the two functions; the benchmark measured them with so much.
const VIEWER_MB: f64 = 128.0;
const ORIGIN_MB: f64 = 1769.0;

/// How many items of invalidations CloudFront takes a month for nothing.
const FREE_ITEMS: f64 = 1000.0;

/// The number that a cell begins with.
fn number(cell: &str) -> f64 {
    let first = cell.split_whitespace().next().unwrap_or_default();
    first.replace(',', "").parse().unwrap_or_else(|_| panic!("{cell:?} is no number"))
}

/// In dollars for one, by name.
fn prices() -> BTreeMap<String, f64> {
    table(PAGE, "prices").into_iter().map(|row| (row[0].clone(), number(&row[1]) / number(&row[2]))).collect()
}

/// The example's numbers for one of its months.
struct Month(BTreeMap<String, f64>);

impl Month {
    fn all() -> [Month; 2] {
        let rows = table(PAGE, "example");
        [1, 2].map(|column| Month(rows.iter().map(|row| (row[0].clone(), number(&row[column]))).collect()))
    }

    fn of(&self, name: &str) -> f64 {
        *self.0.get(name).unwrap_or_else(|| panic!("{PAGE}: the example says nothing of {name:?}"))
    }
}

/// Whole milliseconds, as they are billed, of a warm invocation of Ridge.
struct Measured {
    viewer: f64,
    render: f64,
}

impl Measured {
    fn read() -> Measured {
        let rows = table(BENCHMARKS, "bench-edge");
        let warm = |task: &str| {
            let row = rows.iter().find(|row| row[0] == task && row[1] == "Ridge");
            number(&row.unwrap_or_else(|| panic!("{BENCHMARKS} has no {task}"))[3]).ceil()
        };
        Measured { viewer: warm("viewer-request"), render: warm("origin-response, 12 MP to 800 wide") }
    }
}

fn gb_seconds(calls: f64, milliseconds: f64, megabytes: f64) -> f64 {
    calls * milliseconds / 1e3 * megabytes / 1024.0
}

/// What is paid for in a month: what it is, the name of its price, and how many.
fn items(month: &Month, measured: &Measured) -> Vec<(&'static str, &'static str, f64)> {
    let of = |name| month.of(name);
    let requests = of("requests for pictures");
    let misses = requests * (1.0 - of("of them, answered by CloudFront's caches, %") / 100.0);
    let changed = of("new originals") + of("replaced originals");
    let made = changed * of("variants of each");
    let stored = misses - made;
    assert!(stored > 0.0, "more variants are made than asked for");
    let variants = of("originals") * of("variants of each");
    // A replaced original stays for 30 days, as a version.
    let originals = of("originals") + of("replaced originals");
    let kilobytes = originals * of("kB of an original") + variants * of("kB of a variant, and of an answer");
    let look = of("milliseconds that S3 adds to a look at the original");
    let render = measured.render + of("milliseconds that S3 adds to a render");
    let alarms = read("cdk/test/snapshot.json").matches("\"AWS::CloudWatch::Alarm\"").count() as f64;
    vec![
        ("CloudFront: requests", "CloudFront: requests by HTTPS", requests),
        (
            "CloudFront: traffic, GB",
            "CloudFront: traffic to viewers, of the first 10 TB",
            requests * of("kB of a variant, and of an answer") / 1e6,
        ),
        ("CloudFront: requests through Origin Shield", "CloudFront: requests through Origin Shield", misses),
        (
            "CloudFront: items of invalidations",
            "CloudFront: items of invalidations, after a thousand a month",
            (of("replaced originals") - FREE_ITEMS).max(0.0),
        ),
        ("`viewer-request`: requests", "Lambda@Edge: requests", requests),
        ("`viewer-request`: GB-seconds", "Lambda@Edge: time", gb_seconds(requests, measured.viewer, VIEWER_MB)),
        ("`origin-response`: requests", "Lambda@Edge: requests", misses),
        ("`origin-response`: GB-seconds, looks", "Lambda@Edge: time", gb_seconds(stored, look, ORIGIN_MB)),
        ("`origin-response`: GB-seconds, renders", "Lambda@Edge: time", gb_seconds(made, render, ORIGIN_MB)),
        // Each original is put there, and asked for its versions; each variant is put there.
        ("S3: PUT and LIST", "S3: PUT and LIST", 2.0 * changed + made),
        // CloudFront asks for each miss; a stored variant's original is looked at; another's is read, and looked at again
        // when the variant is written.
        ("S3: GET and HEAD", "S3: GET and HEAD", misses + stored + 2.0 * made),
        ("S3: storage, GB", "S3: storage", kilobytes / 1e6),
        ("S3: tags", "S3: tags", variants),
        ("EventBridge and SQS: events", "EventBridge and SQS: events of S3", changed + made),
        ("CloudWatch: alarms", "CloudWatch: alarms", alarms),
        ("CloudWatch: metrics", "CloudWatch: metrics", of("metrics that were seen")),
        (
            "CloudWatch: logs, GB",
            "CloudWatch: logs",
            misses * of("bytes of log for each call of `origin-response`") / 1e9,
        ),
    ]
}

fn total(month: &Month, measured: &Measured, prices: &BTreeMap<String, f64>) -> f64 {
    items(month, measured).iter().map(|(_, price, count)| count * prices[*price]).sum()
}

/// Whole numbers with commas, small ones with two digits after the point.
fn count(value: f64) -> String {
    if value < 1000.0 && value.fract() > 0.005 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[test]
fn the_example_is_counted() {
    let (prices, measured, months) = (prices(), Measured::read(), Month::all());
    let counted = months.each_ref().map(|month| items(month, &measured));
    let mut text = format!("| | {0} | $ | {1} | $ |\n| --- | ---: | ---: | ---: | ---: |\n", MONTHS[0], MONTHS[1]);
    for (first, later) in counted[0].iter().zip(&counted[1]) {
        let dollars = |item: &(_, &str, f64)| item.2 * prices[item.1];
        let (name, both) = (first.0, [dollars(first), dollars(later)]);
        let _ =
            writeln!(text, "| {name} | {} | {:.2} | {} | {:.2} |", count(first.2), both[0], count(later.2), both[1]);
    }
    let totals = months.each_ref().map(|month| total(month, &measured, &prices));
    let _ = writeln!(text, "| **all** | | **{:.2}** | | **{:.2}** |\n", totals[0], totals[1]);
    let millions = months[1].of("requests for pictures") / 1e6;
    let functions = |name: &str| -> f64 {
        counted[1].iter().filter(|item| item.0.starts_with(name)).map(|item| item.2 * prices[item.1]).sum()
    };
    let _ = writeln!(
        text,
        "In a later month that is ${:.2} for a million requests, of which CloudFront's requests and traffic are ${:.2},\n\
         `viewer-request` ${:.2} and `origin-response` ${:.2}. By how much CloudFront answers from its caches:\n",
        totals[1] / millions,
        functions("CloudFront") / millions,
        functions("`viewer") / millions,
        functions("`origin") / millions,
    );
    let hits = "of them, answered by CloudFront's caches, %";
    let shares = [80.0, 90.0, 95.0, 99.0];
    let with = |share: f64| {
        let mut month = Month(months[1].0.clone());
        month.0.insert(hits.into(), share);
        format!("{:.2}", total(&month, &measured, &prices))
    };
    let heads = shares.map(|share| format!("{share} %")).join(" | ");
    let _ = writeln!(text, "| a later month with | {heads} |\n| --- | ---: | ---: | ---: | ---: |");
    let _ = writeln!(text, "| $ | {} |", shares.map(with).join(" | "));
    page_holds(PAGE, "cost", &text, "UPDATE_README=1 cargo test -p local --test docs");
}

/// The benchmark's column of dollars is the same arithmetic, in another program: it must have used these prices.
#[test]
fn the_benchmark_has_the_same_prices() {
    let prices = prices();
    let (request, second) = (prices["Lambda@Edge: requests"], prices["Lambda@Edge: time"]);
    let said = read(BENCHMARKS).replace('\n', " ");
    assert!(said.contains(&format!("${:.2} a million and ${second:.8} a GB-second", request * 1e6)), "{BENCHMARKS}");
    assert!(said.contains(&format!("the stack's {VIEWER_MB} and {ORIGIN_MB} MB")), "{BENCHMARKS}");
    let functions = read("cdk/lib/functions.ts");
    assert!([VIEWER_MB, ORIGIN_MB].iter().all(|memory| functions.contains(&format!("memoryMb: {memory},"))));
    let mut rows = 0;
    for row in table(BENCHMARKS, "bench-edge").iter().filter(|row| !row[1].starts_with('*')) {
        let memory = if row[0].starts_with("viewer") { VIEWER_MB } else { ORIGIN_MB };
        let million = 1e6 * (request + gb_seconds(1.0, number(&row[3]).ceil(), memory) * second);
        // Milliseconds are printed with one digit, and were rounded up before.
        let slack = 1e6 * gb_seconds(1.0, 1.0, memory) * second + 0.005;
        assert!((million - number(&row[6])).abs() <= slack, "{row:?}: {million}");
        rows += 1;
    }
    assert!(rows > 5);
}

/// `ridge warm` tells what S3 asks by prices of its own.
#[test]
fn ridge_warm_has_the_same_prices() {
    let warm = read("local/src/warm/prices.rs");
    for (name, constant) in [
        ("S3: PUT and LIST", "put_or_list: "),
        ("S3: GET and HEAD", "get_or_head: "),
        ("S3: storage", "STORED: f64 = "),
    ] {
        let row = table(PAGE, "prices").into_iter().find(|row| row[0] == name).unwrap();
        assert!(warm.contains(&format!("{constant}{}", row[1])), "{name}: {}", row[1]);
    }
}

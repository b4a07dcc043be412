//! The calculation in docs/cost.md, with the prices and the example on the page and the benchmark's results.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ridge_cloudfront::functions::{ORIGIN_RESPONSE, VIEWER_REQUEST};

use super::pages::{read, table};
use crate::support::page_holds;

const PAGE: &str = "docs/cost.md";
const BENCHMARKS: &str = "docs/benchmarks.md";

/// Rows of the example's table.
const REQUESTS: &str = "image requests";
const HITS: &str = "cache hit ratio, %";

/// Columns of the example's table.
const MONTHS: [&str; 2] = ["first month", "a later month"];

/// Memory of the two functions in MB, with which the benchmark ran.
const VIEWER_MB: f64 = VIEWER_REQUEST.memory_mb as f64;
const ORIGIN_MB: f64 = ORIGIN_RESPONSE.memory_mb as f64;

/// Returns the number at the start of a cell.
fn number(cell: &str) -> f64 {
    let first = cell.split_whitespace().next().unwrap_or_default();
    first.replace(',', "").parse().unwrap_or_else(|_| panic!("{cell:?} is no number"))
}

/// A row of the page's table of prices.
struct Price {
    /// Dollars for one unit.
    each: f64,
    /// Free units of each month.
    free: f64,
}

impl Price {
    fn of(&self, count: f64) -> f64 {
        (count - self.free).max(0.0) * self.each
    }

    fn without_free_tier(&self, count: f64) -> f64 {
        count * self.each
    }
}

type Prices = BTreeMap<String, Price>;

/// Returns the prices by name: what is charged, dollars, for how many units, and how many are free.
fn prices() -> Prices {
    let price = |row: &Vec<String>| Price {
        each: number(&row[1]) / number(&row[2]),
        free: if row[3].is_empty() { 0.0 } else { number(&row[3]) },
    };
    table(PAGE, "prices").iter().map(|row| (row[0].clone(), price(row))).collect()
}

/// The example's numbers for one month.
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

/// The durations of warm invocations of Ridge, in whole milliseconds, as Lambda charges them.
struct Measured {
    viewer: f64,
    render: f64,
    /// The additional time of a cold start of `viewer-request`.
    viewer_start: f64,
    /// The additional time of a cold start of `origin-response`.
    render_start: f64,
}

impl Measured {
    fn read() -> Measured {
        let rows = table(BENCHMARKS, "bench-edge");
        let cells = |task: &str| {
            let row = rows.iter().find(|row| row[0] == task && row[1] == "Ridge");
            let row = row.unwrap_or_else(|| panic!("{BENCHMARKS} has no {task}"));
            (number(&row[2]).ceil(), number(&row[3]).ceil())
        };
        let (viewer_cold, viewer) = cells("viewer-request");
        let (render_cold, render) = cells("origin-response, 12 MP to 800 wide");
        Measured { viewer, render, viewer_start: viewer_cold - viewer, render_start: render_cold - render }
    }
}

fn gb_seconds(calls: f64, milliseconds: f64, megabytes: f64) -> f64 {
    calls * milliseconds / 1e3 * megabytes / 1024.0
}

/// Returns the number of cache misses.
fn misses(month: &Month) -> f64 {
    month.of(REQUESTS) * (1.0 - month.of(HITS) / 100.0)
}

/// Returns what is charged in a month: its name, the name of its price, and the quantity.
fn items(month: &Month, measured: &Measured) -> Vec<(&'static str, &'static str, f64)> {
    let of = |name| month.of(name);
    let requests = of(REQUESTS);
    let misses = misses(month);
    let changed = of("new originals") + of("replaced originals");
    let made = changed * of("variants per original");
    let stored = misses - made;
    assert!(stored > 0.0, "more variants are rendered than requested");
    let variants = of("originals") * of("variants per original");
    // A replaced original remains for 30 days as a noncurrent version.
    let originals = of("originals") + of("replaced originals");
    let kilobytes = originals * of("kB per original") + variants * of("kB per variant");
    let check = of("ms that S3 adds to a freshness check");
    let render = measured.render + of("ms that S3 adds to a render");
    let alarms = read("cdk/test/snapshot.json").matches("\"AWS::CloudWatch::Alarm\"").count() as f64;
    vec![
        ("CloudFront: requests", "CloudFront: HTTPS requests", requests),
        (
            "CloudFront: data transfer, GB",
            "CloudFront: data transfer to viewers, first 10 TB",
            requests * of("kB per variant") / 1e6,
        ),
        ("CloudFront: Origin Shield requests", "CloudFront: Origin Shield requests", misses),
        ("CloudFront: invalidation paths", "CloudFront: invalidation paths", of("replaced originals")),
        ("`viewer-request`: requests", "Lambda@Edge: requests", requests),
        ("`viewer-request`: GB-seconds", "Lambda@Edge: duration", gb_seconds(requests, measured.viewer, VIEWER_MB)),
        ("`origin-response`: requests", "Lambda@Edge: requests", misses),
        (
            "`origin-response`: GB-seconds, freshness checks",
            "Lambda@Edge: duration",
            gb_seconds(stored, check, ORIGIN_MB),
        ),
        ("`origin-response`: GB-seconds, renders", "Lambda@Edge: duration", gb_seconds(made, render, ORIGIN_MB)),
        // Each original is uploaded and its versions are listed; each variant is stored.
        ("S3: PUT and LIST", "S3: PUT and LIST", 2.0 * changed + made),
        // CloudFront sends a GET for each cache miss. A stored variant costs a HEAD of its original. For a new variant
        // the original is read, and compared again after the variant has been stored.
        ("S3: GET and HEAD", "S3: GET and HEAD", misses + stored + 2.0 * made),
        ("S3: storage, GB", "S3: storage", kilobytes / 1e6),
        ("S3: object tags", "S3: object tags", variants),
        ("EventBridge and SQS: events", "EventBridge and SQS: S3 events", changed + made),
        ("CloudWatch: alarms", "CloudWatch: alarms", alarms),
        ("CloudWatch: metrics", "CloudWatch: metrics", of("CloudWatch metrics with data")),
        (
            "CloudWatch: logs, GB",
            "CloudWatch: logs",
            misses * of("bytes of log per `origin-response` invocation") / 1e9,
        ),
    ]
}

fn total(month: &Month, measured: &Measured, prices: &Prices, of: fn(&Price, f64) -> f64) -> f64 {
    items(month, measured).iter().map(|(_, price, count)| of(&prices[*price], *count)).sum()
}

/// Returns the maximum that cold starts could add: every invocation is one.
fn cold_starts(month: &Month, measured: &Measured, prices: &Prices) -> f64 {
    let seconds = gb_seconds(month.of(REQUESTS), measured.viewer_start, VIEWER_MB)
        + gb_seconds(misses(month), measured.render_start, ORIGIN_MB);
    prices["Lambda@Edge: duration"].of(seconds)
}

/// Formats large numbers without decimals and with thousands separators, small ones with two decimals.
fn count(value: f64) -> String {
    if value < 1000.0 && value.fract() > 0.005 {
        return format!("{value:.2}");
    }
    let digits = format!("{value:.0}");
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[test]
fn the_example_is_calculated() {
    let (prices, measured, months) = (prices(), Measured::read(), Month::all());
    let counted = months.each_ref().map(|month| items(month, &measured));
    let mut text = format!("| | {0} | $ | {1} | $ |\n| --- | ---: | ---: | ---: | ---: |\n", MONTHS[0], MONTHS[1]);
    for (first, later) in counted[0].iter().zip(&counted[1]) {
        let dollars = |item: &(_, &str, f64)| prices[item.1].of(item.2);
        let (name, both) = (first.0, [dollars(first), dollars(later)]);
        let _ =
            writeln!(text, "| {name} | {} | {:.2} | {} | {:.2} |", count(first.2), both[0], count(later.2), both[1]);
    }
    let totals = |of: fn(&Price, f64) -> f64| months.each_ref().map(|month| total(month, &measured, &prices, of));
    let (paid, listed) = (totals(Price::of), totals(Price::without_free_tier));
    let _ = writeln!(text, "| **total** | | **{:.2}** | | **{:.2}** |", paid[0], paid[1]);
    let _ = writeln!(text, "| without the free tier | | {:.2} | | {:.2} |\n", listed[0], listed[1]);
    let functions = |name: &str| -> f64 {
        let of_function = counted[1].iter().filter(|item| item.0.starts_with(name));
        of_function.map(|item| prices[item.1].of(item.2)).sum()
    };
    let changed = |name: &str, value: f64| {
        let mut month = Month(months[1].0.clone());
        month.0.insert(name.into(), value);
        total(&month, &measured, &prices, Price::of)
    };
    let many = 10.0 * months[1].of(REQUESTS);
    let _ = writeln!(
        text,
        "In a later month `viewer-request` is ${:.2} of the total and `origin-response` ${:.2}. If every invocation were a\n\
         cold start, the INIT phase would add ${:.2}. With ten times the traffic, {} requests, the total is ${:.2}.\n",
        functions("`viewer"),
        functions("`origin"),
        cold_starts(&months[1], &measured, &prices),
        count(many),
        changed(REQUESTS, many),
    );
    let shares = [80.0, 90.0, 95.0, 99.0];
    let heads = shares.map(|share| format!("{share} %")).join(" | ");
    let _ = writeln!(text, "| cache hit ratio | {heads} |\n| --- | ---: | ---: | ---: | ---: |");
    let with = |share| format!("{:.2}", changed(HITS, share));
    let _ = writeln!(text, "| $ in a later month | {} |", shares.map(with).join(" | "));
    page_holds(PAGE, "cost", &text, "UPDATE_README=1 cargo test -p local docs::cost");

    let (month, row) = (format!("about ${:.0} a month", paid[1]), format!("| **Ridge** | {:.0} |", paid[1]));
    for (page, said) in [("README.md", &month), (PAGE, &month), (PAGE, &row)] {
        assert!(read(page).replace('\n', " ").contains(said), "{page} does not say {said:?}");
    }
}

/// The benchmark calculates its column of dollars with prices of its own, which must equal those of the page.
#[test]
fn the_benchmark_has_the_same_prices() {
    let prices = prices();
    let (request, second) = (prices["Lambda@Edge: requests"].each, prices["Lambda@Edge: duration"].each);
    let said = read(BENCHMARKS).replace('\n', " ");
    assert!(said.contains(&format!("${:.2} a million and ${second:.8} a GB-second", request * 1e6)), "{BENCHMARKS}");
    assert!(said.contains(&format!("the stack's {VIEWER_MB} and {ORIGIN_MB} MB")), "{BENCHMARKS}");
    let mut rows = 0;
    for row in table(BENCHMARKS, "bench-edge").iter().filter(|row| !row[1].starts_with('*')) {
        let memory = if row[0].starts_with("viewer") { VIEWER_MB } else { ORIGIN_MB };
        let million = 1e6 * (request + gb_seconds(1.0, number(&row[3]).ceil(), memory) * second);
        // The table shows milliseconds with one decimal, after the price has been calculated from rounded-up ones.
        let slack = 1e6 * gb_seconds(1.0, 1.0, memory) * second + 0.005;
        assert!((million - number(&row[6])).abs() <= slack, "{row:?}: {million}");
        rows += 1;
    }
    assert!(rows > 5);
}

/// `ridge warm` estimates S3's charges with prices of its own.
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

//! Every way in which S3 can fail, for each request that the function sends: the response, that nothing wrong or
//! partial is stored, and that a later request succeeds.

use ridge_store::Store as _;
use std::fs;
use std::time::Duration;

use futures_util::future::join_all;
use ridge_contract::Key;
use tempfile::tempdir;

/// What the viewer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The variant, stored, as without the failure.
    AsUsual,
    Unavailable,
    Missing,
    /// The stored variant, without a freshness check.
    Unchecked,
    /// The variant, which is not stored.
    Unstored,
    /// The variant, which S3 has stored without confirming it.
    Untold,
    /// This failure cannot happen here.
    Never,
}

use Outcome::*;

use crate::support;
use crate::support::http_client::Answer;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::{Ridge, before, pictures};

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            AsUsual => "as usual",
            Unavailable => "503, not cached",
            Missing => "404, cached for 10 s",
            Unchecked => "the stored variant, cached for 60 s",
            Unstored => "the variant, cached for 60 s, not stored",
            Untold => "the variant, cached for 60 s, stored if S3 wrote it before the failure",
            Never => "-",
        }
    }

    fn status_and_cache_control(self) -> (u16, &'static str) {
        match self {
            AsUsual | Never => (200, "public, max-age=31536000"),
            Unavailable => (503, "no-store"),
            Missing => (404, "max-age=10"),
            Unchecked | Unstored | Untold => (200, "public, max-age=60"),
        }
    }
}

struct Row {
    name: &'static str,
    fault: Fault,
    /// In the order of `ASKED`.
    outcomes: [Outcome; 3],
}

/// The method for a rule of the proxy, and the column of the page's table.
const ASKED: [(&str, &str); 3] = [
    ("GET", "when the original is read"),
    ("HEAD", "when a stored variant is compared with it"),
    ("PUT", "when the variant is stored"),
];

/// The function's timeout, in seconds.
const TIMEOUT: &str = "4";
const IN_TIME: Duration = Duration::from_millis(700);
const TOO_LATE: Duration = Duration::from_secs(30);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { name: "responds slowly", fault: Fault::Latency(IN_TIME), outcomes: [AsUsual, AsUsual, AsUsual] },
    Row { name: "responds after the function's timeout", fault: Fault::Latency(TOO_LATE), outcomes: [Unavailable, Unchecked, Unstored] },
    Row { name: "resets the connection", fault: Fault::Reset, outcomes: [Unavailable, Unchecked, Untold] },
    Row { name: "closes the connection halfway", fault: Fault::HalfBody, outcomes: [Unavailable, Never, Unstored] },
    Row { name: "sends fewer bytes than declared", fault: Fault::TooFewBytes, outcomes: [Unavailable, Never, Never] },
    Row { name: "sends a truncated body with the checksum of the whole", fault: Fault::CutShort, outcomes: [Unavailable, Never, Never] },
    Row { name: "fails (500)", fault: Fault::Status(500), outcomes: [Unavailable, Unchecked, Unstored] },
    Row { name: "throttles (503 SlowDown)", fault: Fault::Status(503), outcomes: [Unavailable, Unchecked, Unstored] },
    Row { name: "reports expired credentials (400)", fault: Fault::Status(400), outcomes: [Unavailable, Unchecked, Unstored] },
    Row { name: "denies access (403)", fault: Fault::Status(403), outcomes: [Missing, Unchecked, Unstored] },
];

/// One cell of the table.
struct Case {
    fault: Fault,
    method: &'static str,
    outcome: Outcome,
    key: String,
}

impl Case {
    fn all() -> Vec<Case> {
        let cell = |row: usize, column: usize| {
            let (method, outcome) = (ASKED[column].0, ROWS[row].outcomes[column]);
            Case { fault: ROWS[row].fault, method, outcome, key: format!("{row}-{method}.jpg") }
        };
        let cells = (0..ROWS.len()).flat_map(|row| (0..ASKED.len()).map(move |column| cell(row, column)));
        cells.filter(|case| case.outcome != Never).collect()
    }

    fn variant(&self) -> Key {
        Key::new(format!("w_40/h_30/webp/{}", self.key)).unwrap()
    }

    fn rule(&self) -> Rule {
        let key = if self.method == "PUT" { self.variant().to_string() } else { self.key.clone() };
        Rule::new(self.method, &format!("/{}/{key}", local::s3::BUCKET), self.fault)
    }

    async fn ask(&self, ridge: &Ridge) -> Answer {
        ridge.get(&format!("/{}?w=40&h=30", self.key)).await
    }

    /// Returns the object in S3, if there is one.
    async fn stored(&self, behind: &Ridge) -> Option<Vec<u8>> {
        Some(behind.store().get(&self.variant(), 1 << 20).await.ok()?.bytes.to_vec())
    }
}

#[tokio::test]
async fn every_failure_of_s3() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let cases = Case::all();
    let picture = pictures::sample("dandelion.jpg");
    for key in cases.iter().map(|case| case.key.as_str()).chain(["good.jpg"]) {
        fs::write(folder.path().join(key), &picture).unwrap();
    }
    let behind = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    let right = behind.get("/good.jpg?w=40&h=30").await.body.to_vec();
    for case in cases.iter().filter(|case| case.method == "HEAD") {
        assert_eq!(case.ask(&behind).await.status, 200);
    }
    let proxy = Proxy::start(&behind.s3, cases.iter().map(Case::rule).collect()).await;
    let ridge = before(&proxy, data.path(), &["--timeout", TIMEOUT]);

    let answers = join_all(cases.iter().map(|case| case.ask(&ridge))).await;
    for (case, answer) in cases.iter().zip(&answers) {
        let name = format!("{} {:?}", case.method, case.fault);
        let got = (answer.status, answer.header("cache-control"));
        assert_eq!(got, case.outcome.status_and_cache_control(), "{name}: {answer:?}");
        if answer.status == 200 {
            assert_eq!(answer.body, right, "{name}");
        }
        let stored = case.stored(&behind).await;
        let is_kept = matches!(case.outcome, AsUsual | Unchecked | Untold);
        assert_eq!(stored.as_deref(), is_kept.then_some(&right[..]), "{name}");
    }

    proxy.heal();
    let keys: Vec<_> = cases.iter().map(|case| case.key.as_str()).collect();
    ridge.purge(&keys).await;
    for case in &cases {
        let answer = case.ask(&ridge).await;
        let got = (answer.status, answer.header("cache-control"));
        assert_eq!(got, AsUsual.status_and_cache_control(), "later: {} {:?}", case.method, case.fault);
        assert_eq!(answer.body, right);
        assert_eq!(case.stored(&behind).await.as_deref(), Some(&right[..]));
    }
}

/// The client sends a request up to three times, so a single failure has no effect.
#[tokio::test]
async fn a_single_failure_has_no_effect() {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let cases: Vec<_> = Case::all().into_iter().filter(|case| !matches!(case.outcome, AsUsual | Missing)).collect();
    for case in &cases {
        fs::write(folder.path().join(&case.key), pictures::sample("dandelion.jpg")).unwrap();
    }
    let behind = Ridge::serve(data.path(), &["--originals", folder.path().to_str().unwrap()]);
    let is_for_good = |case: &&Case| !matches!(case.fault, Fault::Latency(_) | Fault::Status(400 | 403));
    let cases: Vec<_> = cases.iter().filter(is_for_good).collect();
    let stored = cases.iter().filter(|case| case.method == "HEAD").map(|case| case.ask(&behind));
    join_all(stored).await;
    let proxy = Proxy::start(&behind.s3, cases.iter().map(|case| case.rule().once()).collect()).await;
    let ridge = before(&proxy, data.path(), &[]);
    for (case, answer) in cases.iter().zip(join_all(cases.iter().map(|case| case.ask(&ridge))).await) {
        let got = (answer.status, answer.header("cache-control"));
        assert_eq!(got, AsUsual.status_and_cache_control(), "{} {:?}", case.method, case.fault);
    }
    assert_eq!(proxy.unused(), 0, "every rule has failed once");
}

#[test]
fn the_table_on_the_page_is_generated() {
    let mut table = format!("| S3 | {} | {} | {} |\n| --- | --- | --- | --- |\n", ASKED[0].1, ASKED[1].1, ASKED[2].1);
    for Row { name, outcomes, .. } in ROWS {
        let [get, head, put] = outcomes.map(Outcome::words);
        table += &format!("| {name} | {get} | {head} | {put} |\n");
    }
    support::page_holds("docs/errors.md", "outages", &table, "UPDATE_README=1 cargo test -p local outages");
}

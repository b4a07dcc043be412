//! The tasks of the functions.

use std::fs;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local::lambda::{ORIGIN_MEMORY, ORIGIN_TIMEOUT, VIEWER_MEMORY, VIEWER_TIMEOUT};
use local::s3;
use ridge_contract::Key;
use ridge_pixels::Kind;
use ridge_store::Address;
use serde_json::{Value, json};

use super::side::EdgeSide;
use crate::repository::root;

/// One event, and its expected response.
pub(super) struct Task {
    /// Such as "origin-response, 12 MP to 200 wide".
    pub(super) name: String,
    pub(super) function: &'static str,
    /// In MB.
    pub(super) memory: u32,
    pub(super) timeout: std::time::Duration,
    pub(super) event: Value,
    expected: Expected,
}

enum Expected {
    /// The request's URI.
    Uri(&'static str),
    /// The width of a WebP, in pixels.
    Width(u32),
}

pub(super) fn all(endpoint: &str) -> anyhow::Result<Vec<Task>> {
    let mut viewer_request = fixture("viewer-request.json")?;
    let request = &mut viewer_request["Records"][0]["cf"]["request"];
    (request["uri"], request["querystring"]) = (json!("/12mp.jpg"), json!("w=200&h=200"));
    let mut tasks = vec![Task {
        name: "viewer-request".into(),
        function: "viewer-request",
        memory: VIEWER_MEMORY,
        timeout: VIEWER_TIMEOUT,
        event: viewer_request,
        expected: Expected::Uri("/w_200/h_200/webp/12mp.jpg"),
    }];
    for width in [200, 800] {
        let mut event = fixture("origin-response.json")?;
        let request = &mut event["Records"][0]["cf"]["request"];
        request["uri"] = json!(uri(width));
        let address = Address { bucket: s3::BUCKET.into(), region: s3::REGION.into() };
        let s3 = &mut request["origin"]["s3"];
        s3["domainName"] = json!(address.domain());
        let header = origin_response::ENDPOINT_HEADER;
        s3["customHeaders"] = json!({ header: [{ "key": header, "value": endpoint }] });
        tasks.push(Task {
            name: format!("origin-response, 12 MP to {width} wide"),
            function: "origin-response",
            memory: ORIGIN_MEMORY,
            timeout: ORIGIN_TIMEOUT,
            event,
            expected: Expected::Width(width),
        });
    }
    Ok(tasks)
}

fn uri(width: u32) -> String {
    format!("/w_{width}/webp/12mp.jpg")
}

fn fixture(name: &str) -> anyhow::Result<Value> {
    let path = root().join("testdata/events").join(name);
    serde_json::from_str(&fs::read_to_string(&path)?).with_context(|| path.display().to_string())
}

impl Task {
    /// Returns the sides that take part. The idle Node function is compared with the small function only.
    pub(super) fn sides(&self) -> &'static [EdgeSide] {
        match self.expected {
            Expected::Uri(_) => &[EdgeSide::Ridge, EdgeSide::Node, EdgeSide::Nothing],
            Expected::Width(_) => &[EdgeSide::Ridge, EdgeSide::Node],
        }
    }

    /// Returns the key that the function writes, which is deleted before the next invocation.
    pub(super) fn variant(&self) -> anyhow::Result<Option<Key>> {
        match self.expected {
            Expected::Uri(_) => Ok(None),
            Expected::Width(width) => Ok(Some(Key::from_path(&uri(width))?)),
        }
    }

    /// Checks the response, so that a fast but wrong response fails.
    pub(super) fn check(&self, side: EdgeSide, answer: &[u8]) -> anyhow::Result<()> {
        let answer: Value = serde_json::from_slice(answer)?;
        match self.expected {
            Expected::Uri(uri) => {
                ensure!(side == EdgeSide::Nothing || answer["uri"] == uri, "{}: {answer}", side.name())
            }
            Expected::Width(width) => {
                let body = STANDARD.decode(answer["body"].as_str().unwrap_or_default())?;
                let kind = ridge_pixels::recognise(&body)?;
                let size = ridge_pixels::header(kind, &body)?.size;
                ensure!(kind == Kind::WebP && size.width == width, "{}: {kind:?} of {size}", side.name());
            }
        }
        Ok(())
    }
}

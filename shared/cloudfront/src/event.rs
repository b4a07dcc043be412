//! CloudFront's Lambda@Edge events, from "Lambda@Edge event structure" in the CloudFront developer guide.
//!
//! The requests and responses that a function returns keep fields that are unknown here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The payload of an invocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// One record.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// The element of [`Event::records`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The event.
    pub cf: Cf,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cf {
    /// The distribution and the kind of event.
    pub config: EventConfig,
    /// The viewer's request; in origin-response, as viewer-request rewrote it.
    pub request: Request,
    /// The origin's response, in origin-response only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The distribution and the kind of event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventConfig {
    /// `viewer-request`, `origin-response`, …
    pub event_type: String,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl EventConfig {
    /// The distribution's id; empty if the event has none.
    pub fn distribution(&self) -> &str {
        self.rest.get("distributionId").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// The percent-encoded path as the client sent it, without query.
    pub uri: String,
    /// The query string, without `?`.
    #[serde(default)]
    pub querystring: String,
    /// The headers that CloudFront includes at this stage.
    #[serde(default)]
    pub headers: Headers,
    /// The origin; absent in viewer-request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The origin of a request: a bucket, or a custom origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// A bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3: Option<S3Origin>,
    /// Unknown fields, `custom` among them.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A bucket as origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct S3Origin {
    /// `BUCKET.s3.REGION.amazonaws.com`.
    pub domain_name: String,
    /// The path that CloudFront adds before the URI in requests to the bucket.
    #[serde(default)]
    pub path: String,
    /// The headers that the distribution adds to requests to the origin.
    #[serde(default)]
    pub custom_headers: Headers,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A response, from the origin or generated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status, three digits.
    pub status: String,
    /// The reason phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_description: Option<String>,
    /// The headers.
    #[serde(default)]
    pub headers: Headers,
    /// A generated body. If absent, CloudFront streams the origin's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The encoding of `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_encoding: Option<BodyEncoding>,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyEncoding {
    /// None.
    Text,
    /// Base64.
    Base64,
}

/// What a viewer-request function returns. CloudFront distinguishes the two by their fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Continue with this request.
    Request(Box<Request>),
    /// Respond to the viewer.
    Response(Box<Response>),
}

/// Headers, by lower-case name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(BTreeMap<String, Vec<Header>>);

/// One header line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The name in its original case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The value.
    pub value: String,
}

impl Event {
    /// An event with one record.
    pub fn new(cf: Cf) -> Event {
        Event { records: vec![Record { cf }] }
    }

    /// The record's event; `None` if there is no record.
    pub fn into_cf(self) -> Option<Cf> {
        self.records.into_iter().next().map(|record| record.cf)
    }
}

impl Headers {
    /// The values of all lines of a header (lower-case name).
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(|header| header.value.as_str())
    }

    /// The value of the first line.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Replaces all lines of a header by one. The name may have any case.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.remove(&name.to_ascii_lowercase());
        self.add(name, value);
    }

    /// Sets several headers, each as [`Headers::set`] does.
    pub fn set_all(&mut self, headers: &[(&str, &str)]) {
        for (name, value) in headers {
            self.set(name, value);
        }
    }

    /// Adds a line.
    pub fn add(&mut self, name: &str, value: &str) {
        let header = Header { key: Some(name.to_owned()), value: value.to_owned() };
        self.0.entry(name.to_ascii_lowercase()).or_default().push(header);
    }

    /// Keeps the headers for whose lower-case names `keep` returns true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|name, _| keep(name));
    }

    /// All lines: lower-case name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name.as_str(), line.value.as_str())))
    }

    /// All lines: name in its original case, and value.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name, line)));
        lines.map(|(name, line)| (line.key.as_deref().unwrap_or(name), line.value.as_str()))
    }

    /// The lower-case names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Response {
    /// A response without a body.
    pub fn generated(status: u16, reason: &str, headers: Headers) -> Response {
        Response {
            status: status.to_string(),
            status_description: Some(reason.to_owned()),
            headers,
            body: None,
            body_encoding: None,
            rest: Map::new(),
        }
    }

    /// The response with a text body.
    pub fn with_text(mut self, body: impl Into<String>) -> Response {
        self.body = Some(body.into());
        self.body_encoding = Some(BodyEncoding::Text);
        self
    }

    /// The response with a base64 body.
    pub fn with_base64(mut self, body: String) -> Response {
        self.body = Some(body);
        self.body_encoding = Some(BodyEncoding::Base64);
        self
    }

    /// The response with an empty body, for `HEAD` and redirects. Without a body, CloudFront would send the origin's.
    pub fn with_empty_body(self) -> Response {
        self.with_text("")
    }
}

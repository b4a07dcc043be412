//! CloudFront's Lambda@Edge events, as "Lambda@Edge event structure" of the CloudFront developer guide has them.
//!
//! What a function gives back, requests and responses, keeps the fields that are not known here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a function is called with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Always one.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// The one element of [`Event::records`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The event itself.
    pub cf: Cf,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cf {
    /// About the distribution.
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

/// About the distribution and the kind of event.
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
    /// The distribution's id; empty where the event does not say.
    pub fn distribution(&self) -> &str {
        self.rest.get("distributionId").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Percent-encoded path as sent, without query.
    pub uri: String,
    /// Without `?`.
    #[serde(default)]
    pub querystring: String,
    /// All headers that CloudFront shows at this stage.
    #[serde(default)]
    pub headers: Headers,
    /// Where the request goes; absent in viewer-request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The origin of a request; one of the two is there.
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
    /// What CloudFront puts before the URI on the way to the bucket.
    #[serde(default)]
    pub path: String,
    /// Headers that the distribution adds on the way to the origin.
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
    /// Three digits.
    pub status: String,
    /// The reason phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_description: Option<String>,
    /// The headers.
    #[serde(default)]
    pub headers: Headers,
    /// A generated body; absent keeps the origin's own, streamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How `body` is written: `text` or `base64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_encoding: Option<BodyEncoding>,
    /// Unknown fields.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyEncoding {
    /// As it is.
    Text,
    /// Base64.
    Base64,
}

/// What a viewer-request function gives back: serialised, CloudFront tells the two apart by their fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// Go on with this request.
    Request(Box<Request>),
    /// Answer at once.
    Response(Box<Response>),
}

/// Headers by lower-case name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Headers(BTreeMap<String, Vec<Header>>);

/// One header line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The name as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The value.
    pub value: String,
}

impl Event {
    /// An event with its one record.
    pub fn new(cf: Cf) -> Event {
        Event { records: vec![Record { cf }] }
    }

    /// The one record's event; `None` when there is none.
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

    /// Replaces all lines of a header by one. The name is taken in any case.
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

    /// Keeps the headers whose lower-case name passes.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|name, _| keep(name));
    }

    /// All lines: lower-case name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name.as_str(), line.value.as_str())))
    }

    /// All lines: the name as it was written, and value.
    pub fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name, line)));
        lines.map(|(name, line)| (line.key.as_deref().unwrap_or(name), line.value.as_str()))
    }

    /// Lower-case names.
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

    /// The same with a body of text.
    pub fn with_text(mut self, body: impl Into<String>) -> Response {
        self.body = Some(body.into());
        self.body_encoding = Some(BodyEncoding::Text);
        self
    }

    /// The same with a body in base64.
    pub fn with_base64(mut self, body: String) -> Response {
        self.body = Some(body);
        self.body_encoding = Some(BodyEncoding::Base64);
        self
    }

    /// The same with an empty body, for `HEAD` and redirects: leaving the body out would keep the origin's.
    pub fn with_empty_body(self) -> Response {
        self.with_text("")
    }
}

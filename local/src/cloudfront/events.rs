//! Conversion of HTTP requests and responses into Lambda@Edge events.

use http::{HeaderMap, Method, Uri};
use origin_response::ENDPOINT_HEADER;
use ridge_cloudfront::event::{Cf, Event, EventConfig, Headers, Origin, Request, Response, S3Origin};
use ridge_store::Address;
use serde_json::{Map, Value, json};

use super::origin::{self, S3Response};

/// Returns the event of a viewer's request, without an origin.
pub(super) fn viewer_request(method: &Method, uri: &Uri, headers: &HeaderMap) -> Event {
    let request = Request {
        method: method.to_string(),
        uri: uri.path().to_owned(),
        querystring: uri.query().unwrap_or_default().to_owned(),
        headers: of_map(headers),
        origin: None,
        rest: client_ip(),
    };
    Event::new(Cf { config: config("viewer-request"), request, response: None, rest: Map::new() })
}

/// Returns the event of the origin's response to a request that viewer-request has passed on. It contains none of the
/// viewer's headers, because none of them is in the cache key.
pub(super) fn origin_response(request: Request, response: Response, origin: &origin::Origin) -> Event {
    let address = origin.address();
    let mut custom_headers = Headers::default();
    if let Some(endpoint) = origin.endpoint() {
        custom_headers.set(ENDPOINT_HEADER, endpoint);
    }
    let mut headers = Headers::default();
    headers.set("User-Agent", "Amazon CloudFront");
    headers.set("Via", "1.1 local.cloudfront.net (CloudFront)");
    headers.set("Host", &address.domain());
    let s3 = S3Origin { domain_name: address.domain(), path: String::new(), custom_headers, rest: s3_rest(address) };
    let origin = Some(Origin { s3: Some(s3), rest: Map::new() });
    let request = Request { headers, origin, ..request };
    Event::new(Cf { config: config("origin-response"), request, response: Some(response), rest: Map::new() })
}

/// Returns S3's response as the event contains it: without a body, and with chunked encoding for errors, as S3 sends
/// them.
pub(super) fn response(answer: &S3Response) -> Response {
    let mut headers = of_map(&answer.headers);
    if answer.status.is_client_error() || answer.status.is_server_error() {
        headers.retain(|name| name != "content-length");
        headers.set("Transfer-Encoding", "chunked");
    }
    Response::generated(answer.status.as_u16(), answer.status.canonical_reason().unwrap_or_default(), headers)
}

fn of_map(map: &HeaderMap) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in map {
        // Events are JSON, so header values are UTF-8.
        headers.add(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
    }
    headers
}

fn config(event_type: &str) -> EventConfig {
    let rest = json!({
        "distributionDomainName": "local.cloudfront.net",
        "distributionId": super::ID,
        "requestId": "local",
    });
    EventConfig { event_type: event_type.to_owned(), rest: object(rest) }
}

fn client_ip() -> Map<String, Value> {
    object(json!({ "clientIp": "127.0.0.1" }))
}

fn s3_rest(address: &Address) -> Map<String, Value> {
    object(json!({ "authMethod": "none", "region": address.region }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

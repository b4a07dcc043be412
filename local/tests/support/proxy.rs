//! A proxy before an S3 server that fails on demand, and counts requests.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::http_client::{Answer, send_any};

/// What happens to a request instead of being passed on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// S3's error of this status is returned.
    Status(u16),
    /// The request is passed on late.
    Latency(Duration),
    /// The response is held until [`Proxy::release`].
    Hold,
    /// The request is passed on, and the connection is reset instead of a response.
    Reset,
    /// The connection is reset in the middle of the body: the request's if it has one, otherwise the response's.
    HalfBody,
    /// The response declares more bytes than it has.
    TooFewBytes,
    /// The end of the body is missing, and the declared length is the shorter one. S3's checksum detects it.
    CutShort,
}

/// Requests with this method and this end of their path fail.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) method: &'static str,
    pub(crate) path_ends: String,
    pub(crate) fault: Fault,
    is_once: bool,
}

impl Rule {
    pub(crate) fn new(method: &'static str, path_ends: &str, fault: Fault) -> Rule {
        Rule { method, path_ends: path_ends.to_owned(), fault, is_once: false }
    }

    /// Only the first request fails.
    pub(crate) fn once(self) -> Rule {
        Rule { is_once: true, ..self }
    }
}

#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    target: String,
    rules: Arc<Mutex<Vec<Rule>>>,
    seen: Arc<Mutex<HashMap<String, usize>>>,
    held: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

type Body = BoxBody<Bytes, io::Error>;

impl Proxy {
    /// Listens on a free port.
    pub(crate) async fn start(target: &str, rules: Vec<Rule>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        super::know(&endpoint, super::credentials_at(target));
        let rules = Arc::new(Mutex::new(rules));
        let (held, released) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let proxy = Proxy { endpoint, target: target.to_owned(), rules, seen: Arc::default(), held, released };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        proxy
    }

    /// Returns the number of requests with this method.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.seen.lock().unwrap().get(method).copied().unwrap_or(0)
    }

    /// Waits until a response is held.
    pub(crate) async fn until_held(&self) {
        self.held.acquire().await.unwrap().forget();
    }

    /// Passes one held response on.
    pub(crate) fn release(&self) {
        self.released.add_permits(1);
    }

    /// Removes all rules.
    pub(crate) fn heal(&self) {
        self.rules.lock().unwrap().clear();
    }

    /// Returns how many of the rules that apply once have met no request.
    pub(crate) fn unused(&self) -> usize {
        self.rules.lock().unwrap().iter().filter(|rule| rule.is_once).count()
    }

    fn fault(&self, request: &Parts) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        let is_meant = |rule: &Rule| request.method == rule.method && request.uri.path().ends_with(&rule.path_ends);
        let found = rules.iter().position(is_meant)?;
        Some(if rules[found].is_once { rules.remove(found).fault } else { rules[found].fault })
    }

    /// Serves one connection. If a response breaks off, the connection is reset, not closed.
    async fn serve(self, stream: TcpStream) {
        let service = service_fn(|request| Box::pin(self.pass(request)));
        let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
        let stream = connection.into_parts().io.into_inner();
        if ended.is_err() {
            stream.set_zero_linger().unwrap();
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let (mut parts, body) = request.into_parts();
        *self.seen.lock().unwrap().entry(parts.method.to_string()).or_default() += 1;
        let fault = self.fault(&parts);
        match fault {
            Some(Fault::Status(status)) => return Ok(refusal(status)),
            Some(Fault::Latency(time)) => tokio::time::sleep(time).await,
            _ => {}
        }
        // The signature covers `Host`, so it stays as the client sent it.
        parts.uri = format!("{}{}", self.target, parts.uri.path_and_query().unwrap()).parse().unwrap();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        if matches!(fault, Some(Fault::HalfBody)) && !body.is_empty() {
            let _ = send_any(Request::from_parts(parts, broken(body.slice(..body.len() / 2)))).await;
            return Err(reset());
        }
        let answer = send_any(Request::from_parts(parts, whole(body))).await.map_err(io::Error::other)?;
        match fault {
            Some(Fault::Hold) => {
                self.held.add_permits(1);
                self.released.acquire().await.unwrap().forget();
            }
            Some(Fault::Reset) => return Err(reset()),
            _ => {}
        }
        Ok(respond(answer, fault))
    }
}

fn respond(answer: Answer, fault: Option<Fault>) -> Response<Body> {
    let bytes = answer.body;
    let mut headers = answer.headers;
    headers.remove("transfer-encoding");
    let body = match fault {
        Some(Fault::HalfBody) => broken(bytes.slice(..bytes.len() / 2)),
        Some(Fault::TooFewBytes) => {
            headers.insert("content-length", (bytes.len() + 1000).into());
            whole(bytes)
        }
        Some(Fault::CutShort) => {
            let checksum = base64(&crc32fast::hash(&bytes).to_be_bytes());
            headers.insert("x-amz-checksum-crc32", checksum.parse().unwrap());
            headers.insert("content-length", (bytes.len() - 1000).into());
            whole(bytes.slice(..bytes.len() - 1000))
        }
        _ => whole(bytes),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    *response.headers_mut() = headers;
    response
}

/// Returns S3's error with this status ("Error responses" of its API reference).
fn refusal(status: u16) -> Response<Body> {
    let code = match status {
        400 => "ExpiredToken",
        403 => "AccessDenied",
        404 => "NoSuchBucket",
        500 => "InternalError",
        503 => "SlowDown",
        _ => panic!("{status}"),
    };
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
    Response::builder().status(status).body(whole(body.into())).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed()
}

/// Returns a body that ends with an error after these bytes, which are delivered first.
fn broken(bytes: Bytes) -> Body {
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(reset())
    });
    let begin = stream::once(async { Ok(Frame::data(bytes)) });
    BodyExt::boxed(StreamBody::new(begin.chain(end)))
}

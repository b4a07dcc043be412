//! A proxy before an S3 server that fails on demand, and counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use http_body_util::{BodyExt as _, Full};
use tokio::net::TcpListener;

use super::http_client::send;

/// What happens to a request instead of being passed on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Status(u16),
    /// It is passed on late.
    Latency(Duration),
    /// Its answer is passed on late.
    Linger(Duration),
}

/// Requests with this method and this end of their path fail.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) method: &'static str,
    pub(crate) path_ends: &'static str,
    pub(crate) fault: Fault,
}

#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    target: String,
    rules: Vec<Rule>,
    seen: Arc<Mutex<HashMap<String, usize>>>,
}

impl Proxy {
    /// Listens on a free port.
    pub(crate) async fn start(target: &str, rules: Vec<Rule>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Proxy { endpoint, target: target.to_owned(), rules, seen: Arc::default() };
        let app = Router::new().fallback(pass).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        proxy
    }

    /// How many requests there were with this method.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.seen.lock().unwrap().get(method).copied().unwrap_or(0)
    }
}

async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    *proxy.seen.lock().unwrap().entry(parts.method.to_string()).or_default() += 1;
    let is_meant = |rule: &&Rule| parts.method == rule.method && parts.uri.path().ends_with(rule.path_ends);
    let mut linger = Duration::ZERO;
    match proxy.rules.iter().find(is_meant).map(|rule| rule.fault) {
        Some(Fault::Status(status)) => {
            let code = if status == 403 { "AccessDenied" } else { "SlowDown" };
            let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
            return Response::builder().status(status).body(Body::from(body)).unwrap();
        }
        Some(Fault::Latency(time)) => tokio::time::sleep(time).await,
        Some(Fault::Linger(time)) => linger = time,
        None => {}
    }
    // The signature covers `Host`, so it stays as the client wrote it.
    parts.uri = format!("{}{}", proxy.target, parts.uri.path_and_query().unwrap()).parse().unwrap();
    let body = body.collect().await.unwrap().to_bytes();
    let answer = send(http::Request::from_parts(parts, Full::new(body))).await;
    tokio::time::sleep(linger).await;
    match answer {
        Ok(answer) => {
            let mut response = Response::new(Body::from(answer.body));
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
            *response.headers_mut() = answer.headers;
            response.headers_mut().remove("transfer-encoding");
            response
        }
        Err(error) => Response::builder().status(502).body(Body::from(error)).unwrap(),
    }
}

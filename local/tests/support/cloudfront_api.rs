//! A server before CloudFront's API that refuses requests on demand, and records them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use tokio::net::TcpListener;

use super::http_client::send;

/// Returns status and code of the error for a request's body; `None` passes the request on.
pub(crate) type Refuse = fn(&str) -> Option<(u16, &'static str)>;

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) endpoint: String,
    target: String,
    refuse: Refuse,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A recorded request.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Api {
    /// Listens on a free port.
    pub(crate) async fn start(target: &str, refuse: Refuse) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let api = Api { endpoint, target: target.to_owned(), refuse, seen: Arc::default() };
        let app = Router::new().fallback(pass).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        api
    }

    /// Returns the items of each request so far.
    pub(crate) fn asked(&self) -> Vec<Vec<String>> {
        let items = |seen: &Seen| {
            let parts = seen.body.split("<Path>").skip(1);
            parts.map(|part| part.split_once('<').unwrap().0.to_owned()).collect()
        };
        self.seen.lock().unwrap().iter().map(items).collect()
    }

    /// Returns the requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the `CallerReference` of each request so far.
    pub(crate) fn references(&self) -> Vec<String> {
        let reference = |seen: &Seen| {
            let (_, rest) = seen.body.split_once("<CallerReference>").unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        };
        self.seen.lock().unwrap().iter().map(reference).collect()
    }
}

async fn pass(State(api): State<Api>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let refused = (api.refuse)(&text);
    let path = parts.uri.path_and_query().unwrap().to_string();
    api.seen.lock().unwrap().push(Seen { path, headers: parts.headers.clone(), body: text });
    if let Some((status, code)) = refused {
        let error = format!(
            r#"<?xml version="1.0"?>
<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>{code}</Code>
<Message>no</Message></Error><RequestId>e0b0b5b0-0000</RequestId></ErrorResponse>"#
        );
        return Response::builder().status(status).body(Body::from(error)).unwrap();
    }
    parts.uri = format!("{}{}", api.target, parts.uri.path_and_query().unwrap()).parse().unwrap();
    let answer = send(http::Request::from_parts(parts, Full::new(body))).await.unwrap();
    Response::builder().status(answer.status).body(Body::from(answer.body)).unwrap()
}

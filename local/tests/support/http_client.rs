//! An HTTP client without redirects, cache or retries.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Body;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// A response with its whole body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Returns a header's value, or an empty string.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Returns where the distribution found the response.
    pub(crate) fn found(&self) -> &str {
        self.header("x-ridge-cache")
    }

    /// Returns pixel size and format, from the bytes.
    pub(crate) fn picture(&self) -> (String, &'static str) {
        let kind = ridge_pixels::recognise(&self.body).unwrap();
        (ridge_pixels::header(kind, &self.body).unwrap().size.to_string(), kind.name())
    }
}

/// Sends one request.
pub(crate) async fn request(method: &str, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap()
}

/// Sends one request and reads the whole response.
pub(crate) async fn send(request: Request<Full<Bytes>>) -> Result<Answer, String> {
    send_any(request).await
}

/// Sends one request with any kind of body.
pub(crate) async fn send_any<B>(request: Request<B>) -> Result<Answer, String>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let client = Client::builder(TokioExecutor::new()).build_http::<B>();
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}

//! One client connection: HTTP/1.1, or HTTP/2 with prior knowledge, within limits of time and size.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long a client can take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For the head of a request; with HTTP/1.1 also for the time between two requests.
    pub(crate) head: Duration,
    /// For the time between two requests with HTTP/2, and for the response to a PING.
    pub(crate) idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { head: Duration::from_secs(15), idle: Duration::from_secs(60) }
    }
}

/// The maximum number of header fields of a request; more are a 431. CloudFront limits their bytes instead.
pub(crate) const MAX_HEADERS: usize = 100;

/// The maximum size of a request's head, in bytes. CloudFront accepts 32,768 ("Quotas" of its developer guide).
pub(crate) const MAX_HEAD_BYTES: usize = 64 << 10;

/// The maximum number of concurrent requests on one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// The first bytes of an HTTP/2 connection (RFC 9113 section 3.4).
pub(crate) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Serves a connection until the client closes it, a timeout passes, or `stop` is cancelled and the running requests have
/// been answered.
pub(crate) async fn serve_connection(stream: TcpStream, app: Router, stop: &CancellationToken, timeouts: Timeouts) {
    let Ok(Ok(is_http2)) = timeout(timeouts.head, speaks_http2(&stream)).await else { return };
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.head)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(timeouts.idle)
        .keep_alive_timeout(timeouts.idle)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES as u32);
    let builder = if is_http2 { builder.http2_only() } else { builder.http1_only() };
    let (requests, mut running) = watch::channel(0_usize);
    let service = service_fn(|request: http::Request<Incoming>| {
        let (app, in_flight) = (TowerToHyperService::new(app.clone()), RequestInFlight::new(&requests));
        async move {
            let answer = hyper::service::Service::call(&app, request).await;
            drop(in_flight);
            answer
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // A client that closes the connection early is no error of the server.
            _ = connection.as_mut() => return,
            () = stop.cancelled(), if !is_ending => {}
            // HTTP/1.1 needs no idle timeout: the one for the head of the next request covers it.
            () = unused(&mut running, timeouts.idle), if is_http2 && !is_ending => {}
        }
        is_ending = true;
        // Running requests are still answered.
        connection.as_mut().graceful_shutdown();
    }
}

/// Waits until no request has been running for the time `idle`.
async fn unused(running: &mut watch::Receiver<usize>, idle: Duration) {
    while timeout(idle, running.changed()).await.is_ok_and(|changed| changed.is_ok()) || *running.borrow() > 0 {}
}

/// A running request, which is counted until it is dropped.
struct RequestInFlight(watch::Sender<usize>);

impl RequestInFlight {
    fn new(requests: &watch::Sender<usize>) -> RequestInFlight {
        requests.send_modify(|count| *count += 1);
        RequestInFlight(requests.clone())
    }
}

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Whether a connection begins with the HTTP/2 preface. The bytes stay in the socket.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut start = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut start).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if start[..length] != PREFACE[..length] {
            return Ok(false);
        }
        if length == PREFACE.len() {
            return Ok(true);
        }
        // Sleeping, because `peek` returns at once while the rest of the preface is on its way.
        sleep(Duration::from_millis(10)).await;
    }
}

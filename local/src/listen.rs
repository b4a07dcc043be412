//! The sockets: HTTP/1.1 and HTTP/2 by prior knowledge, within limits of time and size.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Connections that may wait to be taken. Of more at once, clients try again after a second, or give up; the usual 128 are
/// less than a test of load opens.
const BACKLOG: u32 = 4096;

/// How long clients may take.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For a request's head; over HTTP/1.1 also from one request to the next.
    head: Duration,
    /// For the next request over HTTP/2, and for the answer to a PING.
    idle: Duration,
}

const PATIENCE: Patience = Patience { head: Duration::from_secs(15), idle: Duration::from_secs(60) };

/// Most header fields of a request; more are a 431. CloudFront's own limit is in bytes.
const HEADERS: usize = 100;

/// Most bytes of a request's head. CloudFront takes 32,768 ("Quotas" of its developer guide).
const HEAD_BYTES: usize = 64 << 10;

/// Most requests at once on one HTTP/2 connection.
const STREAMS: u32 = 128;

/// What a client sends first that speaks HTTP/2 (RFC 9113 section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Listens on loopback; port 0 takes a free one. `option` is the one that names the port on the command line.
///
/// # Errors
///
/// If the port is in use, or may not be used by this user.
pub(crate) fn bind(port: u16, option: &str) -> anyhow::Result<TcpListener> {
    listener(port).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} of {option} is in use by another program; choose another port with {option}, or 0 for a free one")
        }
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("port {port} of {option} needs more rights; choose one from 1024 to 65535 with {option}, or 0 for a free one")
        }
        _ => anyhow::anyhow!("port {port} of {option} cannot be used: {error}"),
    })
}

fn listener(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // As any server: a port that was just left can be taken again.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// Serves `app` until `stop` is cancelled and all requests that came before are answered.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    serve_with(listener, app, stop, PATIENCE).await;
}

async fn serve_with(listener: TcpListener, app: Router, stop: CancellationToken, patience: Patience) {
    // Each connection holds a receiver.
    let (all, open) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Too many open files, say: some will be closed soon.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (app, stop, open) = (app.clone(), stop.clone(), open.clone());
        tokio::spawn(async move {
            connection(stream, app, &stop, patience).await;
            drop(open);
        });
    }
    drop((listener, open));
    all.closed().await;
}

async fn connection(stream: TcpStream, app: Router, stop: &CancellationToken, patience: Patience) {
    let Ok(Ok(is_http2)) = timeout(patience.head, speaks_http2(&stream)).await else { return };
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(patience.idle)
        .keep_alive_timeout(patience.idle)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32);
    let builder = if is_http2 { builder.http2_only() } else { builder.http1_only() };
    let (requests, mut running) = watch::channel(0_usize);
    let service = service_fn(|request: http::Request<Incoming>| {
        let (app, request_is_running) = (TowerToHyperService::new(app.clone()), Running::new(&requests));
        async move {
            let answer = hyper::service::Service::call(&app, request).await;
            drop(request_is_running);
            answer
        }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // A client that breaks off is its own business.
            _ = connection.as_mut() => return,
            () = stop.cancelled(), if !is_ending => {}
            // The timeout for heads does the same for HTTP/1.1.
            () = unused(&mut running, patience.idle), if is_http2 && !is_ending => {}
        }
        is_ending = true;
        // What is being answered is answered.
        connection.as_mut().graceful_shutdown();
    }
}

/// Waits until nothing has been asked for so long.
async fn unused(running: &mut watch::Receiver<usize>, idle: Duration) {
    while timeout(idle, running.changed()).await.is_ok_and(|changed| changed.is_ok()) || *running.borrow() > 0 {}
}

/// Counts a request while it is answered.
struct Running(watch::Sender<usize>);

impl Running {
    fn new(requests: &watch::Sender<usize>) -> Running {
        requests.send_modify(|count| *count += 1);
        Running(requests.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Looks at the first bytes, and leaves them where they are.
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
        // The rest of it is on its way, and what is there already wakes nobody.
        sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use bytes::Bytes;
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::client::legacy::Client;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;

    use super::*;

    const SHORT: Duration = Duration::from_millis(50);
    /// Until a test fails that waits for the server.
    const LONG: Duration = Duration::from_secs(120);
    const PATIENT: Patience = Patience { head: LONG, idle: LONG };

    /// A server that answers `hello`.
    fn start(patience: Patience) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = listener(0).unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let app = Router::new().route("/", get("hello"));
        (address, stop.clone(), tokio::spawn(serve_with(listener, app, stop, patience)))
    }

    /// What the server says to some bytes before it closes the connection.
    async fn closes(address: SocketAddr, bytes: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        // A reset closes it too.
        let _ = timeout(LONG, stream.read_to_end(&mut said)).await.expect("the server keeps the connection");
        String::from_utf8_lossy(&said).into_owned()
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_and_a_connection_that_asks_nothing_are_given_up() {
        let (address, ..) = start(Patience { head: SHORT, idle: LONG });
        for head in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
            assert!(!closes(address, head).await.contains("hello"), "{head:?}");
        }
        let said = closes(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("hello"), "{said}");
        let (address, ..) = start(Patience { head: LONG, idle: SHORT });
        let preface = std::str::from_utf8(PREFACE).unwrap();
        closes(address, &format!("{preface}\0\0\0\u{4}\0\0\0\0\0")).await;
    }

    #[tokio::test]
    async fn heads_are_bounded() {
        let (address, ..) = start(PATIENT);
        let with = |fields: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n");
        assert!(closes(address, &with(&"a: b\r\n".repeat(HEADERS - 2))).await.ends_with("hello"));
        let many = closes(address, &with(&"a: b\r\n".repeat(HEADERS))).await;
        assert!(many.starts_with("HTTP/1.1 431"), "{many}");
        let long = closes(address, &with(&format!("a: {}\r\n", "b".repeat(2 * HEAD_BYTES)))).await;
        assert!(!long.contains("hello"), "{long}");
    }

    #[tokio::test]
    async fn http2_by_prior_knowledge_and_an_end_in_order() {
        let (address, stop, served) = start(PATIENT);
        let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Empty<Bytes>>();
        let answer = client.get(format!("http://{address}/").parse().unwrap()).await.unwrap();
        assert_eq!(answer.version(), http::Version::HTTP_2);
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
        // Both clients keep their connections.
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(idle.read(&mut [0; 1000]).await.unwrap() > 0);
        stop.cancel();
        timeout(LONG, served).await.expect("idle connections hold up the end").unwrap();
    }

    #[tokio::test]
    async fn a_port_that_is_in_use_is_named_with_its_option() {
        let taken = listener(0).unwrap();
        let port = taken.local_addr().unwrap().port();
        let text = bind(port, "--s3-port").unwrap_err().to_string();
        assert!(text.starts_with(&format!("port {port} of --s3-port is in use")), "{text}");
    }
}

//! Listening sockets on loopback.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::connection::{Timeouts, serve_connection};

/// How many connections can wait to be accepted. Clients retry further ones after a second, or fail. The usual 128 are
/// fewer than a load test opens.
const BACKLOG: u32 = 4096;

/// Listens on a loopback port; port 0 chooses a free one. `option` is the command line option that sets the port.
///
/// # Errors
///
/// If the port is in use, or this user has no permission to use it.
pub(crate) fn bind(port: u16, option: &str) -> anyhow::Result<TcpListener> {
    listener(port).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("port {port} of {option} is in use by another program; choose another port with {option}, or 0 for a free one")
        }
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("no permission to use port {port} of {option}; choose one from 1024 to 65535 with {option}, or 0 for a free one")
        }
        _ => anyhow::anyhow!("port {port} of {option} cannot be used: {error}"),
    })
}

fn listener(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // As other servers do, so that a port can be used again at once after a restart.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// Serves `app` until `stop` is cancelled and the running requests have been answered.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) {
    serve_with(listener, app, stop, Timeouts::default()).await;
}

async fn serve_with(listener: TcpListener, app: Router, stop: CancellationToken, timeouts: Timeouts) {
    // Each connection holds a receiver, so that `closed` waits for all of them.
    let (all, open) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // For example, too many files are open. Some of them will be closed soon.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (app, stop, open) = (app.clone(), stop.clone(), open.clone());
        tokio::spawn(async move {
            serve_connection(stream, app, &stop, timeouts).await;
            drop(open);
        });
    }
    drop((listener, open));
    all.closed().await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use bytes::Bytes;
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;
    use crate::connection::{MAX_HEAD_BYTES, MAX_HEADERS, PREFACE};

    const SHORT: Duration = Duration::from_millis(50);
    /// After this, a test that waits for the server fails.
    const LONG: Duration = Duration::from_secs(120);
    const PATIENT: Timeouts = Timeouts { head: LONG, idle: LONG };

    /// A server that answers `hello`.
    fn start(timeouts: Timeouts) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = listener(0).unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let app = Router::new().route("/", get("hello"));
        (address, stop.clone(), tokio::spawn(serve_with(listener, app, stop, timeouts)))
    }

    /// Returns what the server sends in response to `bytes` before it closes the connection.
    async fn response_until_close(address: SocketAddr, bytes: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        // A reset closes it too.
        let _ = timeout(LONG, stream.read_to_end(&mut said)).await.expect("the server keeps the connection open");
        String::from_utf8_lossy(&said).into_owned()
    }

    #[tokio::test]
    async fn unfinished_heads_and_idle_connections_are_closed() {
        let (address, ..) = start(Timeouts { head: SHORT, idle: LONG });
        for head in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
            assert!(!response_until_close(address, head).await.contains("hello"), "{head:?}");
        }
        let said = response_until_close(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("hello"), "{said}");
        let (address, ..) = start(Timeouts { head: LONG, idle: SHORT });
        let preface = std::str::from_utf8(PREFACE).unwrap();
        response_until_close(address, &format!("{preface}\0\0\0\u{4}\0\0\0\0\0")).await;
    }

    #[tokio::test]
    async fn heads_are_bounded() {
        let (address, ..) = start(PATIENT);
        let with = |fields: &str| format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n");
        assert!(response_until_close(address, &with(&"a: b\r\n".repeat(MAX_HEADERS - 2))).await.ends_with("hello"));
        let many = response_until_close(address, &with(&"a: b\r\n".repeat(MAX_HEADERS))).await;
        assert!(many.starts_with("HTTP/1.1 431"), "{many}");
        let long = response_until_close(address, &with(&format!("a: {}\r\n", "b".repeat(2 * MAX_HEAD_BYTES)))).await;
        assert!(!long.contains("hello"), "{long}");
    }

    #[tokio::test]
    async fn http2_with_prior_knowledge_and_graceful_shutdown() {
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
        timeout(LONG, served).await.expect("idle connections delay the shutdown").unwrap();
    }

    #[tokio::test]
    async fn a_port_that_is_in_use_is_named_with_its_option() {
        let taken = listener(0).unwrap();
        let port = taken.local_addr().unwrap().port();
        let text = bind(port, "--s3-port").unwrap_err().to_string();
        assert!(text.starts_with(&format!("port {port} of --s3-port is in use")), "{text}");
    }
}

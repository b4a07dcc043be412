//! Where requests come in, and for whom they are.
//!
//! Everything here listens on loopback, but a page on any site can have its own name lead to 127.0.0.1, and to the
//! browser what answers there is then that site: the page may read it, send every header, and sign ("DNS rebinding"). The
//! name in `Host` is the page's, so only names that nobody can point elsewhere are answered.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be taken. Of more at once, clients try again after a second, or give up; the usual 128 are
/// less than a test of load opens.
const BACKLOG: u32 = 4096;

/// Listens on loopback; port 0 takes a free one.
pub(crate) fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // As any server: a port that was just left can be taken again.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// What others are told.
pub(crate) const REFUSAL: &str = "the Host must be localhost or a loopback address";

/// Whether a request is for `localhost`, 127.0.0.1 or another loopback address, on any port.
pub(crate) fn is_here(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    })
}

/// Answers others with 421 (RFC 9110 section 15.5.20).
pub(crate) async fn only_here(request: Request, next: Next) -> Response {
    if is_here(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, format!("{REFUSAL}\n")).into_response()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn names_that_nobody_can_point_elsewhere() {
        let with = |hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_str(host).unwrap());
            }
            is_here(&headers)
        };
        for host in
            ["localhost", "localhost:8080", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "127.1.2.3:9", "[::1]:8"]
        {
            assert!(with(&[host]), "{host}");
        }
        for host in [
            "example.com",
            "example.com:8080",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "192.168.0.1",
            "0.0.0.0",
            "[::2]",
            "[fe80::1]:80",
            "",
            "a b",
        ] {
            assert!(!with(&[host]), "{host}");
        }
        assert!(!with(&[]));
        assert!(!with(&["localhost", "example.com"]));
    }
}

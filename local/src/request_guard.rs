//! Refuses requests for other hosts, and requests from pages of other sites.
//!
//! All servers listen on loopback. A page on any site can still point its own name to 127.0.0.1 ("DNS rebinding"). The
//! browser then takes these servers for that site: the page can read responses, send every header, and sign. `Host`
//! contains the page's name, so the servers answer only names that nobody can point elsewhere.
//!
//! A page on another site can also send some requests without a preflight: forms, images and `fetch` in mode `no-cors`.
//! Browsers name that site in `Origin` and `Sec-Fetch-Site` (Fetch Metadata Request Headers, W3C).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use std::net::IpAddr;

/// The response body for another host.
const WRONG_HOST: &str = "the Host must be localhost or a loopback address\n";

/// The response body for a request from a page of another site.
const CROSS_SITE: &str = "requests from pages of other sites are refused\n";

/// The header in which browsers describe the page that sends a request: `same-origin`, `same-site`, `cross-site`, or
/// `none` for the user.
const FETCH_SITE: &str = "sec-fetch-site";

/// Passes on requests for this machine, and answers others with 421 (RFC 9110 section 15.5.20).
///
/// HTTP/2 requests and targets in absolute form name the host in the target; their `Host` is ignored (RFC 9112 section
/// 3.2.2). The handlers behind this one always see a path as target, and `Host`.
pub(crate) async fn require_loopback_host(mut request: Request, next: Next) -> Response {
    if let Some(authority) = request.uri().authority() {
        let Ok(host) = HeaderValue::from_str(authority.as_str()) else {
            return refuse(StatusCode::BAD_REQUEST, WRONG_HOST);
        };
        request.headers_mut().insert(HOST, host);
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    }
    if has_loopback_host(request.headers()) {
        next.run(request).await
    } else {
        refuse(StatusCode::MISDIRECTED_REQUEST, WRONG_HOST)
    }
}

/// Passes on requests, and answers those from pages of other sites with 403.
pub(crate) async fn refuse_cross_site(request: Request, next: Next) -> Response {
    if is_cross_site(request.headers()) { refuse(StatusCode::FORBIDDEN, CROSS_SITE) } else { next.run(request).await }
}

/// Whether a page of another site has sent a request. Clients other than browsers send neither header.
///
/// Another port of this machine is another site too, because its pages need not be the user's own.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map_or(&b""[..], HeaderValue::as_bytes);
    let is_own = |origin: &HeaderValue| {
        origin.as_bytes().strip_prefix(b"http://").is_some_and(|name| name.eq_ignore_ascii_case(host))
    };
    let is_from_here = |site: &HeaderValue| matches!(site.as_bytes(), b"same-origin" | b"none");
    !headers.get_all(ORIGIN).iter().all(is_own) || !headers.get_all(FETCH_SITE).iter().all(is_from_here)
}

/// Whether a request is for `localhost`, 127.0.0.1 or another loopback address, on any port.
fn has_loopback_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    })
}

fn refuse(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    #[test]
    fn only_loopback_names_are_accepted() {
        let with = |hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_str(host).unwrap());
            }
            has_loopback_host(&headers)
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

    #[test]
    fn pages_of_other_sites_are_recognised_by_browsers_headers() {
        let is_cross_site = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().chain(&[("host", "localhost:8080")]);
            let pair = |(name, value): &(&'static str, &str)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            };
            is_cross_site(&pairs.map(pair).collect())
        };
        for own in [
            &[][..],
            &[("origin", "http://localhost:8080")],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://LOCALHOST:8080"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(!is_cross_site(own), "{own:?}");
        }
        for foreign in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "http://localhost:3000")],
            &[("origin", "http://localhost")],
            &[("origin", "https://localhost:8080")],
            &[("origin", "http://localhost:8080"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://localhost:8080"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(is_cross_site(foreign), "{foreign:?}");
        }
    }
}

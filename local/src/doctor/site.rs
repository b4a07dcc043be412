//! An image behind a distribution, and requests for it.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, Uri};
use ridge_contract::{Key, Policy, VariantPath};
use ureq::Agent;
use ureq::http;

use super::queries::{AllowedQueries, variant};
use super::site_error::SiteError;
use crate::url;

/// The timeout of a request: Lambda@Edge's 30 seconds and some for the network.
const TIMEOUT: Duration = Duration::from_secs(40);
/// The maximum number of bytes that are read of a response.
const MAX_BYTES: u64 = 64 << 20;

/// The origin of another site.
pub(super) const OTHER_SITE: &str = "https://ridge-doctor.example";

/// An image behind a distribution.
pub struct Site {
    agent: Agent,
    /// Scheme and host.
    root: String,
    key: Key,
    policy: Policy,
    /// When signatures expire, in seconds since 1970-01-01 UTC.
    until: u64,
    pub(super) queries: AllowedQueries,
}

/// A response of the distribution.
pub(super) struct SiteResponse {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why a check could not be made.
pub(super) struct CheckError(pub(super) String);

impl Site {
    /// Parses an image's URL. `policy` is the deployed one. If it requires signatures, they are valid until
    /// `until`, in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// If the URL is not an image's URL, or the configuration allows no variant of the image.
    pub fn new(url: &str, policy: Policy, until: u64) -> Result<Site, SiteError> {
        let uri: Uri = url.parse().map_err(|_| SiteError::Url(url.to_owned()))?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(SiteError::Url(url.to_owned()));
        };
        if uri.path() == "/" {
            return Err(SiteError::NoImage(url.to_owned()));
        }
        let key = Key::from_path(uri.path()).map_err(|error| SiteError::Key(url.to_owned(), error))?;
        let queries = AllowedQueries::of(&key, until, &policy)?;
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("ridge doctor");
        let root = format!("{scheme}://{authority}");
        Ok(Site { agent: agent.build().into(), root, key, policy, until, queries })
    }

    /// Returns the original's path.
    pub(super) fn path(&self) -> String {
        self.key.to_path()
    }

    /// Returns the variant that a query requests.
    pub(super) fn variant(&self, query: &str, accept: &str) -> Option<VariantPath> {
        variant(&self.key, query, accept, self.until, &self.policy)
    }

    /// Returns the path, signed if the configuration requires it.
    pub(super) fn signed(&self, path: &str) -> Result<String, CheckError> {
        let signed = url::signed_if_needed(path, self.until, &self.policy);
        signed.map_err(|error| CheckError(format!("{path}: {error}")))
    }

    /// Requests the image with this query.
    pub(super) fn variant_of(&self, query: &str, accept: &str) -> Result<SiteResponse, CheckError> {
        self.get(&self.signed(&format!("{}?{query}", self.path()))?, &[("accept", accept)])
    }

    /// Requests the small variant.
    pub(super) fn small(&self, accept: &str) -> Result<SiteResponse, CheckError> {
        self.variant_of(&self.queries.small, accept)
    }

    /// Requests the small variant as a page of another site does, with its `Origin`.
    pub(super) fn small_from_other_site(&self, accept: &str) -> Result<SiteResponse, CheckError> {
        let path = self.signed(&format!("{}?{}", self.path(), self.queries.small))?;
        self.get(&path, &[("accept", accept), ("origin", OTHER_SITE)])
    }

    /// Sends a GET request.
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<SiteResponse, CheckError> {
        let mut request = self.agent.get(format!("{}{path}", self.root));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        response(path, request.call())
    }

    /// Sends a HEAD request.
    pub(super) fn head(&self, path: &str, accept: &str) -> Result<SiteResponse, CheckError> {
        response(path, self.agent.head(format!("{}{path}", self.root)).header("accept", accept).call())
    }

    /// Sends a DELETE request, which must be refused.
    pub(super) fn delete(&self, path: &str) -> Result<SiteResponse, CheckError> {
        response(path, self.agent.delete(format!("{}{path}", self.root)).call())
    }
}

fn response(path: &str, sent: Result<Response<ureq::Body>, ureq::Error>) -> Result<SiteResponse, CheckError> {
    let failed = |error: ureq::Error| CheckError(format!("{path}: {error}"));
    let (parts, mut body) = sent.map_err(failed)?.into_parts();
    let body = body.with_config().limit(MAX_BYTES).read_to_vec().map_err(failed)?;
    Ok(SiteResponse { status: parts.status, headers: parts.headers, body })
}

impl SiteResponse {
    /// Returns a header's value, or an empty string.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the lower-case names of all headers.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.headers.keys().map(|name| name.as_str())
    }

    /// Whether the response came from the cache of CloudFront or `ridge serve`.
    pub(super) fn is_hit(&self) -> bool {
        let is_so = |name: &str| self.header(name).to_ascii_lowercase().contains("hit");
        is_so("x-cache") || is_so("x-ridge-cache")
    }

    /// Returns the name of the image's format, detected from its bytes.
    pub(super) fn format_name(&self) -> Result<&'static str, CheckError> {
        let name = ridge_pixels::recognise(&self.body).map(|kind| kind.name());
        name.map_err(|_| CheckError(format!("{}, and its body is not an image", self.summary())))
    }

    /// Returns status and content type, and the first line of a text.
    pub(super) fn summary(&self) -> String {
        let kind = self.header("content-type");
        let text = match kind.split(';').next() {
            Some("text/plain") => String::from_utf8_lossy(&self.body).lines().next().map(|line| format!(": {line}")),
            _ => None,
        };
        format!("{} {kind}{}", self.status.as_u16(), text.unwrap_or_default())
    }
}

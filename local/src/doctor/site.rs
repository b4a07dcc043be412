//! A picture behind a distribution, and how it is asked for.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, Uri};
use ridge_contract::{Key, KeyError, Policy, VariantPath};
use ureq::Agent;
use ureq::http;

use super::asked::{Asked, variant};
use crate::url;

/// After which a request is given up: Lambda@Edge's time and some for the way.
const TIMEOUT: Duration = Duration::from_secs(40);
/// Of an answer, so much is read at most.
const MAX_BYTES: u64 = 64 << 20;

/// What browsers send that take WebP, and what clients send that name no format.
pub(super) const WEBP: &str = "image/avif,image/webp,image/apng,*/*;q=0.8";
pub(super) const ANY: &str = "*/*";

/// A site that is not this one.
pub(super) const ELSEWHERE: &str = "https://ridge-doctor.example";

/// A picture's URL.
pub struct Site {
    agent: Agent,
    /// Scheme and host.
    root: String,
    key: Key,
    policy: Policy,
    /// How long signatures hold, in seconds since 1970.
    until: u64,
    pub(super) asked: Asked,
}

/// Why a URL will not do.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// It cannot be read, or is not one of the web.
    #[error("{0:?} is no URL such as https://cdn.example.com/photos/cat.jpg")]
    Url(String),
    /// It names no picture.
    #[error("{0} names no picture; add one, as in https://cdn.example.com/photos/cat.jpg")]
    NoPicture(String),
    /// Its path is not a key of S3.
    #[error("{0}: {1}")]
    Key(String, KeyError),
    /// The policy allows no variant.
    #[error("the configuration allows no variant of this picture, so there is nothing to look at")]
    NothingAllowed,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What went wrong on the way to an answer, or in it.
pub(super) struct Failed(pub(super) String);

impl Site {
    /// Reads a picture's URL. `policy` is the deployed one. Signatures expire at `until`, in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// If it is no picture's URL, or nothing may be asked of the picture.
    pub fn new(url: &str, policy: Policy, until: u64) -> Result<Site, SiteError> {
        let uri: Uri = url.parse().map_err(|_| SiteError::Url(url.to_owned()))?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(SiteError::Url(url.to_owned()));
        };
        if uri.path() == "/" {
            return Err(SiteError::NoPicture(url.to_owned()));
        }
        let key = Key::from_path(uri.path()).map_err(|error| SiteError::Key(url.to_owned(), error))?;
        let asked = Asked::of(&key, until, &policy)?;
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("ridge doctor");
        let root = format!("{scheme}://{authority}");
        Ok(Site { agent: agent.build().into(), root, key, policy, until, asked })
    }

    /// The original's path.
    pub(super) fn path(&self) -> String {
        self.key.to_path()
    }

    /// What the picture's query should become.
    pub(super) fn variant(&self, query: &str, accept: &str) -> Option<VariantPath> {
        variant(&self.key, query, accept, self.until, &self.policy)
    }

    /// The path, with a signature where the policy wants one.
    pub(super) fn signed(&self, path: &str) -> Result<String, Failed> {
        let signed = url::signed_if_needed(path, self.until, &self.policy);
        signed.map_err(|error| Failed(format!("{path}: {error}")))
    }

    /// Asks for the picture with this query.
    pub(super) fn picture(&self, query: &str, accept: &str) -> Result<Answer, Failed> {
        self.get(&self.signed(&format!("{}?{query}", self.path()))?, &[("accept", accept)])
    }

    /// Asks for the small picture.
    pub(super) fn small(&self, accept: &str) -> Result<Answer, Failed> {
        self.picture(&self.asked.small, accept)
    }

    /// Asks for the small picture as a page of another site does, whose requests name it as their `Origin`.
    pub(super) fn small_from_elsewhere(&self, accept: &str) -> Result<Answer, Failed> {
        let path = self.signed(&format!("{}?{}", self.path(), self.asked.small))?;
        self.get(&path, &[("accept", accept), ("origin", ELSEWHERE)])
    }

    /// Asks for a path.
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer, Failed> {
        let mut request = self.agent.get(format!("{}{path}", self.root));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(path, request.call())
    }

    /// Asks for the head of a path.
    pub(super) fn head(&self, path: &str, accept: &str) -> Result<Answer, Failed> {
        answer(path, self.agent.head(format!("{}{path}", self.root)).header("accept", accept).call())
    }

    /// Tries to delete a path, which nobody may.
    pub(super) fn delete(&self, path: &str) -> Result<Answer, Failed> {
        answer(path, self.agent.delete(format!("{}{path}", self.root)).call())
    }
}

fn answer(path: &str, sent: Result<Response<ureq::Body>, ureq::Error>) -> Result<Answer, Failed> {
    let failed = |error: ureq::Error| Failed(format!("{path}: {error}"));
    let (parts, mut body) = sent.map_err(failed)?.into_parts();
    let body = body.with_config().limit(MAX_BYTES).read_to_vec().map_err(failed)?;
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

impl Answer {
    /// A header's text; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The lower-case names of all headers.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.headers.keys().map(|name| name.as_str())
    }

    /// Whether CloudFront, or `ridge serve`, had it in its cache.
    pub(super) fn is_hit(&self) -> bool {
        let is_so = |name: &str| self.header(name).to_ascii_lowercase().contains("hit");
        is_so("x-cache") || is_so("x-ridge-cache")
    }

    /// What kind of picture it is, by its bytes.
    pub(super) fn kind(&self) -> Result<&'static str, Failed> {
        let name = ridge_pixels::recognise(&self.body).map(|kind| kind.name());
        name.map_err(|_| Failed(format!("{}, and its body is no picture", self.said())))
    }

    /// Status and type, and of a text the beginning.
    pub(super) fn said(&self) -> String {
        let kind = self.header("content-type");
        let text = match kind.split(';').next() {
            Some("text/plain") => String::from_utf8_lossy(&self.body).lines().next().map(|line| format!(": {line}")),
            _ => None,
        };
        format!("{} {kind}{}", self.status.as_u16(), text.unwrap_or_default())
    }
}

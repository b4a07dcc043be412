//! The checks of `ridge doctor`.

mod caching;
mod http;
mod refusals;
mod variants;

use super::Verdict;
use super::site::{CheckError, Site};

type Check = fn(&Site) -> Result<Verdict, CheckError>;

/// All checks by name, ordered so that the first failure explains later ones.
pub(super) const ALL: &[(&str, Check)] = &[
    ("original", variants::original),
    ("resized", variants::resized),
    ("negotiation", variants::negotiation),
    ("vary", caching::vary),
    ("cors", caching::cors),
    ("cache", caching::cache),
    ("cache key", caching::cache_key),
    ("canonical path", caching::canonical_path),
    ("bad parameter", refusals::bad_parameter),
    ("missing", refusals::missing),
    ("sealed", refusals::sealed),
    ("large", variants::large),
    ("headers", http::headers),
    ("conditions", http::conditions),
    ("head", http::head),
    ("methods", refusals::methods),
];

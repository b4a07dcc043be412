//! Where a redirect leads: to a URL that viewer-request lets through, whatever the policy.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::{Config, Holds, Key, OnError, Path, Problem, Signing, VariantPath};

/// How long a signature holds that is made here, in seconds. The viewer had one for what it asked for, and follows at
/// once; a redirect that is kept is kept for half as long.
const SIGNED_FOR: u64 = 600;

/// The URL of a variant that is stored, or can be, at this canonical path.
pub(crate) fn to_variant(path: &str, config: &Config) -> String {
    let needs_signature = match config.signing {
        Signing::Off => false,
        Signing::All => true,
        Signing::Outside => !matches!(Path::parse(path), Ok(Path::Variant(path)) if config.listed(&path).is_ok()),
    };
    if needs_signature { signed(path, path, config) } else { path.to_owned() }
}

/// Whether the original is answered in place of this error. Who asked for words about a picture is not served by one.
pub(crate) fn leads_to_original(problem: &Problem, path: &VariantPath, config: &Config) -> bool {
    let is_picture = path.variant().output().holds() == Holds::Picture;
    config.on_error == OnError::Original && problem.fault.is_of_original() && is_picture
}

/// The URL of an original as it is. It is no variant's, so it cannot lead here again.
pub(crate) fn to_original(key: &Key, config: &Config) -> String {
    let path = key.to_path();
    // Without it, `auto` would make a variant's of it.
    let url = if config.auto { format!("{path}?raw=1") } else { path.clone() };
    if config.signing == Signing::All { signed(&url, &path, config) } else { url }
}

fn signed(url: &str, path: &str, config: &Config) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let Some(signature) = config.keys.sign(path, now + SIGNED_FOR) else { return url.to_owned() };
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{signature}")
}

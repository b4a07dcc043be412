//! Targets of redirects: URLs that viewer-request accepts under every policy.

use std::time::{SystemTime, UNIX_EPOCH};

use ridge_contract::{Config, Holds, Key, OnError, Path, Policy, Problem, Signing, VariantPath};

/// How long a signature is valid that is created here, in seconds. The viewer had one for its request and follows at once; a
/// redirect is cached for half as long. A signature outlives its own expiry by this time at most.
const SIGNED_FOR: u64 = 120;

/// Returns the URL of the variant at this canonical path, signed if the policy requires a signature for it.
pub(crate) fn to_variant(path: &str, policy: &Policy) -> String {
    let needs_signature = match policy.config().signing {
        Signing::Off => false,
        Signing::All => true,
        Signing::Outside => !matches!(Path::parse(path), Ok(Path::Variant(path)) if policy.listed(&path).is_ok()),
    };
    if needs_signature { signed(path, policy) } else { path.to_owned() }
}

/// Returns whether a redirect may lead from one variant to another. Since a redirect is signed, a viewer who needed no
/// signature must not be led to a variant that requires one.
pub(crate) fn may_replace(other: &VariantPath, asked: &VariantPath, policy: &Policy) -> bool {
    policy.check(other).is_ok() && (policy.listed(other).is_ok() || policy.listed(asked).is_err())
}

/// Returns whether the viewer is redirected to the original instead of this error. A request for a description (`json`,
/// `thumbhash`) is not served by an image, and a signature for a variant is not one for its original, which may show more.
pub(crate) fn leads_to_original(problem: &Problem, path: &VariantPath, config: &Config) -> bool {
    let is_image = path.variant().output().holds() == Holds::Picture;
    let is_open = config.signing != Signing::All;
    config.on_error == OnError::Original && problem.fault.is_of_original() && is_image && is_open
}

/// Returns the URL of an original as it is. It is not a variant's, so it cannot lead here again.
pub(crate) fn to_original(key: &Key, config: &Config) -> String {
    let path = key.to_path();
    // Without `raw`, `auto` would turn it into a variant's URL.
    if config.auto { format!("{path}?raw=1") } else { path }
}

fn signed(path: &str, policy: &Policy) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let signature = policy.keys().sign(path, now + SIGNED_FOR);
    signature.map_or_else(|| path.to_owned(), |signature| format!("{path}?{signature}"))
}

#[cfg(test)]
mod tests {
    use ridge_contract::Fault;

    use super::*;

    fn variant(path: &str) -> VariantPath {
        match Path::parse(path) {
            Ok(Path::Variant(path)) => path,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn no_signature_leads_to_an_original() {
        let asked = variant("/w_20/webp/a.jpg");
        let broken = Problem::new(Fault::Broken, "");
        for (signing, leads) in [(Signing::Off, true), (Signing::Outside, true), (Signing::All, false)] {
            let config = Config { signing, on_error: OnError::Original, ..Config::default() };
            assert_eq!(leads_to_original(&broken, &asked, &config), leads, "{signing:?}");
        }
    }

    #[test]
    fn what_stands_in_needs_no_more_than_what_was_asked() {
        let config = |json: &str| Policy::new(Config::parse(json).unwrap());
        let (moving, still) = (variant("/w_20/webp/a.gif"), variant("/w_20/anim_0/webp/a.gif"));
        let avif = variant("/w_20/avif/a.gif");
        let signed = r#"{"signing": "outside", "widths": [20], "options": {"f": ["avif"]}}"#;
        assert!(may_replace(&moving, &avif, &config(signed)));
        assert!(!may_replace(&still, &avif, &config(signed)), "it would be signed for who had no signature");
        let beyond = variant("/w_30/avif/a.gif");
        assert!(may_replace(&variant("/w_30/anim_0/webp/a.gif"), &beyond, &config(signed)), "both need one");
        assert!(!may_replace(&still, &avif, &config(&signed.replace("outside", "all"))));
        assert!(may_replace(&still, &avif, &Policy::default()));
    }
}

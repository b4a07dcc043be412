//! Where a redirect leads: to a URL that viewer-request lets through, whatever the policy.

use std::time::{SystemTime, UNIX_EPOCH};

use ridge_contract::{Config, Holds, Key, OnError, Path, Policy, Problem, Signing, VariantPath};

/// How long a signature holds that is made here, in seconds. The viewer had one for what it asked for, and follows at
/// once; a redirect that is kept is kept for half as long. By so much at most a signature outlives its own time.
const SIGNED_FOR: u64 = 120;

/// The URL of a variant that is stored, or can be, at this canonical path.
pub(crate) fn to_variant(path: &str, policy: &Policy) -> String {
    let needs_signature = match policy.config().signing {
        Signing::Off => false,
        Signing::All => true,
        Signing::Outside => !matches!(Path::parse(path), Ok(Path::Variant(path)) if policy.listed(&path).is_ok()),
    };
    if needs_signature { signed(path, policy) } else { path.to_owned() }
}

/// Whether a variant may take another one's place. Whoever was let through to the one without a signature must not be
/// led to something that needs one, since a redirect is signed.
pub(crate) fn may_stand_in(other: &VariantPath, asked: &VariantPath, policy: &Policy) -> bool {
    policy.check(other).is_ok() && (policy.listed(other).is_ok() || policy.listed(asked).is_err())
}

/// Whether the original is answered in place of this error. Who asked for words about an image is not served by one, and
/// who has a signature for a variant has none for its original, which may show much more.
pub(crate) fn leads_to_original(problem: &Problem, path: &VariantPath, config: &Config) -> bool {
    let is_picture = path.variant().output().holds() == Holds::Picture;
    let is_open = config.signing != Signing::All;
    config.on_error == OnError::Original && problem.fault.is_of_original() && is_picture && is_open
}

/// The URL of an original as it is. It is no variant's, so it cannot lead here again.
pub(crate) fn to_original(key: &Key, config: &Config) -> String {
    let path = key.to_path();
    // Without it, `auto` would make a variant's of it.
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
        assert!(may_stand_in(&moving, &avif, &config(signed)));
        assert!(!may_stand_in(&still, &avif, &config(signed)), "it would be signed for who had no signature");
        let beyond = variant("/w_30/avif/a.gif");
        assert!(may_stand_in(&variant("/w_30/anim_0/webp/a.gif"), &beyond, &config(signed)), "both need one");
        assert!(!may_stand_in(&still, &avif, &config(&signed.replace("outside", "all"))));
        assert!(may_stand_in(&still, &avif, &Policy::default()));
    }
}

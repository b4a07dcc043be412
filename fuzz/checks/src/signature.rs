//! Signatures: signed URLs pass, and no others.

use ridge_contract::signing::PARAMETERS;
use ridge_contract::{Accept, Decision, Fault, Path, Signing, decide};

use crate::policies::{self, SECRETS};
use crate::text;

/// The current time of the checks, in seconds since 1970-01-01 UTC.
pub(crate) const NOW: u64 = 1_800_000_000;

/// Checks a URL's path and query.
pub fn check(data: &[u8]) -> Option<()> {
    let url = std::str::from_utf8(data).ok()?;
    let (uri, query) = url.split_once('?').unwrap_or((url, ""));
    let accept = Accept::parse(["image/webp"]);
    for policy in policies::SIGNED.iter() {
        let decision = match decide(uri, query, &accept, policy).and_then(Decision::unless_refused) {
            Ok(decision) => decision,
            Err(problem) => {
                assert!(matches!(problem.fault, Fault::Request | Fault::Unsigned));
                is_told(&problem);
                continue;
            }
        };
        let Some(needs) = decision.needs_signature() else {
            assert!(policy.config().signing == Signing::Outside, "{url} need not be signed");
            continue;
        };
        let path = needs.path_to_sign();
        assert!(Path::parse(path).is_ok() || path.contains("/auto/"), "{path}");
        match decision.clone().verify(policy, || NOW) {
            Ok(_) => assert!(is_genuine(path, query), "{url} passes"),
            Err(problem) => {
                assert_eq!(problem.fault, Fault::Unsigned);
                is_told(&problem);
            }
        }
        // With the signature that it asks for in place of what it had.
        let genuine = policy.keys().sign(path, NOW).expect("there are keys");
        let with = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !is_of_signature(name)))
            .finish();
        let again = decide(uri, &format!("{with}&{genuine}"), &accept, policy).expect("it was decided before");
        assert_eq!(again.destination().path, decision.destination().path);
        assert!(again.clone().verify(policy, || NOW).is_ok());
        assert!(again.verify(policy, || NOW + 1).is_err());
    }
    Some(())
}

fn is_of_signature(name: &str) -> bool {
    PARAMETERS.contains(&name)
}

fn is_told(problem: &ridge_contract::Problem) {
    text::answer(problem);
    assert!(SECRETS.iter().all(|secret| !problem.text.contains(&secret[..16])), "{}", problem.text);
}

/// Whether one of the keys signs the path with exactly this query.
fn is_genuine(path: &str, query: &str) -> bool {
    let given: Vec<_> = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| is_of_signature(name)).collect();
    let value = |wanted| given.iter().find(|(name, _)| name == wanted).map(|(_, value)| &**value);
    let (Some(exp), Some(sig), 2) = (value("exp"), value("sig"), given.len()) else { return false };
    let Some(time) = exp.parse::<u64>().ok().filter(|time| *time >= NOW) else { return false };
    let text = format!("exp={exp}&sig={sig}");
    let by = |secret: &str, id: &str| {
        let signed = policies::keys(&[secret]).sign(path, time).expect("there is a key");
        signed.replace("sig=a.", &format!("sig={id}.")) == text
    };
    by(SECRETS[0], "a") || by(SECRETS[1], "b")
}

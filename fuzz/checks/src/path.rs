//! The path form: a path prints back to itself or is refused, and allows no more than the query form.

use ridge_contract::{Accept, Decision, Key, Output, Path, PathError, Policy, Variant, VariantPath, decide};

use crate::{policies, text};

/// Checks a percent-encoded path with its leading slash.
pub fn check(data: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(data).ok()?;
    match Path::parse(text) {
        Ok(Path::Variant(path)) => {
            assert_eq!(path.to_string(), text);
            lies_where_it_says(&path);
            policies::all().for_each(|policy| same_doors(&path, policy));
        }
        Ok(Path::Original(key)) => {
            assert!(!key.is_reserved(), "{key}");
            let canonical = key.to_path();
            assert_eq!(Path::parse(&canonical), Ok(Path::Original(key)));
            for policy in policies::OPEN.iter() {
                let decided = decide(text, "", &Accept::default(), policy);
                let path = decided.map(|decision| decision.destination().path.clone());
                assert_eq!(original_of(&path), original_of(&Path::parse(text)));
            }
        }
        Err(error) => {
            text::one_line(&error.to_string());
            if let PathError::Spelling(canonical) = error {
                assert!(matches!(Path::parse(&canonical), Ok(Path::Variant(_))), "{canonical}");
            }
        }
    }
    Some(())
}

/// The original that a path leads to.
fn original_of<E>(path: &Result<Path, E>) -> Option<&Key> {
    match path.as_ref().ok()? {
        Path::Original(key) => Some(key),
        Path::Variant(path) => Some(path.original()),
    }
}

fn lies_where_it_says(path: &VariantPath) {
    let object = path.object();
    assert!(object.is_reserved() && !path.original().is_reserved(), "{object}");
    assert_eq!(object.to_path(), path.to_string());
    assert_eq!(Key::from_path(&path.to_string()), Ok(object));
    let again = Variant::new(path.variant().options().clone(), path.variant().output());
    assert_eq!(again, *path.variant());
}

/// What may be had by its path may be had by a query.
pub(crate) fn same_doors(path: &VariantPath, policy: &Policy) {
    let by_path = decide(&path.to_string(), "", &Accept::default(), policy).and_then(Decision::unless_refused);
    assert_eq!(by_path.is_ok(), policy.check(path).is_ok() && policy.listed(path).is_ok());
    match by_path {
        Ok(by_path) => {
            assert_eq!(by_path.destination().path, Path::Variant(path.clone()));
            let mut presets = policy.config().presets.iter();
            let is_had = had_by(&pairs(path), path, policy) || presets.any(|(name, _)| by_preset(name, path, policy));
            assert!(is_had, "no query leads to {path} under {policy:?}");
        }
        Err(problem) => text::answer(&problem),
    }
}

/// Returns the path's options as parameters.
fn pairs(path: &VariantPath) -> String {
    let prefix = path.prefix();
    // Without an option there would be no known parameter, and the query would mean the original.
    let pairs = prefix.split('/').filter_map(|segment| segment.split_once('_')).filter(|pair| *pair != ("w", "auto"));
    pairs.map(|(name, value)| format!("&{name}={value}")).fold("dpr=1".to_owned(), |query, pair| query + &pair)
}

fn by_preset(name: &str, path: &VariantPath, policy: &Policy) -> bool {
    let densities = (10..=40).map(|tenths| format!("p={name}&dpr={}.{}", tenths / 10, tenths % 10));
    densities.chain([format!("p={name}")]).any(|query| had_by(&query, path, policy))
}

/// Whether a query leads to a variant, in any of the ways in which its format may be said.
fn had_by(query: &str, path: &VariantPath, policy: &Policy) -> bool {
    let output = path.variant().output();
    let mime = match output {
        Output::Format(format) => format.mime(),
        Output::Auto => "",
    };
    // A slow format may be replaced by its fallback format.
    [
        (format!("{query}&f={output}"), ""),
        (query.to_owned(), mime),
        (query.to_owned(), ""),
        (query.to_owned(), "image/avif"),
    ]
    .iter()
    .chain([&(format!("{query}&f=avif"), ""), &(String::new(), mime), &(String::new(), "")])
    .filter_map(|(query, accept)| {
        decide(&path.original().to_path(), query, &Accept::parse([*accept]), policy)
            .and_then(Decision::unless_refused)
            .ok()
    })
    .any(|decision| leads_to(&decision, path, policy))
}

fn leads_to(decision: &Decision, path: &VariantPath, policy: &Policy) -> bool {
    let Path::Variant(found) = &decision.destination().path else { return false };
    let instead = match found.variant().output() {
        Output::Format(format) if format.is_slow() => {
            Variant::new(found.variant().options().clone(), Output::Format(policy.config().instead_of(format)))
        }
        _ => found.variant().clone(),
    };
    found == path || instead == *path.variant()
}

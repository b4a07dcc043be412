//! Configurations and keys: an error that names a field, or settings that print back and that URLs follow.

use ridge_contract::config::ConfigError;
use ridge_contract::{Accept, Config, Decision, Keys, Path, Policy, Signing, VariantPath, decide};

use crate::{path, policies, query, text};

const QUERIES: [&str; 5] = ["w=200&h=100", "w=333&dpr=1.5&fit=contain&bg=ff0000", "f=avif&q=50&anim=0", "raw=1", ""];
const PATHS: [&str; 3] = ["/w_auto/webp/c.jpg", "/w_320/h_200/g_smart/jpeg/c.jpg", "/w_100/gray_1/auto/c"];

/// Number of presets of a policy that are requested.
const PRESETS: usize = 4;

/// Checks the JSON of `ridge.json`, or of the file of keys.
pub fn check(data: &[u8]) -> Option<()> {
    let json = std::str::from_utf8(data).ok()?;
    match Keys::parse(json) {
        Ok(keys) => {
            assert!(!keys.is_empty() && keys.sign("/c.jpg", 1).is_some());
            assert!(policies::SECRETS.iter().all(|secret| !format!("{keys:?}").contains(secret)));
        }
        Err(error) => {
            text::one_line(&error.to_string());
            assert!(policies::SECRETS.iter().all(|secret| !error.to_string().contains(&secret[..16])));
        }
    }
    match Config::parse(json) {
        Ok(config) => is_sound(config),
        Err(error) => {
            text::one_line(&error.to_string());
            assert!(matches!(&error, ConfigError::Field { field, .. } if !field.is_empty()), "{error}");
        }
    }
    Some(())
}

fn is_sound(config: Config) {
    let json = serde_json::to_string(&config).expect("an object");
    let again = Config::parse(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(again, config, "{json}");
    let policy = Policy::new(config);
    let bound = policy.variants();
    assert!(bound.variants >= 1.0 && bound.variants.is_finite(), "{bound:?} of {json}");
    let policy = match policy.config().signing {
        Signing::Off => policy,
        Signing::Outside | Signing::All => {
            policy.with_keys(policies::keys(&policies::SECRETS)).expect("they are needed")
        }
    };
    let config = policy.config();
    let accept = Accept::parse(["image/avif"]);
    for query in QUERIES {
        // Held against the policy there.
        let _ = query::lead(query, "/c.jpg", &accept, &policy);
    }
    // A preset is allowed whatever the allow-lists say.
    for (name, _) in config.presets.iter().take(PRESETS) {
        let decision = decide("/c.jpg", &format!("p={name}"), &accept, &policy);
        let decision = decision.unwrap_or_else(|problem| panic!("{name}: {} under {json}", problem.text));
        assert!(matches!(decision.destination().path, Path::Variant(_)));
        assert!(config.signing == Signing::All || matches!(decision, Decision::Ready(_)));
    }
    if config.presets.iter().count() <= PRESETS {
        PATHS.iter().filter_map(|path| VariantPath::parse(path).ok()).for_each(|path| path::same_doors(&path, &policy));
    }
}

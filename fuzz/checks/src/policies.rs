//! Policies that differ in what they allow.

use std::sync::LazyLock;

use ridge_contract::{Config, Keys, Policy};

const LISTS: &str = r#"{"widths": [100, 320, 640], "heights": [50, 200],
    "options": {"fit": ["contain", "inside"], "g": ["smart", "30.75"], "q": ["60"], "bg": ["ff000080"], "f": ["png"],
        "dpr": ["2"], "blur": "any", "anim": ["0"]}, "formats": ["avif", "webp"]}"#;
const REJECT: &str = r#"{"widths": [320, 640], "heights": [200], "otherwise": "reject"}"#;
const PRESETS: &str = r#"{"widths": [320], "options": {"dpr": ["2"]}, "presets": {
    "thumb": "w=100&h=50&g=smart", "print": "f=png&w=2000", "avatar": "w=64&h=64&dpr=2&f=avif", "gray": "gray=1"}}"#;
const ONLY: &str = r#"{"presetsOnly": true, "auto": true, "options": {"dpr": ["2"]},
    "presets": {"thumb": "w=100&h=50", "wide": "w=4000&fit=inside&h=9"}}"#;
const AUTO: &str = r#"{"auto": true, "maxWidth": 1000, "maxHeight": 500}"#;
const OUTSIDE: &str = r#"{"signing": "outside", "widths": [320], "options": {}, "presets": {"thumb": "w=100&h=50"}}"#;
const ALL: &str = r#"{"signing": "all", "widths": [320, 640]}"#;

/// Secrets that no text may contain.
pub(crate) const SECRETS: [&str; 2] = [
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
];

/// Without signatures.
pub(crate) static OPEN: LazyLock<Vec<Policy>> =
    LazyLock::new(|| ["{}", LISTS, REJECT, PRESETS, ONLY, AUTO].map(parse).into());

/// Where some URLs must be signed.
pub(crate) static SIGNED: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let keys = keys(&SECRETS);
    [OUTSIDE, ALL].map(|json| parse(json).with_keys(keys.clone()).expect("they belong together")).into()
});

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Policy> {
    OPEN.iter().chain(SIGNED.iter())
}

/// Returns keys `a`, `b`, … with these secrets.
pub(crate) fn keys(secrets: &[&str]) -> Keys {
    let keys = secrets.iter().zip('a'..).map(|(secret, id)| format!(r#"{{"id": "{id}", "secret": "{secret}"}}"#));
    let json = format!(r#"{{"keys": [{}]}}"#, keys.collect::<Vec<_>>().join(","));
    Keys::parse(&json).expect("keys")
}

fn parse(json: &str) -> Policy {
    Policy::new(Config::parse(json).unwrap_or_else(|error| panic!("{json}: {error}")))
}

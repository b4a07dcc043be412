//! The policies under attack.

use std::path::Path;

use ridge_contract::{Config, Keys};

use super::support::Ridge;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    Open,
    Listed,
    Presets,
    Signed,
    Outside,
}

impl Policy {
    pub(crate) const ALL: [Policy; 5] =
        [Policy::Open, Policy::Listed, Policy::Presets, Policy::Signed, Policy::Outside];

    fn json(self) -> &'static str {
        match self {
            Policy::Open => "{}",
            Policy::Listed => {
                r#"{"widths": [40, 80], "heights": [30], "otherwise": "reject",
                    "options": {"q": ["50"], "f": ["png"], "dpr": ["1.5", "2"]}, "presets": {"old": "w=50&gray=1"}}"#
            }
            Policy::Presets => r#"{"presetsOnly": true, "presets": {"thumb": "w=40&h=30"}, "options": {"dpr": ["2"]}}"#,
            Policy::Signed => r#"{"signing": "all"}"#,
            Policy::Outside => r#"{"signing": "outside", "widths": [40], "options": {}}"#,
        }
    }

    fn keys(self) -> Option<&'static str> {
        matches!(self, Policy::Signed | Policy::Outside).then_some(KEYS)
    }

    pub(crate) fn compiled(self) -> ridge_contract::Policy {
        let keys = self.keys().map_or_else(Keys::default, |keys| Keys::parse(keys).unwrap());
        ridge_contract::Policy::new(Config::parse(self.json()).unwrap()).with_keys(keys).unwrap()
    }

    /// Starts `ridge serve` with this policy, which it reads from its working directory.
    pub(crate) fn serve(self, data: &Path) -> Ridge {
        std::fs::write(data.join(Config::FILE), self.json()).unwrap();
        if let Some(keys) = self.keys() {
            std::fs::write(data.join(Keys::FILE), keys).unwrap();
        }
        Ridge::serve(data, &[])
    }
}

/// For tests only, because everything in a repository is public.
pub(crate) const KEYS: &str = r#"{"keys": [
    {"id": "a", "secret": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
    {"id": "b", "secret": "f0f1f2f3f4f5f6f7f8f9fafbfcfdfefff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"}]}"#;

//! Checks a distribution from outside, as browsers see it, and describes what is wrong.

mod accept;
mod checks;
mod queries;
mod site;
mod site_error;

pub use site::Site;
pub use site_error::SiteError;

use std::fmt;

use site::CheckError;

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The check succeeded. The text says what was found.
    Passed(String),
    /// The check failed. The text says what was found, and what was expected.
    Failed(String),
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's name.
    pub name: &'static str,
    /// The check's result.
    pub verdict: Verdict,
}

impl Finding {
    /// Whether the check failed.
    pub fn has_failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, text) = match &self.verdict {
            Verdict::Passed(text) => ("ok", text),
            Verdict::Failed(text) => ("FAILED", text),
        };
        write!(f, "{word:<6} {:<14} {text}", self.name)
    }
}

/// Runs all checks in order, with about thirty requests. A few variants of the image are stored, with `v=doctor` if the
/// configuration allows `v`.
pub fn examine(site: &Site) -> impl Iterator<Item = Finding> {
    checks::ALL.iter().map(|(name, check)| {
        let verdict = check(site).unwrap_or_else(|CheckError(text)| Verdict::Failed(text));
        Finding { name, verdict }
    })
}

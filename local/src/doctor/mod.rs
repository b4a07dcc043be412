//! Looks at a distribution from outside, as browsers do, and says what is wrong in words.

mod accept;
mod checks;
mod queries;
mod site;
mod site_error;

pub use site::Site;
pub use site_error::SiteError;

use std::fmt;

use site::CheckError;

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Fine(String),
    /// Not as it should be: what is wrong, and what would be right.
    Wrong(String),
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's name.
    pub name: &'static str,
    /// What it came to.
    pub verdict: Verdict,
}

impl Finding {
    /// Whether something is wrong.
    pub fn is_wrong(&self) -> bool {
        matches!(self.verdict, Verdict::Wrong(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, text) = match &self.verdict {
            Verdict::Fine(text) => ("fine", text),
            Verdict::Wrong(text) => ("WRONG", text),
        };
        write!(f, "{word:<6} {:<14} {text}", self.name)
    }
}

/// Looks at everything, in order. Some thirty requests; of the picture, a few variants are stored, under `v=doctor` where
/// that is allowed.
pub fn examine(site: &Site) -> impl Iterator<Item = Finding> {
    checks::ALL.iter().map(|(name, check)| {
        let verdict = check(site).unwrap_or_else(|CheckError(text)| Verdict::Wrong(text));
        Finding { name, verdict }
    })
}

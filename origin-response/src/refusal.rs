//! Refusals that are remembered: where no variant can be made of an original, an object in the variant's place says why.
//!
//! CloudFront caches no 413 and no 422, so whoever repeats a request would have the original read and rendered each time.
//! With such an object a repeated request costs what a stored variant costs: one comparison with the original. The object
//! is never served as it is; it becomes the same error again.

use std::fmt::Write as _;

use ridge_cloudfront::event::Headers;
use ridge_contract::{Config, Fault, Originals, Problem};
use ridge_store::{Attributes, Facts};
use sha2::{Digest as _, Sha256};

use crate::mark::{PIPELINE, Stale, tags};

/// The name of [`Fault::name`] in such an object's metadata. A variant's own names are not used: a function of an older
/// version takes the object for a variant without a mark, and renders.
const FAULT: &str = "refusal";
const TEXT: &str = "refusal-text";
const SOURCE_ETAG: &str = "refusal-source-etag";
const LIMITS: &str = "refusal-limits";
const MEMORY: &str = "refusal-memory";

/// Most characters of the text: S3 takes 2 KB of metadata.
const TEXT_CHARACTERS: usize = 1000;

/// What decides, beside the original, whether a variant can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// A hash of configuration and pipeline.
    config: String,
    /// Bytes of memory that a render may use; `None` where that is not known.
    memory: Option<u64>,
}

/// Why there is no variant of an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What the client is told.
    pub problem: Problem,
    /// The original's entity tag.
    pub source_etag: String,
    /// [`Limits`]' configuration.
    limits: String,
    /// Bytes of memory that were not enough, where that is the reason.
    memory: Option<u64>,
}

impl Limits {
    pub(crate) fn new(config: &Config, memory: Option<u64>) -> Limits {
        // A configuration is an object of plain values, so that it always has a text.
        let text = serde_json::to_string(config).unwrap_or_default();
        let hash = Sha256::digest(format!("{PIPELINE} {text}"));
        let config = hash.iter().take(8).fold(String::new(), |mut digits, byte| {
            // Writing to a string cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        Limits { config, memory }
    }
}

impl Refusal {
    /// `None` for a problem that may be another one next time.
    pub(crate) fn new(problem: &Problem, source: &Facts, limits: &Limits, needs_memory: bool) -> Option<Refusal> {
        let source_etag = source.etag.clone()?;
        let memory = limits.memory.filter(|_| needs_memory);
        let (problem, limits) = (problem.clone(), limits.config.clone());
        problem.fault.is_of_original().then_some(Refusal { problem, source_etag, limits, memory })
    }

    /// As an object in a variant's place carries it; `None` for a variant.
    pub fn of_object(facts: &Facts) -> Option<Refusal> {
        Refusal::read(|name| facts.metadata.get(name).map(String::as_str))
    }

    /// As S3's answer shows it.
    pub(crate) fn of_headers(headers: &Headers) -> Option<Refusal> {
        Refusal::read(|name| headers.get(&format!("x-amz-meta-{name}")))
    }

    fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<Refusal> {
        let fault = Fault::from_name(get(FAULT)?).filter(|fault| fault.is_of_original())?;
        Some(Refusal {
            problem: Problem::new(fault, get(TEXT)?),
            source_etag: get(SOURCE_ETAG)?.to_owned(),
            limits: get(LIMITS)?.to_owned(),
            memory: get(MEMORY).and_then(|bytes| bytes.parse().ok()),
        })
    }

    /// Why it does not hold any more, where it does not. `original` is `None` where there is none; immutable ones are
    /// not looked at.
    pub(crate) fn fault(&self, original: Option<&Facts>, originals: Originals, limits: &Limits) -> Option<Stale> {
        // What had less memory than there is now may succeed.
        let has_more_memory = self.memory.zip(limits.memory).is_some_and(|(then, now)| then < now);
        match original {
            None if originals == Originals::Mutable => Some(Stale::Gone),
            Some(now) if originals == Originals::Mutable && now.etag.as_ref() != Some(&self.source_etag) => {
                Some(Stale::Replaced)
            }
            _ if self.limits != limits.config || has_more_memory => Some(Stale::Outdated),
            _ => None,
        }
    }

    /// The object's bytes.
    pub(crate) fn text(&self) -> String {
        format!("{}\n", self.problem.text)
    }

    pub(crate) fn attributes(&self) -> Attributes {
        let memory = self.memory.map(|bytes| (MEMORY, bytes.to_string()));
        let metadata = [
            (FAULT, self.problem.fault.name().to_owned()),
            (TEXT, in_a_header(&self.problem.text)),
            (SOURCE_ETAG, self.source_etag.clone()),
            (LIMITS, self.limits.clone()),
        ];
        Attributes {
            content_type: "text/plain; charset=utf-8".to_owned(),
            cache_control: Some(self.problem.fault.response().cache_control.to_owned()),
            metadata: metadata.into_iter().chain(memory).map(|(name, value)| (name.to_owned(), value)).collect(),
            tags: tags(),
        }
    }
}

/// S3's metadata is ASCII.
fn in_a_header(text: &str) -> String {
    let plain = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    text.chars().map(plain).take(TEXT_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(etag: &str) -> Facts {
        Facts { etag: Some(etag.to_owned()), ..Facts::default() }
    }

    fn stored(refusal: &Refusal) -> Facts {
        Facts { metadata: refusal.attributes().metadata, ..Facts::default() }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let limits = Limits::new(&Config::default(), Some(100));
        for (fault, is_kept) in [
            (Fault::TooLarge, true),
            (Fault::NotAnImage, true),
            (Fault::Broken, true),
            (Fault::Missing, false),
            (Fault::Unavailable, false),
            (Fault::OutOfTime, false),
        ] {
            let problem = Problem::new(fault, "the original is no good");
            let refusal = Refusal::new(&problem, &facts("\"a\""), &limits, true);
            assert_eq!(refusal.is_some(), is_kept, "{fault:?}");
            if let Some(refusal) = refusal {
                assert_eq!(Refusal::of_object(&stored(&refusal)), Some(refusal));
            }
        }
        let problem = Problem::new(Fault::Broken, "the original is\r\nno g\u{f6}\u{f6}d");
        let refusal = Refusal::new(&problem, &facts("\"a\""), &limits, false).unwrap();
        assert_eq!(Refusal::of_object(&stored(&refusal)).unwrap().problem.text, "the original is??no g??d");
        let mut forged = stored(&refusal);
        forged.metadata.insert(FAULT.to_owned(), Fault::Unsigned.name().to_owned());
        assert_eq!(Refusal::of_object(&forged), None);
        assert_eq!(Refusal::of_object(&Facts::default()), None);
    }

    #[test]
    fn it_holds_for_one_original_under_the_same_limits() {
        let limits = |json: &str, memory| Limits::new(&Config::parse(json).unwrap(), memory);
        let then = limits("{}", Some(100));
        let problem = Problem::new(Fault::TooLarge, "the original is too large");
        for (needs_memory, original, originals, now, fault) in [
            (false, Some("a"), Originals::Mutable, limits("{}", Some(100)), None),
            (false, Some("a"), Originals::Mutable, limits("{}", Some(900)), None),
            (false, Some("b"), Originals::Mutable, limits("{}", Some(100)), Some(Stale::Replaced)),
            (false, None, Originals::Mutable, limits("{}", Some(100)), Some(Stale::Gone)),
            (false, None, Originals::Immutable, limits("{}", Some(100)), None),
            (false, Some("a"), Originals::Mutable, limits(r#"{"maxFrames": 5}"#, Some(100)), Some(Stale::Outdated)),
            (false, None, Originals::Immutable, limits(r#"{"maxFrames": 5}"#, None), Some(Stale::Outdated)),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(100)), None),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(50)), None),
            (true, Some("a"), Originals::Mutable, limits("{}", None), None),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(101)), Some(Stale::Outdated)),
        ] {
            let refusal = Refusal::new(&problem, &facts("a"), &then, needs_memory).unwrap();
            let original = original.map(facts);
            assert_eq!(refusal.fault(original.as_ref(), originals, &now), fault, "{original:?} {originals:?} {now:?}");
        }
    }
}

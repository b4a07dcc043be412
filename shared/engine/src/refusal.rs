//! Stored refusals: if an original cannot be rendered, an object at the variant's key states why.
//!
//! CloudFront does not cache 413 and 422, so every repeated request would read and render the original again. With this
//! object, a repeated request costs as much as one for a stored variant: one comparison with the original. The object
//! itself is never served; it becomes the same error again.

use ridge_contract::{Config, Fault, Originals, Problem};
use ridge_store::{Attributes, Metadata};
use sha2::{Digest as _, Sha256};

use crate::provenance::{PIPELINE, StaleReason, tags};

/// The name of [`Fault::name`] in the object's user metadata. The names differ from those of a variant's provenance: an older
/// version of the function takes the object for a variant without provenance, and renders.
const FAULT: &str = "refusal";
const TEXT: &str = "refusal-text";
const SOURCE_ETAG: &str = "refusal-source-etag";
const LIMITS: &str = "refusal-limits";
const MEMORY: &str = "refusal-memory";

/// Most characters of the text: S3 accepts 2 KB of user metadata.
const TEXT_CHARACTERS: usize = 1000;

/// What decides, besides the original, whether a variant can be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limits {
    /// A hash of the configuration and the pipeline's version.
    config: String,
    /// The memory that a render may use, in bytes; `None` if unknown.
    memory: Option<u64>,
}

/// Why an original has no variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error for the client.
    pub problem: Problem,
    /// The original's ETag.
    pub source_etag: String,
    /// The configuration of [`Limits`].
    limits: String,
    /// The memory that did not suffice, in bytes, if that is the reason.
    memory: Option<u64>,
}

impl Limits {
    pub(crate) fn new(config: &Config, memory: Option<u64>) -> Limits {
        // A configuration is an object of plain values, so that it always has a text.
        let text = serde_json::to_string(config).unwrap_or_default();
        let hash = Sha256::digest(format!("{PIPELINE} {text}"));
        Limits { config: hex::encode(&hash[..8]), memory }
    }
}

impl Refusal {
    /// `None` for a problem that another request may not have.
    pub(crate) fn new(problem: &Problem, source: &Metadata, limits: &Limits, needs_memory: bool) -> Option<Refusal> {
        let source_etag = source.etag.clone()?;
        let memory = limits.memory.filter(|_| needs_memory);
        let (problem, limits) = (problem.clone(), limits.config.clone());
        problem.fault.is_of_original().then_some(Refusal { problem, source_etag, limits, memory })
    }

    /// Reads a refusal from an object's metadata. `None` for a variant.
    pub fn of(object: &Metadata) -> Option<Refusal> {
        let get = |name: &str| object.user_metadata.get(name);
        let fault = Fault::from_name(get(FAULT)?).filter(|fault| fault.is_of_original())?;
        Some(Refusal {
            problem: Problem::new(fault, get(TEXT)?),
            source_etag: get(SOURCE_ETAG)?.to_owned(),
            limits: get(LIMITS)?.to_owned(),
            memory: get(MEMORY).and_then(|bytes| bytes.parse().ok()),
        })
    }

    /// Returns why the refusal is stale; `None` if it is fresh. `original` is `None` if there is none; it is not consulted if
    /// originals are immutable.
    pub(crate) fn stale_reason(
        &self,
        original: Option<&Metadata>,
        originals: Originals,
        limits: &Limits,
    ) -> Option<StaleReason> {
        // A render that had less memory may succeed now.
        let has_more_memory = self.memory.zip(limits.memory).is_some_and(|(then, now)| then < now);
        match original {
            None if originals == Originals::Mutable => Some(StaleReason::OriginalMissing),
            Some(now) if originals == Originals::Mutable && now.etag.as_ref() != Some(&self.source_etag) => {
                Some(StaleReason::OriginalReplaced)
            }
            _ if self.limits != limits.config || has_more_memory => Some(StaleReason::Outdated),
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
            (TEXT, to_ascii(&self.problem.text)),
            (SOURCE_ETAG, self.source_etag.clone()),
            (LIMITS, self.limits.clone()),
        ];
        Attributes {
            content_type: "text/plain; charset=utf-8".to_owned(),
            cache_control: Some(self.problem.fault.response().cache_control.to_owned()),
            user_metadata: metadata.into_iter().chain(memory).map(|(name, value)| (name.to_owned(), value)).collect(),
            tags: tags(),
        }
    }
}

/// User metadata on S3 is ASCII.
fn to_ascii(text: &str) -> String {
    let plain = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    text.chars().map(plain).take(TEXT_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(etag: &str) -> Metadata {
        Metadata { etag: Some(etag.to_owned()), ..Metadata::default() }
    }

    fn stored(refusal: &Refusal) -> Metadata {
        Metadata { user_metadata: refusal.attributes().user_metadata, ..Metadata::default() }
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
            let refusal = Refusal::new(&problem, &metadata("\"a\""), &limits, true);
            assert_eq!(refusal.is_some(), is_kept, "{fault:?}");
            if let Some(refusal) = refusal {
                assert_eq!(Refusal::of(&stored(&refusal)), Some(refusal));
            }
        }
        let problem = Problem::new(Fault::Broken, "the original is\r\nno g\u{f6}\u{f6}d");
        let refusal = Refusal::new(&problem, &metadata("\"a\""), &limits, false).unwrap();
        assert_eq!(Refusal::of(&stored(&refusal)).unwrap().problem.text, "the original is??no g??d");
        let mut forged = stored(&refusal);
        forged.user_metadata.insert(FAULT.to_owned(), Fault::Unsigned.name().to_owned());
        assert_eq!(Refusal::of(&forged), None);
        assert_eq!(Refusal::of(&Metadata::default()), None);
    }

    #[test]
    fn it_holds_for_one_original_under_the_same_limits() {
        let limits = |json: &str, memory| Limits::new(&Config::parse(json).unwrap(), memory);
        let then = limits("{}", Some(100));
        let problem = Problem::new(Fault::TooLarge, "the original is too large");
        for (needs_memory, original, originals, now, fault) in [
            (false, Some("a"), Originals::Mutable, limits("{}", Some(100)), None),
            (false, Some("a"), Originals::Mutable, limits("{}", Some(900)), None),
            (false, Some("b"), Originals::Mutable, limits("{}", Some(100)), Some(StaleReason::OriginalReplaced)),
            (false, None, Originals::Mutable, limits("{}", Some(100)), Some(StaleReason::OriginalMissing)),
            (false, None, Originals::Immutable, limits("{}", Some(100)), None),
            (
                false,
                Some("a"),
                Originals::Mutable,
                limits(r#"{"maxFrames": 5}"#, Some(100)),
                Some(StaleReason::Outdated),
            ),
            (false, None, Originals::Immutable, limits(r#"{"maxFrames": 5}"#, None), Some(StaleReason::Outdated)),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(100)), None),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(50)), None),
            (true, Some("a"), Originals::Mutable, limits("{}", None), None),
            (true, Some("a"), Originals::Mutable, limits("{}", Some(101)), Some(StaleReason::Outdated)),
        ] {
            let refusal = Refusal::new(&problem, &metadata("a"), &then, needs_memory).unwrap();
            let original = original.map(metadata);
            assert_eq!(
                refusal.stale_reason(original.as_ref(), originals, &now),
                fault,
                "{original:?} {originals:?} {now:?}"
            );
        }
    }
}

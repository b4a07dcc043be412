//! The rule: is a variant allowed, and if not, what would allow it?

use super::Policy;
use super::allow_lists::printed;
use super::resolved_presets::ResolvedPreset;
use crate::config::{Config, Signing};
use crate::format::{Holds, Output};
use crate::key::Key;
use crate::path::VariantPath;
use crate::problem::{Fault, Problem};
use crate::values::Dpr;
use crate::variant::{Options, Variant};

/// Who may request a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Everyone.
    Allowed,
    /// Those whose URL is signed. With `signing` `"outside"` it holds why nobody else may; with `"all"` it is `None`.
    Signed(Option<NotAllowed>),
    /// Nobody.
    Refused(NotAllowed),
}

/// Why a variant is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowed {
    /// The parameter whose value is not allowed; `None` if only presets are allowed.
    pub param: Option<&'static str>,
    /// The response's error.
    pub problem: Problem,
}

impl Policy {
    /// The whole rule. Who may request a variant?
    ///
    /// 1. Nobody, if a side is larger than `maxWidth` or `maxHeight`.
    /// 2. Everyone, if the allow-lists allow it or a preset stands for it; but only with a signature if `signing` is
    ///    `"all"`.
    /// 3. Otherwise nobody; but with a signature, if `signing` is `"outside"`.
    pub fn verdict(&self, path: &VariantPath) -> Verdict {
        if let Err(not_allowed) = self.limits_of(path.variant()) {
            return Verdict::Refused(not_allowed);
        }
        match (self.config.signing, self.listed(path)) {
            (Signing::Off | Signing::Outside, Ok(())) => Verdict::Allowed,
            (Signing::All, Ok(())) => Verdict::Signed(None),
            (Signing::Outside, Err(not_allowed)) => Verdict::Signed(Some(not_allowed)),
            (Signing::Off | Signing::All, Err(not_allowed)) => Verdict::Refused(not_allowed),
        }
    }

    /// Checks a variant as far as its path decides: whether a signature was verified, a path does not say.
    ///
    /// # Errors
    ///
    /// [`Fault::Request`], if nobody may request the variant.
    pub fn check(&self, path: &VariantPath) -> Result<(), Problem> {
        match self.verdict(path) {
            Verdict::Allowed | Verdict::Signed(_) => Ok(()),
            Verdict::Refused(not_allowed) => Err(not_allowed.problem),
        }
    }

    /// Checks whether the allow-lists allow a variant or a preset stands for it.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`] with the first parameter that is not listed.
    pub fn listed(&self, path: &VariantPath) -> Result<(), NotAllowed> {
        let by_lists = if self.config.presets_only { self.negotiated(path) } else { self.within_lists(path) };
        if by_lists.is_err()
            && self.presets.iter().any(|preset| preset.stands_for(path, self.outputs_of(preset, path.original())))
        {
            return Ok(());
        }
        by_lists
    }

    /// Every value of the variant must be in its list. A listed value counts in the normal form that it has in this variant.
    fn within_lists(&self, path: &VariantPath) -> Result<(), NotAllowed> {
        let variant = path.variant();
        self.listed_sizes(variant)?;
        if !self.formats.of(path.original()).all.contains(&variant.output()) {
            return Err(not_in_list("f", &variant.output().to_string(), &self.listed_texts("f")));
        }
        match self.lists.refused(variant) {
            None => Ok(()),
            Some(param) => {
                let value = printed(param, variant).unwrap_or_default();
                Err(not_in_list(param.name, &value, &self.listed_texts(param.name)))
            }
        }
    }

    /// Besides presets, only `auto` makes variants: of URLs without parameters.
    fn negotiated(&self, path: &VariantPath) -> Result<(), NotAllowed> {
        let variant = path.variant();
        let is_plain = *variant == Variant::new(Options::default(), variant.output());
        if self.config.auto && is_plain && self.formats.of(path.original()).negotiated.contains(&variant.output()) {
            return Ok(());
        }
        Err(NotAllowed { param: None, problem: self.only_presets() })
    }

    /// Checks a variant in its normal form against the limits. No signature lifts them.
    fn limits_of(&self, variant: &Variant) -> Result<(), NotAllowed> {
        // Of the sides, a ThumbHash keeps the aspect ratio only.
        if variant.output().holds() == Holds::Look { Ok(()) } else { self.limits(variant.options()) }
    }

    /// Checks the sides that a URL requests against the limits. No signature lifts them.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`], if a side is larger. The text names the allow-list if there is one and no signature lifts it, else
    /// the limit.
    pub fn limits(&self, options: &Options) -> Result<(), NotAllowed> {
        let Config { max_width, max_height, widths, heights, signing, .. } = &self.config;
        for (name, side, max, allowed) in
            [("w", options.width, *max_width, widths), ("h", options.height, *max_height, heights)]
        {
            let Some(side) = side.filter(|side| *side > max) else { continue };
            return Err(match allowed.list().filter(|_| *signing != Signing::Outside) {
                Some(list) => not_in_list(name, &side.to_string(), list),
                None => {
                    let text = format!("{name} must be a whole number from 1 to {max}; got \"{side}\"");
                    NotAllowed { param: Some(name), problem: Problem::new(Fault::Request, text) }
                }
            });
        }
        Ok(())
    }

    /// Checks the parameter `dpr` against its allow-list.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`] with the list.
    pub fn listed_density(&self, dpr: Dpr) -> Result<(), NotAllowed> {
        if dpr == Dpr::default() || self.lists.densities.contains(&dpr) {
            return Ok(());
        }
        Err(not_in_list("dpr", &dpr.to_string(), &self.listed_texts("dpr")))
    }

    /// The error for a request without a preset, if only presets are allowed.
    pub fn only_presets(&self) -> Problem {
        let text = format!("only presets may be asked for: p takes {}", self.config.presets.names());
        Problem::new(Fault::Request, text)
    }

    /// The output formats that a preset may have for an original.
    pub(super) fn outputs_of<'a>(&'a self, preset: &'a ResolvedPreset, original: &Key) -> &'a [Output] {
        let formats = self.formats.of(original);
        let of_original = if self.config.presets_only { &formats.negotiated } else { &formats.all };
        preset.formats.as_ref().unwrap_or(of_original)
    }

    /// The allow-list of a parameter for an error text.
    fn listed_texts(&self, name: &str) -> Vec<&str> {
        self.config.options.of(name).list().unwrap_or_default().to_vec()
    }
}

/// The error for a value that is not in its list.
pub(super) fn not_in_list<T: ToString>(name: &'static str, value: &str, list: &[T]) -> NotAllowed {
    let list: Vec<_> = list.iter().map(ToString::to_string).collect();
    let text = match &list[..] {
        [] => format!("{name} is not allowed: leave it out; got \"{value}\""),
        [one] => format!("{name} must be {one}; got \"{value}\""),
        _ => format!("{name} must be one of {}; got \"{value}\"", list.join(", ")),
    };
    NotAllowed { param: Some(name), problem: Problem::new(Fault::Request, text) }
}

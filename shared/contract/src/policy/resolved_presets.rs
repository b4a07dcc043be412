//! Presets, resolved: what each of them stands for, at every density.

use super::allow_lists::AllowLists;
use super::output_formats::with_fallbacks;
use crate::config::{Config, Preset};
use crate::format::Output;
use crate::path::VariantPath;
use crate::values::Dpr;
use crate::variant::{Options, Variant};

/// One preset.
#[derive(Clone)]
pub(super) struct ResolvedPreset {
    /// The output formats, if the preset names one; otherwise those of the original.
    pub(super) formats: Option<Vec<Output>>,
    /// The options at each density that may be requested with the preset, its own included. Each is different.
    pub(super) options: Vec<Options>,
}

impl ResolvedPreset {
    pub(super) fn new(preset: &Preset, config: &Config, lists: &AllowLists) -> ResolvedPreset {
        let own = [Dpr::default(), preset.draft().dpr];
        let mut options: Vec<Options> = Vec::new();
        for dpr in own.into_iter().chain(lists.densities.iter().copied()) {
            let at_density = at_density(preset, dpr, config);
            if !options.contains(&at_density) {
                options.push(at_density);
            }
        }
        let format = preset.draft().format;
        ResolvedPreset { formats: format.map(|format| with_fallbacks(&[Output::Format(format)], config)), options }
    }

    /// Whether a variant is what the preset stands for, at one of its densities and in one of `outputs`.
    pub(super) fn stands_for(&self, path: &VariantPath, outputs: &[Output]) -> bool {
        let variant = path.variant();
        let is_same = |options: &Options| Variant::new(options.clone(), variant.output()) == *variant;
        outputs.contains(&variant.output()) && self.options.iter().any(is_same)
    }
}

/// A preset's options at a density.
pub(super) fn at_density(preset: &Preset, dpr: Dpr, config: &Config) -> Options {
    let mut options = preset.draft().options.clone();
    options.multiply(dpr, config.max_width, config.max_height);
    options
}

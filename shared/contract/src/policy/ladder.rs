//! Which variants of an original are worth making before anyone asks.

use crate::config::{Allowed, Config};
use crate::format::Output;
use crate::key::Key;
use crate::path::VariantPath;
use crate::values::{Dpr, Side};
use crate::variant::{Options, Variant};

impl Config {
    /// The variants that pages ask for: each of `widths`, every preset at its own density and those that are listed, and
    /// with `auto` the original's own size; in each of the formats that a client may get, or where `formats` names some, in
    /// those. Only what the policy allows is among them, each once.
    pub fn ladder(&self, original: &Key, widths: &[Side], formats: &[Output]) -> Vec<VariantPath> {
        let negotiable = if formats.is_empty() { self.negotiable(original) } else { formats.to_vec() };
        let mut found: Vec<VariantPath> = Vec::new();
        let mut add = |options: &Options, output: Output| {
            let path = VariantPath::new(Variant::new(options.clone(), output), original.clone());
            let path = path.ok().filter(|path| self.check(path).is_ok() && !found.contains(path));
            found.extend(path);
        };
        let widths: &[Side] = if self.presets_only { &[] } else { widths };
        let widths = widths.iter().map(|width| Options { width: Some(*width), ..Options::default() });
        // What has no picture's name is passed through.
        let whole = (self.auto && original.is_called_picture()).then(Options::default);
        for options in widths.chain(whole) {
            negotiable.iter().for_each(|output| add(&options, *output));
        }
        for (_, preset) in self.presets.iter() {
            let outputs = match preset.draft().format.map(Output::Format) {
                None => negotiable.clone(),
                Some(own) if formats.is_empty() || formats.contains(&own) => vec![own],
                Some(_) => Vec::new(),
            };
            for dpr in self.likely_densities(preset.draft().dpr) {
                let options = self.sized(preset, dpr);
                outputs.iter().for_each(|output| add(&options, *output));
            }
        }
        found
    }

    /// A preset's own density and those that are listed. Where any may be asked for, none but its own is likely.
    fn likely_densities(&self, own: Dpr) -> Vec<Dpr> {
        match self.options.of("dpr") {
            Allowed::Any => vec![own],
            Allowed::Only(list) => [own].into_iter().chain(list.iter().filter_map(|text| text.parse().ok())).collect(),
        }
    }
}

//! The variants of an original that pages request: those that are worth rendering before anyone asks.

use super::Policy;
use super::resolved_presets::at_density;
use crate::config::Allowed;
use crate::format::Output;
use crate::key::Key;
use crate::path::VariantPath;
use crate::values::{Dpr, Side};
use crate::variant::{Options, Variant};

impl Policy {
    /// Lists the variants that pages request, as far as the policy allows them, each once:
    ///
    /// * each of `widths`,
    /// * with `auto`, the original's own size,
    /// * every preset, at its own density and at those in the allow-list of `dpr`.
    ///
    /// Each is in the formats that negotiation chooses from; or in `outputs`, if that is not empty.
    pub fn page_variants(&self, original: &Key, widths: &[Side], outputs: &[Output]) -> Vec<VariantPath> {
        let wanted = if outputs.is_empty() { &self.formats.of(original).wanted } else { outputs };
        let mut found: Vec<VariantPath> = Vec::new();
        let mut add = |options: &Options, output: Output| {
            let path = VariantPath::new(Variant::new(options.clone(), output), original.clone());
            let path = path.ok().filter(|path| self.check(path).is_ok() && !found.contains(path));
            found.extend(path);
        };
        let widths: &[Side] = if self.config.presets_only { &[] } else { widths };
        let widths = widths.iter().map(|width| Options { width: Some(*width), ..Options::default() });
        // Objects without an image's extension are not negotiated.
        let own_size = (self.config.auto && original.is_called_picture()).then(Options::default);
        for options in widths.chain(own_size) {
            wanted.iter().for_each(|output| add(&options, *output));
        }
        for (_, preset) in self.config.presets.iter() {
            let own_format = preset.draft().format.map(Output::Format);
            let wanted = match &own_format {
                None => wanted,
                Some(own) if outputs.is_empty() || outputs.contains(own) => std::slice::from_ref(own),
                Some(_) => &[],
            };
            for dpr in self.likely_densities(preset.draft().dpr) {
                let options = at_density(preset, dpr, &self.config);
                wanted.iter().for_each(|output| add(&options, *output));
            }
        }
        found
    }

    /// A preset's own density and those that are listed. If all are allowed, only its own is likely.
    fn likely_densities(&self, own: Dpr) -> Vec<Dpr> {
        let listed = match self.config.options.of("dpr") {
            Allowed::Any => &[][..],
            Allowed::Only(_) => &self.lists.densities,
        };
        [&[own], listed].concat()
    }
}

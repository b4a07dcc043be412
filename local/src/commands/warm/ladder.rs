//! The variants to render.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use ridge_contract::config::Allowed;
use ridge_contract::values::Side;
use ridge_contract::{Key, Options, Output, Policy, Variant, VariantPath};

use crate::listing::Original;

/// The widths and formats in which each original is rendered.
pub(super) struct Ladder {
    pub(super) policy: Arc<Policy>,
    widths: Vec<Side>,
    formats: Vec<Output>,
}

impl Ladder {
    /// Validates the widths and formats.
    ///
    /// # Errors
    ///
    /// A width or format that the policy allows for no original.
    pub(super) fn new(policy: Arc<Policy>, widths: &[String], formats: &[String]) -> anyhow::Result<Ladder> {
        let width = |text: &String| text.parse::<Side>().map_err(|_| anyhow!("{text:?} is no width in pixels"));
        let format = |text: &String| {
            let names = || Output::names().collect::<Vec<_>>().join(", ");
            Output::asked(text).ok_or_else(|| anyhow!("{text:?} is no format; there are {}", names()))
        };
        let mut widths: Vec<_> = widths.iter().map(width).collect::<Result<_, _>>()?;
        let formats: Vec<_> = formats.iter().map(format).collect::<Result<_, _>>()?;
        let config = policy.config();
        if config.presets_only && !widths.is_empty() {
            bail!("{}, so leave --widths out", policy.only_presets().text);
        }
        if widths.is_empty() && !config.presets_only {
            let Allowed::Only(list) = &config.widths else {
                bail!(
                    "the configuration lets any width be asked for, so there is no end of variants; name some with \
                     --widths 320,640, or list them in it as `widths`"
                );
            };
            widths.clone_from(list);
        }
        let ladder = Ladder { policy, widths, formats };
        ladder.check()?;
        Ok(ladder)
    }

    fn check(&self) -> anyhow::Result<()> {
        let keys: Vec<_> = Policy::sample_originals().collect();
        let allowed = |width: Option<Side>, output: Output| {
            let options = Options { width, ..Options::default() };
            let verdicts = keys.iter().filter_map(|key| {
                let path = VariantPath::new(Variant::new(options.clone(), output), key.clone()).ok()?;
                Some(self.policy.check(&path))
            });
            verdicts.reduce(|one, other| one.or(other)).unwrap_or(Ok(()))
        };
        for width in &self.widths {
            allowed(Some(*width), Output::Auto).map_err(|problem| anyhow!(problem.text))?;
        }
        let is_made = |output: Output| {
            let of = |key: &Key| self.policy.page_variants(key, &self.widths, &[output]);
            keys.iter().any(|key| !of(key).is_empty())
        };
        for output in &self.formats {
            if !is_made(*output) {
                let width = self.widths.first().copied();
                allowed(width, *output).map_err(|problem| anyhow!(problem.text))?;
                bail!("nothing of what is to be made has the format {output}");
            }
        }
        Ok(())
    }

    pub(super) fn paths(&self, original: &Original) -> Vec<VariantPath> {
        self.policy.page_variants(&original.key, &self.widths, &self.formats)
    }
}

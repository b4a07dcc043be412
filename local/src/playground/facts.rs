//! The data for the playground's page: parameters, formats, configuration and images.

use ridge_contract::Config;
use ridge_contract::config::Preset;
use ridge_contract::params::{self, PARAMS, Takes};
use ridge_contract::values::Side;
use serde::Serialize;
use serde_json::Value;

use super::Playground;
use super::listed_image::ListedImage;
use super::originals::UPLOADS;
use crate::listing;
use crate::responsive_widths;

/// The maximum number of images listed from the bucket, and of uploads.
const PICTURES: usize = 24;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts<'a> {
    params: Vec<ParamFacts>,
    /// The formats, as in `params.json`.
    formats: Value,
    config: &'a Config,
    /// The widths that the page offers.
    widths: Vec<u32>,
    /// The presets that set a width or a height.
    sized_presets: Vec<&'a str>,
    pictures: Vec<ListedImage>,
    takes_uploads: bool,
}

/// A row of the parameter table, with the configuration's limits.
#[derive(Serialize)]
struct ParamFacts {
    name: &'static str,
    label: &'static str,
    /// A description of the accepted values.
    values: String,
    meaning: &'static str,
    takes: Takes,
    default: Option<String>,
}

impl<'a> Facts<'a> {
    pub(super) async fn gather(playground: &'a Playground) -> anyhow::Result<Facts<'a>> {
        let mut keys = listing::images(&playground.store, UPLOADS, PICTURES).await?;
        let others = listing::images(&playground.store, "", PICTURES).await?;
        keys.extend(others.into_iter().filter(|key| !key.as_str().starts_with(UPLOADS)));
        Ok(Facts::new(playground.policy.config(), keys.iter().map(ListedImage::of).collect(), playground.takes_uploads))
    }

    fn new(config: &'a Config, pictures: Vec<ListedImage>, takes_uploads: bool) -> Facts<'a> {
        // Leave out aliases and shorthands: other parameters set the same fields.
        let params = PARAMS.iter().filter(|param| param.sets == [param.name]).map(|param| ParamFacts {
            name: param.name,
            label: param.label,
            values: param.takes.words(|setting| setting.value(config)),
            meaning: param.meaning,
            takes: param.takes.within(config),
            default: param.default(),
        });
        let widths = responsive_widths::widths(config).into_iter().map(Side::get).collect();
        let has_side = |preset: &Preset| {
            let options = &preset.draft().options;
            options.width.is_some() || options.height.is_some()
        };
        let sized = config.presets.iter().filter(|(_, preset)| has_side(preset));
        let sized_presets = sized.map(|(name, _)| name).collect();
        let formats = params::json()["formats"].take();
        Facts { params: params.collect(), formats, config, widths, sized_presets, pictures, takes_uploads }
    }

    /// Returns the data as JSON for a script element, with `<` escaped: `</script` would end the element even in a
    /// string.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }
}

#[cfg(test)]
mod tests {
    use ridge_contract::Key;

    use super::*;

    #[test]
    fn a_key_cannot_end_the_script() {
        let key = Key::new("</script><script>alert(1)</script>.jpg").unwrap();
        let config = Config::default();
        let json = Facts::new(&config, vec![ListedImage::of(&key)], true).json();
        assert!(!json.contains('<'), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["pictures"][0]["key"], key.as_str());
        assert_eq!(read["config"]["maxWidth"], config.max_width.get());
    }
}

//! How many variants one original can have.

use std::collections::HashSet;

use super::Policy;
use super::allow_lists::{values, with};
use crate::config::{Allowed, Lists};
use crate::format::Output;
use crate::key::Key;
use crate::negotiate;
use crate::params::{Every, Param, Place};
use crate::values::Side;
use crate::variant::{Options, Variant};

/// The greatest number of variants that one original can have.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The number.
    pub variants: f64,
    /// Whether the variants were counted one by one; otherwise the number is an upper bound.
    pub is_exact: bool,
    /// The settings without a list, most choices first.
    pub open: Vec<OpenSetting>,
}

/// A setting that leaves a choice to whoever writes the URL.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSetting {
    /// Its path in `ridge.json`.
    pub setting: String,
    /// The number of values.
    pub choices: f64,
}

/// Above this upper bound, variants are not counted one by one, which would take seconds.
const COUNTED: f64 = 1e5;

impl Policy {
    /// Keys of originals, one of each kind that the policy distinguishes by the extension.
    pub fn sample_originals() -> impl Iterator<Item = Key> {
        ["x", "x.jpg", "x.png", "x.gif", "x.webp"].into_iter().map(|name| Key::new(name).expect("a constant"))
    }

    /// Counts the canonical paths that [`Policy::listed`] allows for one original, of the kind with the most.
    pub fn variants(&self) -> Bound {
        let mut open = self.open();
        open.sort_by(|a, b| b.choices.total_cmp(&a.choices));
        let keys: Vec<_> = Policy::sample_originals().collect();
        let most = |count: &dyn Fn(&Key) -> f64| keys.iter().map(count).fold(0.0, f64::max);
        let at_most = most(&|key| self.at_most(key));
        if at_most > COUNTED {
            return Bound { variants: at_most, is_exact: false, open };
        }
        let listed = self.listed_options();
        let variants = most(&|key| self.every_variant(key, &listed).len() as f64);
        Bound { variants, is_exact: true, open }
    }

    fn open(&self) -> Vec<OpenSetting> {
        let config = &self.config;
        let open = |setting: &str, is_any: bool, choices: f64| {
            is_any.then(|| OpenSetting { setting: setting.to_owned(), choices })
        };
        if config.presets_only {
            let is_any = config.options.of("dpr") == Allowed::Any;
            return open("options.dpr", is_any, choices("dpr")).into_iter().collect();
        }
        let options = Lists::params().filter_map(|param| {
            let is_any = config.options.of(param.name) == Allowed::Any;
            open(&format!("options.{}", param.name), is_any, choices(param.name))
        });
        let sides = [("widths", &config.widths, config.max_width), ("heights", &config.heights, config.max_height)];
        let sides = sides
            .into_iter()
            .filter_map(|(setting, allowed, max)| open(setting, *allowed == Allowed::Any, f64::from(max.get())));
        sides.chain(options).collect()
    }

    /// An upper bound that ignores which options have an effect together.
    fn at_most(&self, key: &Key) -> f64 {
        let config = &self.config;
        let of_preset = |preset| self.outputs_of(preset, key).len() as f64 * preset.options.len() as f64;
        let presets: f64 = self.presets.iter().map(of_preset).sum();
        let formats = self.formats.of(key);
        if config.presets_only {
            return presets + formats.negotiated.len() as f64;
        }
        let sides =
            |allowed: &Allowed<Side>, max: Side| allowed.list().map_or(f64::from(max.get()), |list| list.len() as f64);
        let sizes = (1.0 + sides(&config.widths, config.max_width)) * (1.0 + sides(&config.heights, config.max_height));
        let options = Lists::params().filter(|param| param.place == Place::Segment).map(|param| {
            1.0 + config.options.of(param.name).list().map_or_else(|| choices(param.name), |list| list.len() as f64)
        });
        presets + sizes * options.product::<f64>() * formats.all.len() as f64
    }

    /// Every variant that is allowed for one of [`Policy::sample_originals`]. `listed` is [`Policy::listed_options`].
    fn every_variant(&self, key: &Key, listed: &[Options]) -> HashSet<Variant> {
        let mut found = HashSet::new();
        let has_own = negotiate::own_format(key).is_some();
        let mut add = |options: &Options, output| {
            // No path has `auto` for a key whose extension says the format.
            if output != Output::Auto || !has_own {
                found.insert(Variant::new(options.clone(), output));
            }
        };
        for preset in &self.presets {
            for output in self.outputs_of(preset, key) {
                preset.options.iter().for_each(|options| add(options, *output));
            }
        }
        let formats = self.formats.of(key);
        if self.config.presets_only && self.config.auto {
            formats.negotiated.iter().for_each(|output| add(&Options::default(), *output));
        }
        for options in listed {
            formats.all.iter().for_each(|output| add(options, *output));
        }
        found
    }

    /// What the allow-lists allow besides presets. Some may be the same variant.
    fn listed_options(&self) -> Vec<Options> {
        let config = &self.config;
        let mut all = Vec::new();
        if config.presets_only {
            return all;
        }
        for width in sides(&config.widths, config.max_width) {
            for height in sides(&config.heights, config.max_height) {
                all.push(Options { width, height, ..Options::default() });
            }
        }
        for param in Lists::params().filter(|param| param.place == Place::Segment) {
            let values = values(param, &config.options);
            let more: Vec<_> =
                all.iter().flat_map(|options| values.iter().map(move |value| with(options, value))).collect();
            all.extend(more);
        }
        all
    }
}

fn sides(allowed: &Allowed<Side>, max: Side) -> Vec<Option<Side>> {
    let list = allowed.list().map_or_else(|| (1..=max.get()).filter_map(Side::new).collect(), <[Side]>::to_vec);
    [None].into_iter().chain(list.into_iter().map(Some)).collect()
}

/// The number of values of a parameter, without its default.
fn choices(name: &str) -> f64 {
    let Some(param) = Param::named(name) else { return 0.0 };
    let every = match param.takes.every() {
        Every::These(every) => every.len() as f64,
        Every::Many(count) => count,
    };
    if param.default().is_some() { every - 1.0 } else { every }
}

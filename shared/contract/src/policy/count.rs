//! How many variants one original can have.

use std::collections::HashSet;

use crate::config::{Allowed, Config, Lists};
use crate::format::Output;
use crate::key::Key;
use crate::negotiate;
use crate::params::{Draft, Every, Param, Place};
use crate::values::Side;
use crate::variant::{Options, Variant};

/// The greatest number of variants that one original can have.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// How many.
    pub variants: f64,
    /// Whether they were counted one by one. Otherwise there are at most so many.
    pub is_exact: bool,
    /// What is not listed, most choices first.
    pub open: Vec<Open>,
}

/// A setting that leaves a choice to whoever writes the URL.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// Its path in `ridge.json`.
    pub setting: String,
    /// Between how many values.
    pub choices: f64,
}

/// More than this are not counted one by one: that would take seconds.
const COUNTED: f64 = 1e5;

impl Config {
    /// Keys of originals of each kind that the policy tells apart, which it does by their names.
    pub fn kinds() -> impl Iterator<Item = Key> {
        ["x", "x.jpg", "x.png", "x.gif", "x.webp"].into_iter().map(|name| Key::new(name).expect("a constant"))
    }

    /// Counts the canonical paths that [`Config::listed`] allows for one original: for the kind that has most.
    pub fn variants(&self) -> Bound {
        let mut open = self.open();
        open.sort_by(|a, b| b.choices.total_cmp(&a.choices));
        let keys: Vec<_> = Config::kinds().collect();
        let most = |count: &dyn Fn(&Key) -> f64| keys.iter().map(count).fold(0.0, f64::max);
        let at_most = most(&|key| self.at_most(key));
        if at_most > COUNTED {
            return Bound { variants: at_most, is_exact: false, open };
        }
        let listed = self.every_options();
        let variants = most(&|key| self.every_variant(key, &listed).len() as f64);
        Bound { variants, is_exact: true, open }
    }

    fn open(&self) -> Vec<Open> {
        let any =
            |setting: &str, is_any: bool, choices: f64| is_any.then(|| Open { setting: setting.to_owned(), choices });
        if self.presets_only {
            let is_any = self.options.of("dpr") == Allowed::Any;
            return any("options.dpr", is_any, choices("dpr")).into_iter().collect();
        }
        let options = Lists::params().filter_map(|param| {
            any(&format!("options.{}", param.name), self.options.of(param.name) == Allowed::Any, choices(param.name))
        });
        let sides = [("widths", &self.widths, self.max_width), ("heights", &self.heights, self.max_height)];
        let sides = sides
            .into_iter()
            .filter_map(|(setting, allowed, max)| any(setting, *allowed == Allowed::Any, f64::from(max.get())));
        sides.chain(options).collect()
    }

    /// A bound without a look at which options mean something together.
    fn at_most(&self, key: &Key) -> f64 {
        let presets = self
            .presets
            .iter()
            .map(|(_, preset)| self.densities(preset).count() as f64 * self.preset_outputs(preset, key).len() as f64);
        let presets: f64 = presets.sum();
        if self.presets_only {
            return presets + self.outputs(key, false).len() as f64;
        }
        let sides =
            |allowed: &Allowed<Side>, max: Side| allowed.list().map_or(f64::from(max.get()), |list| list.len() as f64);
        let sizes = (1.0 + sides(&self.widths, self.max_width)) * (1.0 + sides(&self.heights, self.max_height));
        let options = Lists::params().filter(|param| param.place == Place::Segment).map(|param| {
            1.0 + self.options.of(param.name).list().map_or_else(|| choices(param.name), |list| list.len() as f64)
        });
        presets + sizes * options.product::<f64>() * unique(self.outputs(key, true)).len() as f64
    }

    /// Every variant that is allowed of an original of [`Config::kinds`], which has a path for each but where its extension
    /// says the format; `listed` is [`Config::every_options`].
    fn every_variant(&self, key: &Key, listed: &[Options]) -> HashSet<Variant> {
        let mut found = HashSet::new();
        let has_own = negotiate::own_format(key).is_some();
        let mut add = |options: Options, output| {
            if output != Output::Auto || !has_own {
                found.insert(Variant::new(options, output));
            }
        };
        for (_, preset) in self.presets.iter() {
            for output in self.preset_outputs(preset, key) {
                self.densities(preset).for_each(|dpr| add(self.sized(preset, dpr), output));
            }
        }
        if self.presets_only && self.auto {
            self.outputs(key, false).into_iter().for_each(|output| add(Options::default(), output));
        }
        let outputs = unique(self.outputs(key, true));
        for options in listed {
            outputs.iter().for_each(|output| add(options.clone(), *output));
        }
        found
    }

    /// What the lists allow beside presets, some more than once.
    fn every_options(&self) -> Vec<Options> {
        let mut all = Vec::new();
        if self.presets_only {
            return all;
        }
        for width in sides(&self.widths, self.max_width) {
            for height in sides(&self.heights, self.max_height) {
                all.push(Options { width, height, ..Options::default() });
            }
        }
        for param in Lists::params().filter(|param| param.place == Place::Segment) {
            let every = match self.options.of(param.name) {
                Allowed::Only(list) => list.into_iter().map(str::to_owned).collect(),
                Allowed::Any => every(param.name),
            };
            let with = |options: &Options, text: &String| {
                let mut draft = Draft::from(options.clone());
                param.read(&mut draft, text).ok().map(|()| draft.options)
            };
            let more: Vec<_> =
                all.iter().flat_map(|options| every.iter().filter_map(move |text| with(options, text))).collect();
            all.extend(more);
        }
        all
    }
}

fn unique(mut outputs: Vec<Output>) -> Vec<Output> {
    let mut seen = HashSet::new();
    outputs.retain(|output| seen.insert(*output));
    outputs
}

fn sides(allowed: &Allowed<Side>, max: Side) -> Vec<Option<Side>> {
    let list = allowed.list().map_or_else(|| (1..=max.get()).filter_map(Side::new).collect(), <[Side]>::to_vec);
    [None].into_iter().chain(list.into_iter().map(Some)).collect()
}

/// The number of values of a parameter, its default aside.
fn choices(name: &str) -> f64 {
    let Some(param) = Param::named(name) else { return 0.0 };
    let every = match param.takes.every() {
        Every::These(every) => every.len() as f64,
        Every::Many(count) => count,
    };
    if param.default().is_some() { every - 1.0 } else { every }
}

pub(super) fn every(name: &str) -> Vec<String> {
    match Param::named(name).map(|param| param.takes.every()) {
        Some(Every::These(every)) => every,
        // More than are ever counted one by one.
        Some(Every::Many(_)) | None => Vec::new(),
    }
}

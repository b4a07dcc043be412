//! What may be asked for: the same rules for both functions and for both spellings of a URL.

mod count;
mod ladder;
mod sizes;

use count::every;
pub use count::{Bound, Open};

use crate::config::{Allowed, Config, Lists, Preset, Signing};
use crate::format::{Holds, Output};
use crate::key::Key;
use crate::negotiate;
use crate::params::{Draft, Param};
use crate::path::VariantPath;
use crate::problem::{Fault, Problem};
use crate::values::{Dpr, Flip, Rotation};
use crate::variant::{Options, Variant};

/// The parameters of which several combinations stand for one orientation.
const TURN: [&str; 2] = ["rot", "flip"];

impl Config {
    /// Whether the policy allows a variant, as far as a path alone can tell: where a signature allows more, only who
    /// sees the signature can ask [`Config::listed`].
    pub fn check(&self, path: &VariantPath) -> Result<(), Problem> {
        self.limits_of(path.variant())?;
        if self.signing == Signing::Outside { Ok(()) } else { self.listed(path) }
    }

    /// The limits that nothing lifts, of a variant in its normal form.
    ///
    /// # Errors
    ///
    /// [`Fault::Request`] with the limit, where a side is larger.
    pub fn limits_of(&self, variant: &Variant) -> Result<(), Problem> {
        // The box of a ThumbHash has its aspect ratio alone left.
        if variant.output().holds() == Holds::Look { Ok(()) } else { self.limits(variant.options()) }
    }

    /// The limits that nothing lifts, of what a URL asks for. Where there is a list that is narrower, the text names that.
    ///
    /// # Errors
    ///
    /// [`Fault::Request`] with the limit, where a side is larger.
    pub fn limits(&self, options: &Options) -> Result<(), Problem> {
        let sides =
            [("w", options.width, self.max_width, &self.widths), ("h", options.height, self.max_height, &self.heights)];
        for (name, side, max, allowed) in sides {
            let Some(side) = side.filter(|side| *side > max) else { continue };
            return Err(match allowed.list().filter(|_| self.signing != Signing::Outside) {
                Some(list) => refused(name, &side.to_string(), list).problem,
                None => {
                    let text = format!("{name} must be a whole number from 1 to {max}; got \"{side}\"");
                    Problem::new(Fault::Request, text)
                }
            });
        }
        Ok(())
    }

    /// Whether a variant is within the lists, or what a preset stands for.
    pub fn listed(&self, path: &VariantPath) -> Result<(), Problem> {
        self.unlisted(path).map_err(|unlisted| unlisted.problem)
    }

    /// The same, with the parameter that is in the way.
    pub fn unlisted(&self, path: &VariantPath) -> Result<(), Unlisted> {
        let verdict = if self.presets_only { self.negotiated(path) } else { self.within_lists(path) };
        // There may be many presets.
        if verdict.is_ok() || self.presets.iter().any(|(_, preset)| self.stands_for(preset, path)) {
            return Ok(());
        }
        verdict
    }

    fn within_lists(&self, path: &VariantPath) -> Result<(), Unlisted> {
        let variant = path.variant();
        self.listed_sizes(variant)?;
        if !self.outputs(path.original(), true).contains(&variant.output()) {
            return Err(refused("f", &variant.output().to_string(), self.options.of("f").list().unwrap_or_default()));
        }
        let (turns, others): (Vec<_>, Vec<_>) = Lists::params().partition(|param| TURN.contains(&param.name));
        others.into_iter().try_for_each(|param| self.listed_option(param, variant))?;
        if self.has_turn(variant) {
            return Ok(());
        }
        turns.into_iter().try_for_each(|param| self.listed_option(param, variant))
    }

    /// Whether the lists have a rotation and a mirroring that together amount to this orientation.
    fn has_turn(&self, variant: &Variant) -> bool {
        let [rotations, flips] = TURN.map(|name| match self.options.of(name) {
            Allowed::Any => every(name),
            Allowed::Only(list) => list.into_iter().map(str::to_owned).collect(),
        });
        let mut rotations = rotations.iter().filter_map(|text| text.parse().ok()).chain([Rotation::default()]);
        rotations.any(|rotation| {
            let mut flips = flips.iter().filter_map(|text| text.parse().ok()).chain([Flip::default()]);
            flips.any(|flip| {
                let options = Options { rotation, flip, ..variant.options().clone() };
                Variant::new(options, variant.output()) == *variant
            })
        })
    }

    /// Beside presets there is only what `auto` makes of a URL without parameters.
    fn negotiated(&self, path: &VariantPath) -> Result<(), Unlisted> {
        let variant = path.variant();
        let is_bare = *variant == Variant::new(Options::default(), variant.output());
        let is_negotiated = self.outputs(path.original(), false).contains(&variant.output());
        if self.auto && is_bare && is_negotiated {
            return Ok(());
        }
        Err(Unlisted { param: None, problem: self.only_presets() })
    }

    /// Refuses a density that the lists do not have.
    pub fn listed_density(&self, dpr: Dpr) -> Result<(), Problem> {
        match self.options.of("dpr") {
            Allowed::Only(list) if dpr != Dpr::default() && !list.contains(&dpr.to_string().as_str()) => {
                Err(refused("dpr", &dpr.to_string(), &list).problem)
            }
            _ => Ok(()),
        }
    }

    /// The answer to anything but a preset.
    pub fn only_presets(&self) -> Problem {
        let text = format!("only presets may be asked for: p takes {}", self.presets.names());
        Problem::new(Fault::Request, text)
    }

    fn listed_option(&self, param: &'static Param, variant: &Variant) -> Result<(), Unlisted> {
        let asked = Draft::from(variant.options().clone());
        let Some(text) = param.segment(&asked) else { return Ok(()) };
        let Allowed::Only(list) = self.options.of(param.name) else { return Ok(()) };
        // A listed value counts in the normal form that it has in this variant.
        let is_same = |value: &&str| {
            let mut draft = asked.clone();
            param.read(&mut draft, value).is_ok() && Variant::new(draft.options, variant.output()) == *variant
        };
        if list.iter().any(is_same) { Ok(()) } else { Err(refused(param.name, &text, &list)) }
    }

    fn stands_for(&self, preset: &Preset, path: &VariantPath) -> bool {
        let output = path.variant().output();
        let has_output = self.preset_outputs(preset, path.original()).contains(&output);
        let mut densities = self.densities(preset);
        has_output && densities.any(|dpr| Variant::new(self.sized(preset, dpr), output) == *path.variant())
    }

    fn preset_outputs(&self, preset: &Preset, original: &Key) -> Vec<Output> {
        match preset.draft().format {
            Some(format) => self.with_stand_ins(vec![Output::Format(format)]),
            None => self.outputs(original, !self.presets_only),
        }
    }

    /// A preset's own density, and those that may be given beside it.
    fn densities(&self, preset: &Preset) -> impl Iterator<Item = Dpr> {
        let own = [Dpr::default(), preset.draft().dpr];
        let listed: Vec<_> = match self.options.of("dpr") {
            Allowed::Any => Dpr::all().collect(),
            Allowed::Only(list) => list.iter().filter_map(|text| text.parse().ok()).collect(),
        };
        own.into_iter().chain(listed)
    }

    fn sized(&self, preset: &Preset, dpr: Dpr) -> Options {
        let mut options = preset.draft().options.clone();
        options.multiply(dpr, self.max_width, self.max_height);
        options
    }

    /// What a variant of this original may be encoded as; `f` may have said so, or not.
    fn outputs(&self, original: &Key, by_name: bool) -> Vec<Output> {
        let mut outputs = self.negotiable(original);
        if by_name {
            match self.options.of("f") {
                Allowed::Any => outputs.extend(Output::all()),
                Allowed::Only(list) => outputs.extend(list.iter().filter_map(|name| name.parse::<Output>().ok())),
            }
        }
        self.with_stand_ins(outputs)
    }

    /// What a client may get that leaves the choice to `Accept`.
    fn negotiable(&self, original: &Key) -> Vec<Output> {
        let own = negotiate::own_format(original).map_or(Output::Auto, Output::Format);
        negotiate::fit(original, &self.formats).map(Output::Format).chain([own]).collect()
    }

    /// With what takes the place of a format that would take too long.
    fn with_stand_ins(&self, mut outputs: Vec<Output>) -> Vec<Output> {
        let slow = outputs.iter().filter_map(|output| match output {
            Output::Format(format) if format.is_slow() => Some(Output::Format(self.instead_of(*format))),
            _ => None,
        });
        let stand_ins: Vec<_> = slow.collect();
        outputs.extend(stand_ins);
        outputs
    }
}

/// Why a variant is outside of the lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// The parameter whose value is not listed; `None` where presets alone may be asked for.
    pub param: Option<&'static str>,
    /// What is answered.
    pub problem: Problem,
}

/// A value that is not in its list.
fn refused(name: &'static str, value: &str, list: &[impl ToString]) -> Unlisted {
    let list: Vec<_> = list.iter().map(ToString::to_string).collect();
    let text = match &list[..] {
        [] => format!("{name} is not allowed: leave it out; got \"{value}\""),
        [one] => format!("{name} must be {one}; got \"{value}\""),
        _ => format!("{name} must be one of {}; got \"{value}\"", list.join(", ")),
    };
    Unlisted { param: Some(name), problem: Problem::new(Fault::Request, text) }
}

//! Query strings: invalid values of known parameters are errors, unknown parameters are ignored.

use std::borrow::Cow;

use crate::config::{Config, Presets};
use crate::format::Format;
use crate::params::{Draft, PARAMS, Param};
use crate::values::{BadValue, Dpr, Ratio, Side};
use crate::variant::Options;

/// A parsed query string.
#[derive(Debug, Clone)]
pub struct Query {
    /// All options except format and device pixel ratio, not yet multiplied by `dpr`.
    pub options: Options,
    /// The value of `f`; `None` means `auto`.
    pub format: Option<Format>,
    /// The value of `dpr`.
    pub dpr: Dpr,
    /// Whether `raw` requests the original.
    pub raw: bool,
    /// Whether the sides are those of a preset, unchanged.
    pub has_preset_sides: bool,
    /// The preset that `p` names.
    pub preset: Option<String>,
    /// The names of the fields that the query sets itself, apart from the preset.
    pub set: Vec<&'static str>,
    /// The known parameters in the query, in the order of [`PARAMS`].
    pub known: Vec<&'static str>,
    /// The unknown parameters; they are never part of the cache key.
    pub dropped: Vec<String>,
}

/// Why a query is refused. The message names the parameter and the accepted values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The parameter does not accept the value.
    #[error("{name} must be {accepted}; got \"{value}\"")]
    Value {
        /// The parameter.
        name: &'static str,
        /// The given value, shortened and with control characters escaped.
        value: String,
        /// A description of the accepted values.
        accepted: String,
    },
    /// A parameter is given twice, or two parameters set the same field.
    #[error("{name} is given {}; say it once: {name} takes {accepted}", if name == with { "more than once".to_owned() } else { format!("together with {with}, which sets the same") })]
    Repeated {
        /// The later parameter, in the order of [`PARAMS`].
        name: &'static str,
        /// The earlier parameter.
        with: &'static str,
        /// A description of the values that the later parameter accepts.
        accepted: String,
    },
    /// An aspect ratio is given together with both sides, which already determine it.
    #[error("ar takes w or h beside it, not both; got \"{ratio}\" with w \"{width}\" and h \"{height}\"")]
    Ratio {
        /// The ratio, in lowest terms.
        ratio: Ratio,
        /// The width.
        width: Side,
        /// The height.
        height: Side,
    },
}

impl Query {
    /// Returns whether the query sets the field of a parameter, and not its preset. An aspect ratio gives a side, and
    /// alone a fit.
    pub(crate) fn has_set(&self, param: &str) -> bool {
        self.set.contains(&param) || (self.set.contains(&"ar") && ["w", "h", "fit"].contains(&param))
    }

    /// Returns the parsed values as a draft, for a preset.
    pub(crate) fn draft(&self) -> Draft {
        Draft { options: self.options.clone(), format: self.format, dpr: self.dpr, raw: self.raw }
    }
}

impl QueryError {
    /// Returns the error with the configuration's values in place of the names of its settings.
    #[must_use]
    pub fn within(mut self, config: &Config) -> QueryError {
        if let QueryError::Value { name, accepted, .. } | QueryError::Repeated { name, accepted, .. } = &mut self
            && let Some(param) = Param::named(name)
        {
            *accepted = param.takes.words(|setting| setting.value(config));
        }
        self
    }
}

/// Parses a query string, without `?`.
///
/// # Errors
///
/// [`QueryError`], if a parameter does not accept its value, or parameters contradict each other.
///
/// ```
/// use ridge_contract::query::parse;
/// assert_eq!(parse("w=200&utm_source=x").unwrap().dropped, ["utm_source"]);
/// assert_eq!(
///     parse("q=0").unwrap_err().to_string(),
///     "q must be a whole number from 1 to 100, without sign or leading zero; got \"0\""
/// );
/// ```
pub fn parse(query: &str) -> Result<Query, QueryError> {
    parse_with(query, &Presets::default())
}

/// The decoded names and values of a query string, in order.
pub(crate) type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Decodes a query string, without `?`. Pairs without a name are dropped.
pub(crate) fn pairs(query: &str) -> Pairs<'_> {
    form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !name.is_empty()).collect()
}

/// Parses a query string that may name a preset. Other parameters override the preset's.
///
/// # Errors
///
/// [`QueryError`], as for [`parse`]; also if the preset does not exist.
pub fn parse_with(query: &str, presets: &Presets) -> Result<Query, QueryError> {
    parse_pairs(&pairs(query), presets)
}

/// Parses a decoded query string.
pub(crate) fn parse_pairs(pairs: &Pairs<'_>, presets: &Presets) -> Result<Query, QueryError> {
    let mut draft = Draft::default();
    let mut has_preset_sides = false;
    let mut preset_name = None;
    if let Some((_, name)) = pairs.iter().find(|(name, _)| name == PRESET) {
        let preset = presets.get(name).ok_or_else(|| unknown_preset(name))?;
        draft = preset.draft().clone();
        preset_name = Some(name.to_string());
        let Options { width, height, ratio, .. } = draft.options;
        has_preset_sides = width.is_some() || height.is_some() || ratio.is_some();
    }
    let mut known = Vec::new();
    let mut set_by: Vec<(&'static str, &'static str)> = Vec::new();
    for param in PARAMS {
        for (_, value) in pairs.iter().filter(|(name, _)| name == param.name) {
            if let Some((_, with)) = set_by.iter().find(|(field, _)| param.sets.contains(field)) {
                return Err(QueryError::Repeated { name: param.name, with, accepted: param.words() });
            }
            param.read(&mut draft, value).map_err(|BadValue| bad(param, value))?;
            known.push(param.name);
            set_by.extend(param.sets.iter().map(|field| (*field, param.name)));
        }
    }
    // Two sides replace a preset's ratio.
    if ["w", "h"].iter().all(|side| set_by.iter().any(|(field, _)| field == side))
        && !set_by.iter().any(|(field, _)| *field == "ar")
    {
        draft.options.ratio = None;
    }
    if let Options { ratio: Some(ratio), width: Some(width), height: Some(height), .. } = draft.options {
        return Err(QueryError::Ratio { ratio, width, height });
    }
    let is_unknown = |name: &&str| PARAMS.iter().all(|param| param.name != *name);
    let dropped = pairs.iter().map(|(name, _)| &**name).filter(is_unknown).map(shown).collect();
    has_preset_sides &= !set_by.iter().any(|(field, _)| SIDES.contains(field));
    let Draft { options, format, dpr, raw } = draft;
    let set = set_by.into_iter().map(|(field, _)| field).collect();
    Ok(Query { options, format, dpr, raw, has_preset_sides, preset: preset_name, set, known, dropped })
}

/// The parameter that names a preset.
const PRESET: &str = "p";

/// The fields that `w`, `h`, their aliases and `ar` set.
const SIDES: [&str; 3] = ["w", "h", "ar"];

fn unknown_preset(name: &str) -> QueryError {
    let accepted = Param::named(PRESET).map_or_else(String::new, Param::words);
    QueryError::Value { name: PRESET, value: shown(name), accepted }
}

fn bad(param: &Param, value: &str) -> QueryError {
    QueryError::Value { name: param.name, value: shown(value), accepted: param.words() }
}

/// Escapes and shortens untrusted text for a one-line message.
fn shown(text: impl AsRef<str>) -> String {
    const LONGEST: usize = 40;
    let text = text.as_ref();
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

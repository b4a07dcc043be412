//! The canonical path: `/w_{N|auto}[/h_N][/option_value ...]/{format}/{key}`.

use std::fmt;
use std::fmt::Write as _;

use once_cell::sync::Lazy;
use regex::Regex;

use crate::config::Config;
use crate::format::{Format, Output};
use crate::key::{Key, KeyError};
use crate::negotiate;
use crate::params::{Draft, NO_WIDTH, Param};
use crate::values::BadValue;
use crate::variant::{Options, Variant};

/// The path of a request: an original's or a variant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// The path of an object that is not a variant.
    Original(Key),
    /// The canonical path of a variant.
    Variant(VariantPath),
}

/// The path of a variant. Invariants: the original is not a variant itself, and the complete path is a valid [`Key`].
///
/// Parsing and printing are inverse: an accepted path prints as itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VariantPath {
    variant: Variant,
    original: Key,
}

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No object can have this key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The variant's prefix and the original's key together exceed S3's limit.
    #[error(
        "the variant's key has {length} bytes, {prefix:?} and the original's {}, and S3 takes {}: the original's key may \
         have at most {} bytes", length - prefix.len(), Key::MAX_BYTES, Key::MAX_BYTES - prefix.len()
    )]
    TooLong {
        /// The variant's prefix.
        prefix: String,
        /// The length of prefix and key, in bytes.
        length: usize,
    },
    /// The path has a reserved prefix but not the shape of a variant's path.
    #[error("a path that begins with w_ and a number or 'auto' must be /w_N/[h_N/][option_value/...]FORMAT/KEY")]
    Shape,
    /// The path has the right shape but is not the canonical one.
    #[error("the path is not in its canonical spelling, which is {0}")]
    Spelling(String),
    /// The parameter does not accept the value.
    #[error("{name} in the path must be {accepted}; got \"{value}\"")]
    Value {
        /// The parameter.
        name: &'static str,
        /// The value in the path.
        value: String,
        /// A description of the accepted values.
        accepted: String,
    },
    /// The original's key has a reserved prefix itself.
    #[error("a variant of a variant cannot be made; name the original")]
    Nested,
    /// The path has `auto`, although the extension of the key determines the format.
    #[error("auto is for keys whose extension does not say the format; here it is {0}")]
    NotAuto(Format),
}

impl PathError {
    /// Returns the error with the configuration's values in place of the names of its settings.
    #[must_use]
    pub fn within(mut self, config: &Config) -> PathError {
        if let PathError::Value { name, accepted, .. } = &mut self
            && let Some(param) = Param::named(name)
        {
            *accepted = param.takes.words(|setting| setting.value(config));
        }
        self
    }
}

impl Path {
    /// Parses a URL path, percent-encoded, with its leading slash.
    ///
    /// # Errors
    ///
    /// [`PathError`], if no object can have this path, or if it has a reserved prefix and is not a canonical path.
    pub fn parse(path: &str) -> Result<Path, PathError> {
        let key = Key::from_path(path)?;
        if key.is_reserved() { VariantPath::parse(path).map(Path::Variant) } else { Ok(Path::Original(key)) }
    }
}

/// The regular expression for a variant's path, built from the rows' patterns, with a named group for each.
static SHAPE: Lazy<Regex> = Lazy::new(|| {
    let mut pattern = String::from("^");
    for (index, Param { name, takes, .. }) in Param::in_path().enumerate() {
        let values = takes.pattern();
        // The first parameter is always present: it distinguishes variants from originals.
        let _ = match index {
            0 => write!(pattern, "/{name}_(?<{name}>{NO_WIDTH}|{values})"),
            _ => write!(pattern, "(?:/{name}_(?<{name}>{values}))?"),
        };
    }
    let formats = Output::names().collect::<Vec<_>>().join("|");
    let _ = write!(pattern, "/(?<format>{formats})(?<key>/.+)$");
    Regex::new(&pattern).expect("the pattern is made of constants")
});

impl VariantPath {
    /// Joins a variant and its original.
    ///
    /// # Errors
    ///
    /// [`PathError::Nested`], [`PathError::NotAuto`], or [`PathError::TooLong`].
    pub fn new(variant: Variant, original: Key) -> Result<VariantPath, PathError> {
        if original.is_reserved() {
            return Err(PathError::Nested);
        }
        if let (Output::Auto, Some(format)) = (variant.output(), negotiate::own_format(&original)) {
            return Err(PathError::NotAuto(format));
        }
        let path = VariantPath { variant, original };
        let object = path.object_text();
        let length = object.len();
        match Key::new(object) {
            Err(KeyError::TooLong) => Err(PathError::TooLong { prefix: path.prefix(), length }),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(path),
        }
    }

    /// Parses a canonical path. Every other form of it is an error.
    ///
    /// # Errors
    ///
    /// [`PathError`] if the path is not canonical; [`PathError::Spelling`] has the canonical path.
    pub fn parse(path: &str) -> Result<VariantPath, PathError> {
        let found = SHAPE.captures(path).ok_or(PathError::Shape)?;
        let mut draft = Draft::default();
        for (index, param) in Param::in_path().enumerate() {
            let Some(text) = found.name(param.name).map(|text| text.as_str()) else { continue };
            if index == 0 && text == NO_WIDTH {
                continue;
            }
            param.read(&mut draft, text).map_err(|BadValue| PathError::Value {
                name: param.name,
                value: text.to_owned(),
                accepted: param.words(),
            })?;
        }
        let output = found["format"].parse().map_err(|()| PathError::Shape)?;
        let original = Key::from_path(&found["key"])?;
        let parsed = VariantPath::new(Variant::new(draft.options, output), original)?;
        let canonical = parsed.to_string();
        if canonical == path { Ok(parsed) } else { Err(PathError::Spelling(canonical)) }
    }

    /// Returns the options and output of the variant.
    pub fn variant(&self) -> &Variant {
        &self.variant
    }

    /// Returns the key of the original.
    pub fn original(&self) -> &Key {
        &self.original
    }

    /// Returns the key under which S3 stores the variant.
    pub fn object(&self) -> Key {
        Key::new(self.object_text()).expect("checked by every constructor")
    }

    fn object_text(&self) -> String {
        format!("{}{}", self.prefix(), self.original)
    }

    /// Returns the segments before the key: `w_200/h_200/webp/`.
    pub fn prefix(&self) -> String {
        prefix(self.variant.options(), self.variant.output())
    }
}

/// Returns the segments before the key, with a slash at the end.
fn prefix(options: &Options, output: Output) -> String {
    let mut prefix = String::new();
    let draft = Draft::from(options.clone());
    for (index, param) in Param::in_path().enumerate() {
        let text = param.segment(&draft).or_else(|| (index == 0).then(|| NO_WIDTH.to_owned()));
        if let Some(text) = text {
            let _ = write!(prefix, "{}_{text}/", param.name);
        }
    }
    let _ = write!(prefix, "{output}/");
    prefix
}

/// Returns the path of a request before the format is negotiated: `auto` in place of the format, whatever the key's
/// extension, and all options that have an effect in at least one format.
pub fn undecided(options: &Options, original: &Key) -> String {
    format!("/{}{}", prefix(&options.clone().settled(), Output::Auto), original.encoded())
}

impl fmt::Display for VariantPath {
    /// Writes the canonical path, percent-encoded, with its leading slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}{}", self.prefix(), self.original.encoded())
    }
}

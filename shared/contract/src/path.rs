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

/// A request's path: an original's, or a variant's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// Any object that is not a variant.
    Original(Key),
    /// A variant in its canonical spelling.
    Variant(VariantPath),
}

/// A variant of an original. Invariants: the original is not a variant itself, and the whole is a valid [`Key`].
///
/// Parse and print are inverse: an accepted path prints back to itself.
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
    /// The original's key leaves no room for what stands before it in the variant's.
    #[error(
        "the variant's key has {length} bytes, {prefix:?} and the original's {}, and S3 takes {}: the original's key may \
         have at most {} bytes", length - prefix.len(), Key::MAX_BYTES, Key::MAX_BYTES - prefix.len()
    )]
    TooLong {
        /// What stands before the original's key.
        prefix: String,
        /// How many bytes both have together.
        length: usize,
    },
    /// In the variants' room, but not of their shape.
    #[error("a path that begins with w_ and a number or 'auto' must be /w_N/[h_N/][option_value/...]FORMAT/KEY")]
    Shape,
    /// Of their shape, but another spelling is the canonical one.
    #[error("the path is not in its canonical spelling, which is {0}")]
    Spelling(String),
    /// A value that its parameter does not take.
    #[error("{name} in the path must be {accepted}; got \"{value}\"")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What stands in the path.
        value: String,
        /// What could stand there, in words.
        accepted: String,
    },
    /// The original's key is itself in the variants' room.
    #[error("a variant of a variant cannot be made; name the original")]
    Nested,
    /// `auto` where the extension decides already.
    #[error("auto is for keys whose extension does not say the format; here it is {0}")]
    NotAuto(Format),
}

impl PathError {
    /// The same with the configuration's values in place of the names of its settings.
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

/// One expression for the whole path, made of the rows' patterns, with a named group for each.
static SHAPE: Lazy<Regex> = Lazy::new(|| {
    let mut pattern = String::from("^");
    for (index, Param { name, takes, .. }) in Param::in_path().enumerate() {
        let values = takes.pattern();
        // The first parameter always stands: by it a variant is told from an original.
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

    /// Parses a canonical path. Every other spelling of it is an error.
    ///
    /// # Errors
    ///
    /// [`PathError`].
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

    /// What is asked.
    pub fn variant(&self) -> &Variant {
        &self.variant
    }

    /// Of which object.
    pub fn original(&self) -> &Key {
        &self.original
    }

    /// Where S3 keeps the variant.
    pub fn object(&self) -> Key {
        Key::new(self.object_text()).expect("checked by every constructor")
    }

    fn object_text(&self) -> String {
        format!("{}{}", self.prefix(), self.original)
    }

    /// The segments before the key: `w_200/h_200/webp/`.
    pub fn prefix(&self) -> String {
        prefix(self.variant.options(), self.variant.output())
    }
}

/// What stands before the key, with its last slash.
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

/// The path that stands for what was asked where the format is left to negotiation: `auto` in the format's place,
/// whatever the key's extension says, and all options that mean something in one of the formats.
pub fn undecided(options: &Options, original: &Key) -> String {
    format!("/{}{}", prefix(&options.clone().settled(), Output::Auto), original.encoded())
}

impl fmt::Display for VariantPath {
    /// The canonical path, percent-encoded, with its leading slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}{}", self.prefix(), self.original.encoded())
    }
}

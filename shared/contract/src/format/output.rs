//! The encoding of a variant: a fixed format, or one chosen by its pixels.

use std::fmt;
use std::str::FromStr;

use super::{Alpha, Format, Holds};

/// The encoding of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// A fixed format.
    Format(Format),
    /// PNG if the image has transparent pixels, otherwise JPEG.
    Auto,
}

impl Output {
    /// The name of [`Output::Auto`] in a path.
    pub const AUTO: &'static str = "auto";

    /// The formats that [`Output::Auto`] chooses from.
    const CHOSEN_BY_PIXELS: [Format; 2] = [Format::Jpeg, Format::Png];

    /// The names that `f` accepts: `auto`, then the name of each format.
    pub(crate) const CHOICES: [&'static str; Format::ALL.len() + 1] = {
        let mut names = [Output::AUTO; Format::ALL.len() + 1];
        let mut index = 0;
        while index < Format::ALL.len() {
            names[index + 1] = Format::ALL[index].name();
            index += 1;
        }
        names
    };

    /// The aliases that `f` accepts, each with the name that it means.
    pub(crate) const ALIASES: [(&'static str, &'static str); aliases()] = {
        let mut found = [("", ""); aliases()];
        let (mut count, mut index) = (0, 0);
        while index < Format::ALL.len() {
            let names = Format::ALL[index].row().names;
            let mut name = 1;
            while name < names.len() {
                found[count] = (names[name], names[0]);
                count += 1;
                name += 1;
            }
            index += 1;
        }
        found
    };

    /// Parses a name that `f` accepts, including aliases such as `jpg`.
    pub fn asked(text: &str) -> Option<Output> {
        let alias = Output::ALIASES.iter().find(|(alias, _)| *alias == text);
        alias.map_or(text, |(_, of)| of).parse().ok()
    }

    /// Returns what the output holds: the image, its look, or facts about it.
    pub fn holds(self) -> Holds {
        match self {
            Output::Format(format) => format.holds(),
            Output::Auto => Holds::Picture,
        }
    }

    /// Returns how the output stores transparency. [`Output::Auto`] keeps all of it.
    pub fn alpha(self) -> Alpha {
        match self {
            Output::Format(format) => format.alpha(),
            Output::Auto => Format::Png.alpha(),
        }
    }

    /// Returns the media type of an object stored at a path with this output. For [`Output::Auto`] it is `said`, the
    /// content type that the store reports, and `None` if that is not one of the formats that the pixels choose from.
    pub fn mime(self, said: Option<&str>) -> Option<&'static str> {
        match self {
            Output::Format(format) => Some(format.mime()),
            Output::Auto => {
                let format = Format::from_mime(said?)?;
                Output::CHOSEN_BY_PIXELS.contains(&format).then(|| format.mime())
            }
        }
    }

    /// Returns whether a quality has an effect.
    pub fn may_be_lossy(self) -> bool {
        match self {
            Output::Format(format) => format.is_lossy(),
            Output::Auto => Format::Jpeg.is_lossy(),
        }
    }

    /// Returns whether the variant can be animated.
    pub fn may_be_animated(self) -> bool {
        match self {
            Output::Format(format) => format.has_animation(),
            Output::Auto => false,
        }
    }

    /// Returns all outputs: the formats in their order, then [`Output::Auto`].
    pub fn all() -> impl Iterator<Item = Output> {
        Format::all().map(Output::Format).chain([Output::Auto])
    }

    /// Returns the names in a path, in the same order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Output::all().map(Output::name)
    }

    /// Returns the name in a path.
    pub fn name(self) -> &'static str {
        match self {
            Output::Format(format) => format.name(),
            Output::Auto => Output::AUTO,
        }
    }
}

/// Counts the aliases of all formats.
const fn aliases() -> usize {
    let (mut count, mut index) = (0, 0);
    while index < Format::ALL.len() {
        count += Format::ALL[index].row().names.len() - 1;
        index += 1;
    }
    count
}

impl FromStr for Output {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == Output::AUTO { Ok(Output::Auto) } else { text.parse().map(Output::Format) }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_type_counts_only_where_the_pixels_chose() {
        for said in [None, Some("text/html"), Some("image/svg+xml"), Some("image/gif"), Some("image/png")] {
            assert_eq!(Output::Format(Format::WebP).mime(said), Some("image/webp"));
            let chosen = said.filter(|mime| *mime == "image/png");
            assert_eq!(Output::Auto.mime(said), chosen);
        }
        assert_eq!(Output::Auto.mime(Some("IMAGE/JPEG")), Some("image/jpeg"));
    }

    #[test]
    fn choices_and_aliases_are_the_descriptors() {
        assert_eq!(Output::CHOICES, ["auto", "webp", "avif", "jpeg", "png", "gif", "thumbhash", "json"]);
        assert_eq!(Output::ALIASES, [("jpg", "jpeg")]);
    }
}

//! What a variant is encoded as: a format, or the one that its pixels need.

use std::fmt;
use std::str::FromStr;

use super::{Alpha, Format, Holds};

/// What a variant is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// This format.
    Format(Format),
    /// JPEG, or PNG when transparency is really used: the pixels decide.
    Auto,
}

impl Output {
    /// The name of [`Output::Auto`] in a path.
    pub const AUTO: &'static str = "auto";

    /// The formats that [`Output::Auto`] chooses from.
    const CHOSEN_BY_PIXELS: [Format; 2] = [Format::Jpeg, Format::Png];

    /// The names in `f`: `auto`, then each format's own.
    pub(crate) const CHOICES: [&'static str; Format::ALL.len() + 1] = {
        let mut names = [Output::AUTO; Format::ALL.len() + 1];
        let mut index = 0;
        while index < Format::ALL.len() {
            names[index + 1] = Format::ALL[index].name();
            index += 1;
        }
        names
    };

    /// The other names in `f`, each with the one that it stands for.
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

    /// Reads a name as `f` takes it: aliases such as `jpg` too.
    pub fn asked(text: &str) -> Option<Output> {
        let alias = Output::ALIASES.iter().find(|(alias, _)| *alias == text);
        alias.map_or(text, |(_, of)| of).parse().ok()
    }

    /// What it holds of an image.
    pub fn holds(self) -> Holds {
        match self {
            Output::Format(format) => format.holds(),
            Output::Auto => Holds::Picture,
        }
    }

    /// What it can say of transparency. Where the pixels decide, they decide for a format that keeps it.
    pub fn alpha(self) -> Alpha {
        match self {
            Output::Format(format) => format.alpha(),
            Output::Auto => Format::Png.alpha(),
        }
    }

    /// The media type of what is stored at a path with this output. `said` is the type that the store gives. It counts
    /// only where the pixels chose the format, and only if it is one of those that they choose from; else `None`.
    pub fn mime(self, said: Option<&str>) -> Option<&'static str> {
        match self {
            Output::Format(format) => Some(format.mime()),
            Output::Auto => {
                let format = Format::from_mime(said?)?;
                Output::CHOSEN_BY_PIXELS.contains(&format).then(|| format.mime())
            }
        }
    }

    /// Whether a quality means something.
    pub fn may_be_lossy(self) -> bool {
        match self {
            Output::Format(format) => format.is_lossy(),
            Output::Auto => Format::Jpeg.is_lossy(),
        }
    }

    /// Whether several frames may survive.
    pub fn may_be_animated(self) -> bool {
        match self {
            Output::Format(format) => format.has_animation(),
            Output::Auto => false,
        }
    }

    /// All outputs: the formats in their order, then [`Output::Auto`].
    pub fn all() -> impl Iterator<Item = Output> {
        Format::all().map(Output::Format).chain([Output::Auto])
    }

    /// The names in a path, in the same order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Output::all().map(Output::name)
    }

    /// The name in a path.
    pub fn name(self) -> &'static str {
        match self {
            Output::Format(format) => format.name(),
            Output::Auto => Output::AUTO,
        }
    }
}

/// Counts the names of all formats that are not their first.
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

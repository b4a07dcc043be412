//! Which format a client gets.

use crate::accept::Accept;
use crate::format::{Format, Output};
use crate::key::Key;

/// Why an output was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `f` asked for it.
    Asked,
    /// The client names it in `Accept`, and of those that can hold the picture it comes first in the configuration's order.
    Accepted,
    /// The client names a format that is wanted more, and that would hold the first frame only.
    Moves,
    /// The client names none of the configured formats; the key's own extension decides.
    Own,
    /// Neither client nor extension says: the pixels decide.
    Pixels,
}

impl Why {
    /// One line for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Why::Asked => "f asks for it",
            Why::Accepted => "the first of the configured formats that Accept names",
            Why::Moves => "the first of the configured formats that Accept names holds no animation, as a .gif may be",
            Why::Own => "Accept names none of the configured formats, so the original's own format stays",
            Why::Pixels => {
                "Accept names none of the configured formats and the extension is none of ours: \
                 JPEG, or PNG where transparency is really used"
            }
        }
    }
}

/// Chooses the output. `formats` are the configured ones, most wanted first.
pub fn output(asked: Option<Format>, accept: &Accept, key: &Key, formats: &[Format]) -> (Output, Why) {
    if let Some(format) = asked {
        return (Output::Format(format), Why::Asked);
    }
    let accepted = fit(key, formats).find(|format| accept.names(*format));
    let (output, why) = match (accepted, own_format(key)) {
        (Some(format), _) => (Output::Format(format), Why::Accepted),
        (None, Some(format)) => (Output::Format(format), Why::Own),
        (None, None) => (Output::Auto, Why::Pixels),
    };
    let is_passed_over = formats.iter().copied().find(|format| accept.names(*format)) != accepted;
    (output, if is_passed_over { Why::Moves } else { why })
}

/// Those of the configured formats that a client may get for naming them. What is called a GIF is most often one that
/// moves, and must not stand still because AVIF is more wanted.
pub(crate) fn fit(key: &Key, formats: &[Format]) -> impl Iterator<Item = Format> {
    let may_move = key.extension().and_then(Format::from_extension) == Some(Format::Gif);
    formats.iter().copied().filter(move |format| !may_move || format.has_animation())
}

/// The format that a key's extension says, if every client can show it.
pub(crate) fn own_format(key: &Key) -> Option<Format> {
    key.extension().and_then(Format::from_extension).filter(|format| !format.is_negotiated())
}

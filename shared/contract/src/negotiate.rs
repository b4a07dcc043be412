//! Negotiation: which output format a client gets.

use crate::accept::Accept;
use crate::format::{Format, Output};
use crate::key::Key;

/// Why an output format was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// `f` names it.
    Asked,
    /// It is the first of the configured formats that `Accept` names and that can hold the image.
    Accepted,
    /// `Accept` names a configured format that comes earlier but would hold the first frame only.
    Moves,
    /// `Accept` names none of the configured formats; the key's extension says the format.
    Own,
    /// `Accept` names none of the configured formats, and the extension is unknown: the pixels decide.
    Pixels,
}

impl Why {
    /// The reason in one line, for `ridge explain`.
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

/// Chooses the output format. `asked` is the value of `f`; `formats` are the configured ones, most wanted first.
pub fn output(asked: Option<Format>, accept: &Accept, key: &Key, formats: &[Format]) -> (Output, Why) {
    if let Some(format) = asked {
        return (Output::Format(format), Why::Asked);
    }
    let own = own_format(key);
    let accepted = usable(own, formats).find(|format| accept.names(*format));
    let (output, why) = match (accepted, own) {
        (Some(format), _) => (Output::Format(format), Why::Accepted),
        (None, Some(format)) => (Output::Format(format), Why::Own),
        (None, None) => (Output::Auto, Why::Pixels),
    };
    let is_passed_over = formats.iter().copied().find(|format| accept.names(*format)) != accepted;
    (output, if is_passed_over { Why::Moves } else { why })
}

/// The configured formats that can hold an original whose extension says `own`. A GIF is most often animated, and must not
/// lose its frames because AVIF is configured first.
pub(crate) fn usable(own: Option<Format>, formats: &[Format]) -> impl Iterator<Item = Format> {
    let may_be_animated = own == Some(Format::Gif);
    formats.iter().copied().filter(move |format| !may_be_animated || format.has_animation())
}

/// The format that a key's extension says, if every client can show it.
pub(crate) fn own_format(key: &Key) -> Option<Format> {
    key.extension().and_then(Format::from_extension).filter(|format| !format.is_negotiated())
}

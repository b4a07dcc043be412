//! The `Accept` header (RFC 9110 section 12.5.1).

use crate::format::Format;

/// The image formats that a client lists by name in `Accept`, with a quality over zero.
///
/// Wildcards (`*/*`, `image/*`) select nothing: clients send them whether or not they can decode a format.
///
/// ```
/// use ridge_contract::{Accept, Format};
/// let accept = Accept::parse(["image/avif,image/webp;q=0.9", "*/*;q=0.8"]);
/// assert!(accept.names(Format::WebP));
/// assert!(!Accept::parse(["image/webp;q=0, */*"]).names(Format::WebP));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accept(Vec<Format>);

impl Accept {
    /// Parses the values of all `Accept` lines. Invalid elements are ignored, as the RFC allows: the header only states
    /// a preference.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>) -> Accept {
        let elements = lines.into_iter().flat_map(|line| split(line, ','));
        Accept(elements.filter_map(wanted).collect())
    }

    /// Returns whether the client lists this format by name.
    pub fn names(&self, format: Format) -> bool {
        self.0.contains(&format)
    }
}

/// Returns the format of one `media-range;parameter;q=…` with q over zero.
fn wanted(element: &str) -> Option<Format> {
    let mut parts = split(element, ';').map(str::trim_ascii);
    let format = Format::from_mime(parts.next()?)?;
    for part in parts {
        let Some((name, value)) = part.split_once('=') else { continue };
        if name.trim_ascii().eq_ignore_ascii_case("q") {
            return (thousandths(value.trim_ascii())? > 0).then_some(format);
        }
    }
    Some(format)
}

/// Parses a `qvalue` (RFC 9110 section 12.4.2) into thousandths: `0` or `1` with up to three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(value),
        "1" if value == 0 => Some(1000),
        _ => None,
    }
}

/// Splits at a separator outside quoted strings (RFC 9110 section 5.6.4).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return c == separator && !quoted,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qvalues() {
        for (text, value) in [
            ("1", Some(1000)),
            ("1.", Some(1000)),
            ("1.000", Some(1000)),
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.001", Some(1)),
            ("0.123", Some(123)),
            ("1.001", None),
            ("0.1234", None),
            ("2", None),
            (".5", None),
            ("00.5", None),
            ("-1", None),
            ("0.x", None),
            ("", None),
        ] {
            assert_eq!(thousandths(text), value, "{text:?}");
        }
    }
}

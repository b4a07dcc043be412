//! Colours.

use std::fmt;
use std::str::FromStr;

use super::BadValue;

/// An sRGB colour with alpha. All components are 0 to 255, and the alpha is straight (not premultiplied).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, green, blue.
    pub rgb: [u8; 3],
    /// Opacity: 0 is transparent, 255 is opaque.
    pub alpha: u8,
}

impl Color {
    /// The number of colours.
    pub(crate) const COUNT: f64 = 4_294_967_296.0;

    /// White: the default background for transparency.
    pub const WHITE: Color = Color { rgb: [255; 3], alpha: 255 };

    /// Returns the colour without transparency.
    pub fn opaque(self) -> Color {
        Color { alpha: 255, ..self }
    }

    /// Returns the colour as a format with one bit of alpha stores it: opaque if alpha is at least one half, otherwise
    /// fully transparent.
    pub fn with_one_bit_alpha(self) -> Color {
        if self.alpha >= 128 { self.opaque() } else { Color { rgb: [0; 3], alpha: 0 } }
    }
}

impl Default for Color {
    fn default() -> Self {
        Color::WHITE
    }
}

impl FromStr for Color {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = match text.len() {
            6 if is_hex => format!("{text}ff"),
            8 if is_hex => text.to_owned(),
            _ => return Err(BadValue),
        };
        let [r, g, b, alpha] = u32::from_str_radix(&digits, 16).map_err(|_| BadValue)?.to_be_bytes();
        Ok(Color { rgb: [r, g, b], alpha })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.rgb;
        write!(f, "{r:02x}{g:02x}{b:02x}")?;
        if self.alpha == 255 { Ok(()) } else { write!(f, "{:02x}", self.alpha) }
    }
}

//! The rules that relate one field to another.

use super::{Allowed, Config, ConfigError, OnError, Signing};
use crate::values::Side;

impl Config {
    /// Refuses values that are valid by themselves and contradict each other.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Field`] with the field to change.
    pub(super) fn coherent(self) -> Result<Config, ConfigError> {
        let wrong = |field: &str, reason: String| Err(ConfigError::Field { field: field.to_owned(), reason });
        for (field, sides, name, max) in [
            ("widths", &self.widths, "maxWidth", self.max_width),
            ("heights", &self.heights, "maxHeight", self.max_height),
        ] {
            if let Some(side) = over(sides, max) {
                return wrong(field, format!("{side} is more than {name}, which is {max}"));
            }
        }
        for (name, preset) in self.presets.iter() {
            let options = &preset.draft().options;
            for (param, side, limit, max) in
                [("w", options.width, "maxWidth", self.max_width), ("h", options.height, "maxHeight", self.max_height)]
            {
                if let Some(side) = side.filter(|side| *side > max) {
                    return wrong(&format!("presets.{name}"), format!("{param}={side} is more than {limit}, {max}"));
                }
            }
        }
        if self.presets_only && self.presets.is_empty() {
            return wrong("presetsOnly", "true leaves nothing to ask for while presets is empty".to_owned());
        }
        if self.signing == Signing::All && self.on_error == OnError::Original {
            let reason = "\"original\" answers a signed variant with its original, which nobody has signed; write \
                          \"text\", or set signing to \"outside\"";
            return wrong("onError", reason.to_owned());
        }
        Ok(self)
    }
}

/// The first side that is larger than the limit.
fn over(sides: &Allowed<Side>, max: Side) -> Option<Side> {
    sides.list()?.iter().copied().find(|side| *side > max)
}

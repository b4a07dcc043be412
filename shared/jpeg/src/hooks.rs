//! What is called while an image is decoded.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::image::Sink;

/// Functions that are called for each row of MCUs.
pub(crate) struct Hooks<'a, 'b> {
    pub(crate) check: &'a mut dyn FnMut() -> ControlFlow<()>,
    /// `None` while the planes are not complete.
    pub(crate) sink: Option<&'a mut Sink<'b>>,
    pub(crate) is_strict: bool,
}

impl Hooks<'_, '_> {
    /// Called before a row, with the damage of the rows before it.
    pub(crate) fn check(&mut self, damage: Option<Damage>) -> Result<(), Error> {
        match damage {
            Some(damage) if self.is_strict && !damage.is_harmless() => Err(Error::Damaged(damage)),
            _ if (self.check)().is_break() => Err(Error::Stopped),
            _ => Ok(()),
        }
    }
}

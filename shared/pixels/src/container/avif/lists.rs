//! The lists of a `meta` box: one function for each.

use std::collections::BTreeMap;

use super::image::Data;
use super::limits::{MAX_ITEMS, broken, unsupported};
use crate::container::bmff::{self, Code, Fields, IsoBox};
use crate::error::Error;

/// A reference from one item to others.
pub(super) struct Reference<'a> {
    pub(super) kind: Code,
    pub(super) from: u32,
    to: Fields<'a>,
    is_wide: bool,
}

impl<'a> Reference<'a> {
    pub(super) fn read(part: IsoBox<'a>, is_wide: bool) -> Option<Reference<'a>> {
        let mut to = Fields(part.content);
        let from = to.id(is_wide)?;
        let count = usize::from(to.u16()?);
        let to = Fields(to.bytes(if is_wide { count * 4 } else { count * 2 })?);
        Some(Reference { kind: part.kind, from, to, is_wide })
    }

    /// Iterates over the items that it refers to, in their order.
    pub(super) fn to(&self) -> impl Iterator<Item = u32> + use<'a> {
        let (mut to, is_wide) = (self.to, self.is_wide);
        std::iter::from_fn(move || to.id(is_wide))
    }
}

/// Reads `pitm`: the number of the primary item.
pub(super) fn primary(content: &[u8]) -> Option<u32> {
    let mut fields = Fields(content);
    let (version, _) = fields.version()?;
    fields.id(version > 0)
}

/// Reads `iinf`: the type of each item by its number.
pub(super) fn kinds(content: &[u8]) -> Result<BTreeMap<u32, Code>, Error> {
    let cut = || broken("the list of its items is truncated");
    let mut fields = Fields(content);
    let (version, _) = fields.version().ok_or_else(cut)?;
    fields.id(version > 0).ok_or_else(cut)?;
    let mut items = BTreeMap::new();
    for entry in bmff::children(fields.0) {
        let entry = entry.ok_or_else(cut)?;
        let Some((id, kind)) = entry_of(entry) else { continue };
        if items.len() == MAX_ITEMS {
            return Err(unsupported(format!("more than {MAX_ITEMS} items")));
        }
        items.entry(id).or_insert(kind);
    }
    Ok(items)
}

/// Returns number and type of an item. Older entries have no type.
fn entry_of(entry: IsoBox<'_>) -> Option<(u32, Code)> {
    let mut fields = Fields(entry.content);
    let (version, _) = fields.version()?;
    if entry.kind != *b"infe" || version < 2 {
        return None;
    }
    let id = fields.id(version > 2)?;
    // The index of its protection.
    fields.u16()?;
    Some((id, fields.code()?))
}

/// Reads the entries of `iloc`, and calls `found` with an item's number, its construction method, and its data within
/// the bytes of that method.
pub(super) fn locations<'a>(
    content: &'a [u8],
    mut found: impl FnMut(u32, u16, &dyn Fn(&'a [u8]) -> Data<'a>),
) -> Option<()> {
    let mut fields = Fields(content);
    let (version, _) = fields.version()?;
    let widths = fields.u16()?;
    let width = |shift: u16| Some(usize::from(widths >> shift & 0xf)).filter(|width| matches!(width, 0 | 4 | 8));
    let (offset, length, base_width) = (width(12)?, width(8)?, width(4)?);
    let index = if version > 0 { width(0)? } else { 0 };
    for _ in 0..fields.id(version > 1)? {
        let id = fields.id(version > 1)?;
        let method = if version > 0 { fields.u16()? & 0xf } else { 0 };
        // The index of the file.
        fields.u16()?;
        let base = fields.number(base_width)?;
        let count = usize::from(fields.u16()?);
        let list = fields.bytes(count * (index + offset + length))?;
        found(id, method, &|within| Data::Pieces { within, base, list, index, offset, length });
    }
    Some(())
}

//! The items of a `meta` box: their types, references and data (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 9.3).
//!
//! Each list is read once or twice, so the time grows with the size of the box and not with its square.
//!

use std::collections::{BTreeMap, BTreeSet};

use super::image::{Coded, Data, Still, Tile};
use super::limits::{MAX_ITEMS, MAX_TILES, broken, name, unsupported};
use super::lists::{self, Reference};
use super::properties::Properties;
use crate::container::bmff::{self, Code, Fields, IsoBox};
use crate::error::Error;
use crate::size::Size;

/// All items of a file.
pub(super) struct Items<'a> {
    file: &'a [u8],
    items: BTreeMap<u32, Item<'a>>,
    /// The number of the primary item.
    primary: u32,
    references: &'a [u8],
    /// Properties that items may share, by their number minus one.
    properties: Vec<IsoBox<'a>>,
}

#[derive(Default)]
struct Item<'a> {
    kind: Code,
    data: Option<Data<'a>>,
    /// Numbers of its properties, of 15 or 7 bits, each after a bit that marks the property as essential.
    associations: Option<(&'a [u8], bool)>,
    /// Whether the item is the transparency of another one. An item that is not understood is none.
    is_alpha: bool,
}

impl<'a> Items<'a> {
    pub(super) fn read(file: &'a [u8], meta: &'a [u8]) -> Result<Items<'a>, Error> {
        let meta = meta.get(4..).unwrap_or_default();
        let part = |kind: &Code| bmff::child(meta, *kind);
        let needed = |kind: &Code| part(kind).ok_or_else(|| broken(&format!("it has no box \"{}\"", name(*kind))));
        let primary = lists::primary(needed(b"pitm")?).ok_or_else(|| broken("its primary item is truncated"))?;
        let kinds = lists::kinds(needed(b"iinf")?)?;
        let items = kinds.into_iter().map(|(id, kind)| (id, Item { kind, ..Item::default() })).collect();
        let properties = needed(b"iprp")?;
        let container = bmff::child(properties, *b"ipco").ok_or_else(|| broken("it has no properties"))?;
        let references = part(b"iref").unwrap_or_default();
        let mut found = Items { file, items, primary, references, properties: Vec::new() };
        for property in bmff::children(container) {
            let property = property.ok_or_else(|| broken("a property is truncated"))?;
            if found.properties.len() == MAX_ITEMS {
                return Err(unsupported(format!("more than {MAX_ITEMS} properties")));
            }
            found.properties.push(property);
        }
        // The standard allows one box for each width of numbers; some files have more.
        for list in bmff::children(properties).map_while(|part| part).filter(|part| part.kind == *b"ipma") {
            found
                .associate(list.content)
                .ok_or_else(|| broken("the properties of its items are truncated or repeated"))?;
        }
        found.locate(needed(b"iloc")?, part(b"idat").unwrap_or_default())?;
        let is_alpha = |item| found.properties(item).is_ok_and(|properties| properties.is_alpha());
        let alphas: Vec<_> = found.items.iter().filter(|(_, item)| is_alpha(item)).map(|(id, _)| *id).collect();
        for id in alphas {
            found.items.entry(id).and_modify(|item| item.is_alpha = true);
        }
        Ok(found)
    }

    /// Returns the primary image with its transparency.
    pub(super) fn primary(&self) -> Result<Still<'a>, Error> {
        let color = self.coded(self.primary, None)?;
        let (alpha, id) = match self.alpha_of(self.primary) {
            Some(id) => (Some(self.coded(id, Some(color.size))?), Some(id)),
            None => (self.alpha_of_tiles(&color)?, None),
        };
        let is_premultiplied = id.is_some_and(|id| self.refers(self.primary, *b"prem", id));
        Still::new(self.file, color, alpha, is_premultiplied)
    }

    /// Returns the coded image of an item. `size` is that of transparency without a size of its own.
    fn coded(&self, id: u32, size: Option<Size>) -> Result<Coded<'a>, Error> {
        let item = self.item(id)?;
        match &item.kind {
            b"av01" => {
                let tile = self.tile(id, size)?;
                Ok(Coded { size: tile.size, properties: tile.properties.clone(), grid: None, tiles: vec![tile] })
            }
            b"grid" => {
                let properties = self.properties(item)?;
                let (grid, size) = grid(item).ok_or_else(|| broken("its grid is truncated"))?;
                if properties.size != Some((size.width, size.height)) {
                    return Err(broken("the size of its grid differs from that in its header"));
                }
                let tiles = self.inputs(id)?.into_iter().map(|id| self.tile(id, None)).collect::<Result<_, _>>()?;
                Coded::grid(size, grid, properties, tiles)
            }
            kind => Err(unsupported(format!("an image of the type \"{}\"", name(*kind)))),
        }
    }

    fn tile(&self, id: u32, size: Option<Size>) -> Result<Tile<'a>, Error> {
        let item = self.item(id)?;
        if item.kind != *b"av01" {
            return Err(unsupported(format!("a grid of the type \"{}\"", name(item.kind))));
        }
        let properties = self.properties(item)?;
        let size = match properties.size {
            Some((width, height)) => Size::new(width, height),
            None => size,
        };
        let size = size.ok_or_else(|| broken("an image has no size"))?;
        let data = item.data.ok_or_else(|| broken("an image has no data"))?;
        Ok(Tile { size, properties, data })
    }

    /// Returns the first auxiliary image that is the item's transparency.
    fn alpha_of(&self, id: u32) -> Option<u32> {
        let mut found = self.alphas().filter(|reference| reference.to().any(|to| to == id));
        found.next().map(|reference| reference.from)
    }

    /// Iterates over references from transparency to its image.
    fn alphas(&self) -> impl Iterator<Item = Reference<'a>> {
        let is_alpha = |id| self.items.get(&id).is_some_and(|item| item.is_alpha);
        self.references().filter(move |reference| reference.kind == *b"auxl" && is_alpha(reference.from))
    }

    /// Returns the transparency of a grid whose tiles have it one by one.
    fn alpha_of_tiles(&self, color: &Coded<'a>) -> Result<Option<Coded<'a>>, Error> {
        let Some(grid) = color.grid else { return Ok(None) };
        let inputs = self.inputs(self.primary)?;
        let tiles: BTreeSet<u32> = inputs.iter().copied().collect();
        let mut alpha = BTreeMap::new();
        for reference in self.alphas() {
            for to in reference.to().filter(|to| tiles.contains(to)) {
                alpha.entry(to).or_insert(reference.from);
            }
        }
        let Some(alpha) = inputs.iter().map(|id| alpha.get(id)).collect::<Option<Vec<_>>>() else { return Ok(None) };
        let size = color.tiles.first().map(|tile| tile.size);
        let tiles = alpha.into_iter().map(|id| self.tile(*id, size)).collect::<Result<_, _>>()?;
        Coded::grid(color.size, grid, Properties::default(), tiles).map(Some)
    }

    /// Returns the tiles of a grid in their order.
    fn inputs(&self, id: u32) -> Result<Vec<u32>, Error> {
        let of_grid = self.references().filter(|reference| reference.kind == *b"dimg" && reference.from == id);
        let tiles: Vec<_> = of_grid.flat_map(|reference| reference.to()).take(MAX_TILES + 1).collect();
        if tiles.len() > MAX_TILES {
            return Err(unsupported(format!("more than {MAX_TILES} tiles")));
        }
        Ok(tiles)
    }

    fn refers(&self, from: u32, kind: Code, to: u32) -> bool {
        let mut found = self.references().filter(|reference| reference.kind == kind && reference.from == from);
        found.any(|reference| reference.to().any(|other| other == to))
    }

    fn references(&self) -> impl Iterator<Item = Reference<'a>> {
        let mut fields = Fields(self.references);
        let is_wide = fields.version().is_some_and(|(version, _)| version > 0);
        bmff::children(fields.0).map_while(|part| part).filter_map(move |part| Reference::read(part, is_wide))
    }

    fn item(&self, id: u32) -> Result<&Item<'a>, Error> {
        self.items.get(&id).ok_or_else(|| broken("an item is missing"))
    }

    fn properties(&self, item: &Item<'a>) -> Result<Properties<'a>, Error> {
        let (list, is_wide) = item.associations.unwrap_or_default();
        let numbers = list.chunks_exact(if is_wide { 2 } else { 1 }).map(|number| match number {
            [high, low] => (usize::from(high & 0x7f) << 8 | usize::from(*low), high & 0x80 != 0),
            [number] => (usize::from(number & 0x7f), number & 0x80 != 0),
            _ => (0, false),
        });
        // Number 0 is no property.
        let boxes = numbers
            .filter_map(|(number, is_essential)| Some((*self.properties.get(number.checked_sub(1)?)?, is_essential)));
        Properties::read(boxes)
    }

    /// Reads `ipma`. Properties of missing items are ignored.
    fn associate(&mut self, content: &'a [u8]) -> Option<()> {
        let mut fields = Fields(content);
        let (version, flags) = fields.version()?;
        let is_wide = flags & 1 != 0;
        for _ in 0..fields.u32()? {
            let id = fields.id(version > 0)?;
            let count = usize::from(fields.u8()?);
            let list = fields.bytes(if is_wide { count * 2 } else { count })?;
            if let Some(item) = self.items.get_mut(&id)
                && item.associations.replace((list, is_wide)).is_some()
            {
                return None;
            }
        }
        Some(())
    }

    /// Reads `iloc`.
    fn locate(&mut self, content: &'a [u8], idat: &'a [u8]) -> Result<(), Error> {
        let file = self.file;
        lists::locations(content, |id, method, location| {
            if let Some(item) = self.items.get_mut(&id)
                && item.data.is_none()
            {
                item.data = match method {
                    0 => Some(location(file)),
                    1 => Some(location(idat)),
                    // Data within the data of other items is not supported.
                    _ => None,
                };
            }
        })
        .ok_or_else(|| broken("the locations of its items are truncated"))
    }
}

/// Reads columns, rows and size of a grid (ISO/IEC 23008-12, 6.6.2.3.2).
fn grid(item: &Item<'_>) -> Option<((u16, u16), Size)> {
    const LONGEST: usize = 12;
    let mut content = Vec::new();
    for piece in item.data?.pieces() {
        content.extend(piece.ok()?.iter().take(LONGEST));
        if content.len() >= LONGEST {
            break;
        }
    }
    let mut fields = Fields(&content);
    fields.u8()?;
    let is_wide = fields.u8()? & 1 != 0;
    let (rows, columns) = (u16::from(fields.u8()?) + 1, u16::from(fields.u8()?) + 1);
    let size = Size::new(fields.id(is_wide)?, fields.id(is_wide)?)?;
    Some(((columns, rows), size))
}

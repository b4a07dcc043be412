//! The current quantisation and Huffman tables.

use std::cell::OnceCell;
use std::rc::Rc;

use crate::error::Error;
use crate::header;
use crate::huffman::{Class, Definition, Huffman, Skips};
use crate::scan::{Part, Scan};

/// libjpeg-turbo uses the tables of T.81, annex K.3, which frames of Motion JPEG leave out.
const NO_TABLE: Error = Error::Unsupported("a Huffman table that is left out");

/// The tables and the restart interval by DQT, DHT and DRI.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    quantisers: [Option<[u16; 64]>; 4],
    dc: [Option<Rc<Table>>; 4],
    ac: [Option<Rc<Table>>; 4],
    /// MCUs between restart markers; 0 for none.
    pub(crate) interval: u32,
}

/// A Huffman table, built when it is first needed.
#[derive(Debug)]
pub(crate) struct Table {
    definition: Definition,
    huffman: OnceCell<Huffman>,
    skips: OnceCell<Skips>,
}

impl Tables {
    pub(crate) fn read_quantisers(&mut self, segment: &[u8]) -> Result<(), Error> {
        header::quantisers(segment, &mut self.quantisers)
    }

    pub(crate) fn read_huffman(&mut self, segment: &[u8]) -> Result<(), Error> {
        for (class, slot, definition) in header::huffman(segment)? {
            let tables = if class == 0 { &mut self.dc } else { &mut self.ac };
            let (huffman, skips) = (OnceCell::new(), OnceCell::new());
            tables[usize::from(slot)] = Some(Rc::new(Table { definition, huffman, skips }));
        }
        Ok(())
    }

    pub(crate) fn quantisers(&self, slot: usize) -> Result<&[u16; 64], Error> {
        self.quantisers.get(slot).and_then(Option::as_ref).ok_or(Error::Broken("no quantisation table"))
    }

    /// Checks that the tables of a component of a progressive scan exist and are valid.
    pub(crate) fn check(&self, scan: &Scan, part: &Part) -> Result<(), Error> {
        match (scan.first, scan.high) {
            (0, 0) => self.dc(part.dc).map(drop),
            (0, _) => Ok(()),
            _ => self.ac(part.ac)?.huffman(Class::Band).map(drop),
        }
    }

    pub(crate) fn dc(&self, slot: usize) -> Result<&Huffman, Error> {
        self.dc.get(slot).and_then(Option::as_ref).ok_or(NO_TABLE)?.huffman(Class::Dc)
    }

    pub(crate) fn ac(&self, slot: usize) -> Result<&Table, Error> {
        self.ac.get(slot).and_then(Option::as_deref).ok_or(NO_TABLE)
    }
}

impl Table {
    /// Returns the lookup table. `class` is the same in each call: a file is either sequential or progressive.
    pub(crate) fn huffman(&self, class: Class) -> Result<&Huffman, Error> {
        match self.huffman.get() {
            Some(huffman) => Ok(huffman),
            None => {
                let huffman = Huffman::new(&self.definition, class)?;
                Ok(self.huffman.get_or_init(|| huffman))
            }
        }
    }

    /// Returns the table for skipping symbols of a sequential scan.
    pub(crate) fn skips(&self) -> Result<&Skips, Error> {
        let huffman = self.huffman(Class::Ac)?;
        Ok(self.skips.get_or_init(|| huffman.skips()))
    }
}

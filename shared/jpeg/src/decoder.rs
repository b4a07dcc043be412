//! The order of a file: ITU-T T.81, B.2.1.

use std::ops::ControlFlow;
use std::rc::Rc;

use crate::entropy::Entropy;
use crate::error::{Damage, Error};
use crate::header::{self, Application, Header, Process};
use crate::huffman::{Class, Huffman, Skips};
use crate::idct::{Scale, Transform};
use crate::marker::{
    APP0, APP14, DAC, DHT, DNL, DQT, DRI, EOI, JPG, Markers, RST0, RST7, SOF0, SOF1, SOF2, SOF15, SOI, SOS, TEM,
};
use crate::planes::{self, Layout, Plane, Target};
use crate::scan::Scan;
use crate::sequential;

/// What the caller wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Of each eight samples of the source, how many there will be, 1 to 8.
    pub eighths: u8,
    /// How large planes are that are subsampled in the file.
    pub chroma: Chroma,
    /// More scans are an error: each one of a progressive picture walks over all of it.
    pub max_scans: u32,
}

/// How large a subsampled plane becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chroma {
    /// As large as the others where its coefficients suffice (up to 8 samples a block), as in libjpeg.
    Full,
    /// As much smaller than the others as in the file.
    Subsampled,
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the file says.
    pub header: Header,
    /// One for each component.
    pub planes: Vec<Plane>,
    /// In pixels: each side of the source, times [`Options::eighths`], divided by 8 and rounded up.
    pub width: usize,
    /// See `width`.
    pub height: usize,
    /// The first damage that was met, if any.
    pub damage: Option<Damage>,
}

/// A Huffman table and, for AC coefficients, the one that skips.
struct Table {
    huffman: Huffman,
    skips: Option<Skips>,
}

#[derive(Default)]
struct Tables {
    quantisers: [Option<[u16; 64]>; 4],
    dc: [Option<Rc<Table>>; 4],
    ac: [Option<Rc<Table>>; 4],
    interval: u32,
}

/// Decodes at a reduced size. `check` is called once a row of MCUs, and may stop the work.
pub fn decode(
    bytes: &[u8],
    options: &Options,
    check: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Picture, Error> {
    let mut markers = Markers::new(bytes)?;
    let mut tables = Tables::default();
    let mut application = Application::default();
    let mut frame: Option<(Header, Vec<Target>)> = None;
    let mut damage = None;
    let mut scans = 0;
    loop {
        let Some(marker) = markers.next() else {
            damage.get_or_insert(Damage::Truncated);
            break;
        };
        if marker.skipped > 0 {
            damage.get_or_insert(Damage::Extraneous);
        }
        match marker.code {
            EOI => break,
            DQT => header::quantisers(markers.segment()?, &mut tables.quantisers)?,
            DHT => tables.define(markers.segment()?)?,
            DRI => tables.interval = header::restart_interval(markers.segment()?)?,
            SOF0 | SOF1 | SOF2 => {
                let process = if marker.code == SOF2 { Process::Progressive } else { Process::Sequential };
                let header = header::frame(process, markers.segment()?)?;
                if frame.is_some() {
                    return Err(Error::Broken("two frames"));
                }
                let targets = targets(&header, options);
                frame = Some((header, targets));
            }
            SOS => {
                let segment = markers.segment()?;
                let (header, targets) = frame.as_mut().ok_or(Error::Broken("a scan before its frame"))?;
                scans += 1;
                if scans > options.max_scans {
                    return Err(Error::TooManyScans(options.max_scans));
                }
                let scan = Scan::read(segment, header)?;
                let data = markers.rest();
                let (behind, met) = sequential_scan(&scan, header, targets, &tables, data, check)?;
                damage = damage.or(met);
                markers.advance(data.len() - behind.len());
            }
            APP0 => application.app0(markers.segment()?),
            APP14 => application.app14(markers.segment()?),
            SOF0..=SOF15 if marker.code != JPG && marker.code != DAC => {
                return Err(Error::Unsupported("arithmetic, lossless or hierarchical coding"));
            }
            DAC => return Err(Error::Unsupported("arithmetic coding")),
            DNL => return Err(Error::Unsupported("DNL")),
            SOI => return Err(Error::Broken("two SOI markers")),
            RST0..=RST7 | TEM => {}
            _ => drop(markers.segment()?),
        }
    }
    let (mut header, targets) = frame.ok_or(Error::Broken("no frame"))?;
    if scans == 0 {
        return Err(Error::Broken("no scan"));
    }
    let (color, met) = application.color(&header.components);
    header.color = color;
    damage = damage.or(met);
    if targets.iter().any(|target| target.transform.is_none()) {
        damage.get_or_insert(Damage::MissingComponent);
    }
    let scaled = |side: u16| (usize::from(side) * usize::from(options.eighths)).div_ceil(8);
    let (width, height) = (scaled(header.width), scaled(header.height));
    let planes = targets.into_iter().map(|target| target.plane).collect();
    Ok(Picture { header, planes, width, height, damage })
}

impl Tables {
    fn define(&mut self, segment: &[u8]) -> Result<(), Error> {
        for (slot, definition) in header::huffman(segment)? {
            let huffman = Huffman::new(&definition)?;
            let skips = (definition.class == Class::Ac).then(|| huffman.skips());
            let table = Some(Rc::new(Table { huffman, skips }));
            match definition.class {
                Class::Dc => self.dc[slot] = table,
                Class::Ac => self.ac[slot] = table,
            }
        }
        Ok(())
    }
}

fn targets(header: &Header, options: &Options) -> Vec<Target> {
    let (max_across, max_down) = header.sampling();
    let side = |factor: u8, max: u8| {
        let wanted = options.eighths * (max / factor);
        let is_whole = max % factor == 0 && options.chroma == Chroma::Full;
        if is_whole && wanted <= 8 { wanted } else { options.eighths }
    };
    header
        .components
        .iter()
        .map(|component| {
            let scale = Scale { across: side(component.across, max_across), down: side(component.down, max_down) };
            let plane = Plane::new(header, component, scale);
            let layout = Layout::new(header, component);
            Target { component: *component, layout, scale, transform: None, plane }
        })
        .collect()
}

fn sequential_scan<'a>(
    scan: &Scan,
    header: &Header,
    targets: &mut [Target],
    tables: &Tables,
    data: &'a [u8],
    check: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(&'a [u8], Option<Damage>), Error> {
    let mut parts = Vec::new();
    let is_interleaved = scan.parts.len() > 1;
    let mut mcus = planes::mcus(header);
    for (index, target) in targets.iter_mut().enumerate() {
        let Some(part) = scan.parts.iter().find(|part| part.component == index) else { continue };
        if target.transform.is_none() {
            let quantisers =
                tables.quantisers[target.component.quantisers].as_ref().ok_or(Error::Broken("no quantisation table"))?;
            target.transform = Some(Transform::new(quantisers, target.scale));
        }
        let Target { component, layout, transform: Some(transform), plane, .. } = target else { continue };
        let missing = Error::Broken("no Huffman table");
        let dc = &tables.dc[part.dc].as_ref().ok_or(missing)?.huffman;
        let ac = tables.ac[part.ac].as_ref().ok_or(missing)?;
        let skips = ac.skips.as_ref().ok_or(missing)?;
        let (across, down) =
            if is_interleaved { (component.across.into(), component.down.into()) } else { (1, 1) };
        if !is_interleaved {
            mcus = (layout.across, layout.down);
        }
        parts.push(sequential::Part { dc, ac: &ac.huffman, skips, transform, plane, across, down });
    }
    let (mut entropy, cursor) = Entropy::new(data, tables.interval);
    let cursor = sequential::decode(&mut parts, mcus, &mut entropy, cursor, check)?;
    Ok(entropy.finish(cursor))
}

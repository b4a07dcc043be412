//! The order of a file: ITU-T T.81, B.2.1.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::header::{self, Application, Header, Process};
use crate::marker::{
    APP0, APP14, APP15, COM, DAC, DHT, DNL, DQT, DRI, EOI, JPG, Markers, RST0, RST7, SOF0, SOF1, SOF2, SOF15, SOI, SOS,
    TEM, scan_length,
};
use crate::picture::{Options, Picture};
use crate::planes::Target;
use crate::progressive::Progressive;
use crate::scan::Scan;
use crate::sequential;
use crate::tables::Tables;

/// Decodes at a reduced size.
///
/// `check` is called once a row of MCUs, and may stop the work. A picture may come with [`Picture::damage`]; an error is
/// what leaves no picture. What is wrong within a progressive scan that is not needed stays unknown.
///
/// Memory is taken for as many samples as the header promises, so look at it first ([`read_header`]). Of a progressive
/// picture, two bytes are kept for each coefficient that becomes samples, and a bit for each of the others that must be
/// followed.
pub fn decode(bytes: &[u8], options: &Options, check: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Picture, Error> {
    let mut decoder = Decoder::new(options);
    let mut markers = Markers::new(bytes)?;
    while decoder.step(&mut markers, check)?.is_continue() {}
    decoder.finish(check)
}

/// Whether pixels at so many eighths come sooner than from libjpeg-turbo. With more than 4, transforms and colours take
/// most of the time, and there it is as fast or faster.
pub fn is_fast(eighths: u8) -> bool {
    (1..=4).contains(&eighths)
}

/// What a file says, without its pixels.
pub fn read_header(bytes: &[u8]) -> Result<Header, Error> {
    let mut markers = Markers::new(bytes)?;
    let (mut application, mut frame) = (Application::default(), None);
    while let Some(marker) = markers.next() {
        match marker.code {
            SOS | EOI => break,
            RST0..=RST7 | TEM => {}
            APP0 => application.app0(markers.segment()?),
            APP14 => application.app14(markers.segment()?),
            code if is_frame(code) => frame = Some(read_frame(code, markers.segment()?)?),
            _ => drop(markers.segment()?),
        }
    }
    let mut header: Header = frame.ok_or(Error::Broken("no frame"))?;
    header.color = application.color(&header.components).0;
    Ok(header)
}

/// SOF0 to SOF15: table B.1.
fn is_frame(code: u8) -> bool {
    (SOF0..=SOF15).contains(&code) && ![DHT, JPG, DAC].contains(&code)
}

fn read_frame(code: u8, segment: &[u8]) -> Result<Header, Error> {
    match code {
        SOF0 | SOF1 => header::frame(Process::Sequential, segment),
        SOF2 => header::frame(Process::Progressive, segment),
        _ => Err(Error::Unsupported("arithmetic, lossless or hierarchical coding")),
    }
}

struct Decoder<'a> {
    options: &'a Options,
    tables: Tables,
    application: Application,
    frame: Option<(Header, Vec<Target>)>,
    progressive: Progressive<'a>,
    scans: u32,
    damage: Option<Damage>,
}

impl<'a> Decoder<'a> {
    fn new(options: &'a Options) -> Decoder<'a> {
        let (tables, application) = (Tables::default(), Application::default());
        let progressive = Progressive::default();
        Decoder { options, tables, application, frame: None, progressive, scans: 0, damage: None }
    }

    /// Reads a marker and what belongs to it; breaks off at the end of the picture.
    fn step(
        &mut self,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Error> {
        let Some(marker) = markers.next() else {
            self.damage.get_or_insert(Damage::Truncated);
            return Ok(ControlFlow::Break(()));
        };
        if marker.skipped > 0 {
            self.damage.get_or_insert(Damage::Extraneous);
        }
        match marker.code {
            EOI => return Ok(ControlFlow::Break(())),
            DQT => self.tables.read_quantisers(markers.segment()?)?,
            DHT => self.tables.read_huffman(markers.segment()?)?,
            DRI => self.tables.interval = header::restart_interval(markers.segment()?)?,
            SOS => self.scan(markers, check)?,
            APP0 => self.application.app0(markers.segment()?),
            APP14 => self.application.app14(markers.segment()?),
            DAC => return Err(Error::Unsupported("arithmetic coding")),
            DNL => return Err(Error::Unsupported("the height follows in a DNL segment")),
            SOI => return Err(Error::Broken("two SOI markers")),
            RST0..=RST7 | TEM => {}
            code if is_frame(code) => {
                let header = read_frame(code, markers.segment()?)?;
                let targets = Target::all(&header, self.options);
                if self.frame.replace((header, targets)).is_some() {
                    return Err(Error::Broken("two frames"));
                }
            }
            APP0..=APP15 | COM => drop(markers.segment()?),
            _ => return Err(Error::Unsupported("a reserved marker")),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn scan(&mut self, markers: &mut Markers<'a>, check: &mut dyn FnMut() -> ControlFlow<()>) -> Result<(), Error> {
        let (header, targets) = self.frame.as_mut().ok_or(Error::Broken("a scan before its frame"))?;
        let segment = markers.segment()?;
        let scan = Scan::read(segment, header)?;
        if header.process == Process::Sequential && !segment.ends_with(&[0, 63, 0]) {
            self.damage.get_or_insert(Damage::BadProgression);
        }
        self.scans += 1;
        if self.scans > self.options.max_scans {
            return Err(Error::TooManyScans(self.options.max_scans));
        }
        let data = markers.rest();
        match header.process {
            Process::Sequential => {
                let (behind, damage) = sequential::decode(&scan, header, targets, &self.tables, data, check)?;
                self.damage = self.damage.or(damage);
                markers.advance(data.len() - behind.len());
            }
            Process::Progressive => {
                for part in &scan.parts {
                    targets[part.component].prepare(&self.tables)?;
                }
                let length = scan_length(data);
                self.progressive.add(scan, &self.tables, &data[..length]);
                markers.advance(length);
            }
        }
        Ok(())
    }

    fn finish(self, check: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Picture, Error> {
        let Decoder { options, application, frame, progressive, scans, damage, .. } = self;
        let (mut header, mut targets) = frame.ok_or(Error::Broken("no frame"))?;
        if scans == 0 {
            return Err(Error::Broken("no scan"));
        }
        let met = match header.process {
            Process::Sequential => None,
            Process::Progressive => progressive.decode(&header, &mut targets, check)?,
        };
        let (color, unknown) = application.color(&header.components);
        header.color = color;
        let is_missing = targets.iter().any(|target| target.transform.is_none());
        let damage = damage.or(met).or(unknown).or(is_missing.then_some(Damage::MissingComponent));
        let scaled = |side: u16| (usize::from(side) * usize::from(options.eighths)).div_ceil(8);
        let (width, height) = (scaled(header.width), scaled(header.height));
        let planes = targets.into_iter().map(|target| target.plane).collect();
        Ok(Picture { header, planes, width, height, eighths: options.eighths, damage })
    }
}

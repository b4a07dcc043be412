//! The order of a file: ITU-T T.81, B.2.1.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::header::{self, Application, Header, Process};
use crate::marker::{
    APP0, APP14, APP15, COM, DAC, DHT, DNL, DQT, DRI, EOI, JPG, Markers, RST0, RST7, SOF0, SOF1, SOF2, SOF15, SOI, SOS,
    TEM, scan_length,
};
use crate::picture::{Hooks, Options, Picture, Sink};
use crate::planes::{self, Target};
use crate::progressive::Progressive;
use crate::scan::Scan;
use crate::sequential;
use crate::tables::Tables;

/// Decodes at a reduced size.
///
/// `check` is called once a row of MCUs, and may stop the work. A picture may come with [`Picture::damage`]; an error is
/// what leaves no picture. What is wrong within a progressive scan that is not needed stays unknown.
///
/// Memory is taken for as many samples as the header promises, so look at it first ([`read_header`]).
pub fn decode(bytes: &[u8], options: &Options, check: &mut dyn FnMut() -> ControlFlow<()>) -> Result<Picture, Error> {
    let mut picture = None;
    let add = &mut |strip: &Picture| {
        picture.get_or_insert_with(|| Picture::like(strip)).add(strip);
        ControlFlow::Continue(())
    };
    let damage = decode_strips(bytes, options, check, add)?;
    let picture = picture.ok_or(Error::Broken("no scan"))?;
    Ok(Picture { damage, ..picture })
}

/// The same from top to bottom, in strips that `sink` takes and that are gone afterwards. It may stop the work. Returns the
/// first damage.
///
/// A sequential picture whose components come in one scan is held a row of MCUs at a time; one in several scans comes as one
/// strip. Of a progressive picture, two bytes are kept for each coefficient that becomes samples, and eight for each block
/// whose other coefficients must be followed.
pub fn decode_strips(
    bytes: &[u8],
    options: &Options,
    check: &mut dyn FnMut() -> ControlFlow<()>,
    sink: &mut dyn FnMut(&Picture) -> ControlFlow<()>,
) -> Result<Option<Damage>, Error> {
    if !(1..=8).contains(&options.eighths) || !options.chroma.is_possible() {
        return Err(Error::Scale(options.eighths));
    }
    let mut decoder = Decoder::new(options);
    let mut markers = Markers::new(bytes)?;
    while decoder.step(&mut markers, check, sink)?.is_continue() {}
    decoder.finish(check, sink)
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
            APP0 => drop(application.app0(markers.segment()?)),
            APP14 => application.app14(markers.segment()?),
            code if is_frame(code) && frame.is_some() => return Err(Error::Broken("two frames")),
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

/// What SOF has begun.
struct Frame {
    picture: Picture,
    targets: Vec<Target>,
    /// Whether its strips were given away; they are when its only scan was decoded.
    is_done: bool,
}

struct Decoder<'a> {
    options: &'a Options,
    tables: Tables,
    application: Application,
    frame: Option<Frame>,
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
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let Some(marker) = markers.next() else {
            self.note(Some(Damage::Truncated))?;
            return Ok(ControlFlow::Break(()));
        };
        if marker.skipped > 0 {
            self.note(Some(Damage::Extraneous))?;
        }
        match marker.code {
            EOI => return Ok(ControlFlow::Break(())),
            DQT => self.tables.read_quantisers(markers.segment()?)?,
            DHT => self.tables.read_huffman(markers.segment()?)?,
            DRI => self.tables.interval = header::restart_interval(markers.segment()?)?,
            SOS => self.scan(markers, check, sink)?,
            APP0 => {
                let unknown = self.application.app0(markers.segment()?);
                self.note(unknown)?;
            }
            APP14 => self.application.app14(markers.segment()?),
            DAC => return Err(Error::Unsupported("arithmetic coding")),
            DNL => return Err(Error::Unsupported("the height follows in a DNL segment")),
            SOI => return Err(Error::Broken("two SOI markers")),
            RST0..=RST7 | TEM => {}
            code if is_frame(code) => {
                if self.frame.is_some() {
                    return Err(Error::Broken("two frames"));
                }
                let header = read_frame(code, markers.segment()?)?;
                let max = self.options.max_pixels;
                if u64::from(header.width) * u64::from(header.height) > max {
                    return Err(Error::TooManyPixels(max));
                }
                let targets = Target::all(&header, self.options);
                let picture = Picture::new(header, &targets, self.options.eighths);
                self.frame = Some(Frame { picture, targets, is_done: false });
            }
            APP0..=APP15 | COM => drop(markers.segment()?),
            _ => return Err(Error::Unsupported("a reserved marker")),
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Keeps the first damage, or makes an error of it.
    fn note(&mut self, damage: Option<Damage>) -> Result<(), Error> {
        self.damage = self.damage.or(damage);
        match self.damage {
            Some(damage) if self.options.is_strict => Err(Error::Damaged(damage)),
            _ => Ok(()),
        }
    }

    fn scan(
        &mut self,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let mut frame = self.frame.take().ok_or(Error::Broken("a scan before its frame"))?;
        let Frame { picture, targets, is_done } = &mut frame;
        let segment = markers.segment()?;
        let scan = Scan::read(segment, &picture.header)?;
        if *is_done {
            return Err(Error::Broken("a scan after the last"));
        }
        if picture.header.process == Process::Sequential && !segment.ends_with(&[0, 63, 0]) {
            self.note(Some(Damage::BadProgression))?;
        }
        if self.scans == 0 {
            let (color, unknown) = self.application.color(&picture.header.components);
            picture.header.color = color;
            self.note(unknown)?;
        }
        self.scans += 1;
        if self.scans > self.options.max_scans {
            return Err(Error::TooManyScans(self.options.max_scans));
        }
        let data = markers.rest();
        match picture.header.process {
            Process::Sequential => {
                *is_done = scan.parts.len() == targets.len();
                if *is_done {
                    picture.clear(1, targets.len() > 1);
                } else if self.scans == 1 {
                    picture.clear(planes::mcus(&picture.header).1, true);
                }
                let sink = is_done.then_some(sink);
                let hooks = &mut Hooks { check, sink, is_strict: self.options.is_strict };
                let (behind, damage) = sequential::decode(&scan, picture, targets, &self.tables, data, hooks)?;
                self.note(damage)?;
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
        self.frame = Some(frame);
        Ok(())
    }

    fn finish(
        mut self,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Damage>, Error> {
        let Frame { mut picture, mut targets, is_done } = self.frame.take().ok_or(Error::Broken("no frame"))?;
        if self.scans == 0 {
            return Err(Error::Broken("no scan"));
        }
        let is_missing = targets.iter().any(|target| target.transform.is_none());
        match picture.header.process {
            Process::Progressive => {
                let progressive = std::mem::take(&mut self.progressive);
                self.note(progressive.order(targets.len()))?;
                let hooks = &mut Hooks { check, sink: Some(sink), is_strict: self.options.is_strict };
                let met = progressive.decode(&mut picture, &mut targets, hooks)?;
                self.note(met)?;
            }
            Process::Sequential if is_done => {}
            Process::Sequential => picture.show(0, sink)?,
        }
        self.note(is_missing.then_some(Damage::MissingComponent))?;
        Ok(self.damage)
    }
}

//! The order of a file: ITU-T T.81, B.2.1.

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::head::{is_frame, read_frame};
use crate::header::{self, Application, Process};
use crate::marker::{
    APP0, APP14, APP15, COM, CUT, DAC, DHT, DNL, DQT, DRI, EOI, Markers, RST0, RST7, SOI, SOS, TEM, scan_length,
};
use crate::picture::{Hooks, Options, Picture, Sink};
use crate::planes::{self, Target};
use crate::progressive::Progressive;
use crate::scan::Scan;
use crate::sequential;
use crate::survey::Rows;
use crate::tables::Tables;

/// Decodes at a reduced size.
///
/// `check` is called once a row of MCUs, and may stop the work. A picture may come with [`Picture::damage`]; an error is
/// what leaves no picture. What is wrong within a progressive scan that is not needed stays unknown.
///
/// Memory is taken for as many samples as the header promises, so look at it first ([`read_header`](crate::read_header)).
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
    decoder.read(&mut markers, check, sink)?;
    decoder.finish(check, sink)
}

/// Whether pixels at so many eighths come sooner than from libjpeg-turbo. With more than 4, transforms and colours take
/// most of the time, and there it is as fast or faster.
pub fn is_fast(eighths: u8) -> bool {
    (1..=4).contains(&eighths)
}

/// What SOF has begun.
pub(crate) struct Frame {
    pub(crate) picture: Picture,
    pub(crate) targets: Vec<Target>,
    /// Whether its strips were given away; they are when its only scan was decoded.
    is_done: bool,
}

/// A file while it is read.
pub(crate) struct Decoder<'a> {
    options: &'a Options,
    tables: Tables,
    application: Application,
    pub(crate) frame: Option<Frame>,
    pub(crate) progressive: Progressive<'a>,
    pub(crate) scans: u32,
    pub(crate) damage: Option<Damage>,
    /// Whether the scans that were read hold all there is.
    pub(crate) is_complete: bool,
    /// Rows of pixels that the sequential scans have of each component.
    pub(crate) rows: Rows,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(options: &'a Options) -> Decoder<'a> {
        Decoder {
            options,
            tables: Tables::default(),
            application: Application::default(),
            frame: None,
            progressive: Progressive::default(),
            scans: 0,
            damage: None,
            is_complete: false,
            rows: Rows::default(),
        }
    }

    /// Reads up to the end of the picture. What comes behind scans that hold all there is cannot break it.
    pub(crate) fn read(
        &mut self,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        loop {
            match self.step(markers, check, sink) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(()),
                Err(Error::Broken(_) | Error::Unsupported(_)) if self.is_complete => {
                    return self.note(Some(Damage::NoEnd));
                }
                Err(CUT) if self.scans > 0 => return self.note(Some(Damage::Truncated)),
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a marker and what belongs to it; breaks off at the end of the picture.
    fn step(
        &mut self,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let Some(marker) = markers.next() else {
            // Whether the last scan of a progressive picture is there, only its data know.
            let is_there = self.is_complete && self.progressive.is_empty();
            self.note(Some(if is_there { Damage::NoEnd } else { Damage::Truncated }))?;
            return Ok(ControlFlow::Break(()));
        };
        if marker.skipped > 0 {
            self.note(Some(Damage::Extraneous))?;
        }
        if self.is_complete && self.progressive.is_empty() {
            self.note((marker.code != EOI).then_some(Damage::NoEnd))?;
            return Ok(ControlFlow::Break(()));
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

    /// Keeps the first damage, or a worse one, or makes an error of it.
    fn note(&mut self, damage: Option<Damage>) -> Result<(), Error> {
        self.damage = Damage::worse(self.damage, damage);
        match self.damage {
            Some(damage) if self.options.is_strict && !damage.is_harmless() => Err(Error::Damaged(damage)),
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
        let done = self.scan_of(&mut frame, markers, check, sink);
        self.frame = Some(frame);
        done
    }

    fn scan_of(
        &mut self,
        frame: &mut Frame,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let Frame { picture, targets, is_done } = frame;
        let segment = markers.segment()?;
        let scan = Scan::read(segment, &picture.header)?;
        if picture.header.process == Process::Sequential && !segment.ends_with(&[0, 63, 0]) {
            self.note(Some(Damage::BadSelection))?;
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
                let end = sequential::decode(&scan, picture, targets, &self.tables, data, hooks)?;
                markers.advance(data.len() - end.behind.len());
                self.is_complete = targets.iter().all(|target| target.transform.is_some());
                self.rows.count(&scan, &picture.header, end.rows);
                self.note(end.damage)?;
            }
            Process::Progressive => {
                for part in &scan.parts {
                    targets[part.component].prepare(&self.tables)?;
                    self.tables.check(&scan, part)?;
                }
                let length = scan_length(data);
                self.progressive.add(scan, &self.tables, &data[..length], length == data.len());
                self.is_complete = self.progressive.is_whole(targets.len());
                markers.advance(length);
            }
        }
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

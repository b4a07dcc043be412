//! The order of a file (ITU-T T.81, B.2.1).

use std::ops::ControlFlow;

use crate::error::{Damage, Error};
use crate::head::{is_frame, read_frame};
use crate::header::{self, Application, Process};
use crate::hooks::Hooks;
use crate::image::{DecodedImage, Sink};
use crate::marker::{
    APP0, APP14, APP15, COM, CUT, DAC, DHT, DNL, DQT, DRI, EOI, Markers, RST0, RST7, SOI, SOS, TEM, scan_length,
};
use crate::options::Options;
use crate::planes;
use crate::progressive::Progressive;
use crate::rows::RowCounts;
use crate::scan::Scan;
use crate::sequential;
use crate::tables::Tables;
use crate::target::Target;

/// The image that SOF has begun.
pub(crate) struct Frame {
    pub(crate) image: DecodedImage,
    pub(crate) targets: Vec<Target>,
    /// Whether its strips have been passed on, which happens in its only scan.
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
    /// Whether the scans that were read have all data of the image.
    pub(crate) is_complete: bool,
    /// Rows of pixels that the sequential scans have, for each component.
    pub(crate) rows: RowCounts,
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
            rows: RowCounts::default(),
        }
    }

    /// Reads up to the end of the image. What follows complete scans cannot break it.
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

    /// Reads a marker and its segment; breaks at the end of the image.
    fn step(
        &mut self,
        markers: &mut Markers<'a>,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let Some(marker) = markers.next() else {
            // Only its data tell whether the last scan of a progressive image is complete.
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
                let image = DecodedImage::new(header, &targets, self.options.eighths);
                self.frame = Some(Frame { image, targets, is_done: false });
            }
            APP0..=APP15 | COM => drop(markers.segment()?),
            _ => return Err(Error::Unsupported("a reserved marker")),
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Records the first damage, or a worse one. With strict options, damage is an error.
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
        let Frame { image, targets, is_done } = frame;
        let segment = markers.segment()?;
        let scan = Scan::read(segment, &image.header)?;
        if image.header.process == Process::Sequential && !segment.ends_with(&[0, 63, 0]) {
            self.note(Some(Damage::BadSelection))?;
        }
        if self.scans == 0 {
            let (color, unknown) = self.application.color(&image.header.components);
            image.header.color = color;
            self.note(unknown)?;
        }
        self.scans += 1;
        if self.scans > self.options.max_scans {
            return Err(Error::TooManyScans(self.options.max_scans));
        }
        let data = markers.rest();
        match image.header.process {
            Process::Sequential => {
                *is_done = scan.parts.len() == targets.len();
                if *is_done {
                    image.clear(1, targets.len() > 1);
                } else if self.scans == 1 {
                    image.clear(planes::mcus(&image.header).1, true);
                }
                let sink = is_done.then_some(sink);
                let hooks = &mut Hooks { check, sink, is_strict: self.options.is_strict };
                let end = sequential::decode(&scan, image, targets, &self.tables, data, hooks)?;
                markers.advance(data.len() - end.behind.len());
                self.is_complete = targets.iter().all(|target| target.transform.is_some());
                self.rows.count(&scan, &image.header, end.rows);
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

    pub(crate) fn finish(
        mut self,
        check: &mut dyn FnMut() -> ControlFlow<()>,
        sink: &mut Sink<'_>,
    ) -> Result<Option<Damage>, Error> {
        let Frame { mut image, mut targets, is_done } = self.frame.take().ok_or(Error::Broken("no frame"))?;
        if self.scans == 0 {
            return Err(Error::Broken("no scan"));
        }
        let is_missing = targets.iter().any(|target| target.transform.is_none());
        match image.header.process {
            Process::Progressive => {
                let progressive = std::mem::take(&mut self.progressive);
                self.note(progressive.order(targets.len()))?;
                let hooks = &mut Hooks { check, sink: Some(sink), is_strict: self.options.is_strict };
                let met = progressive.decode(&mut image, &mut targets, hooks)?;
                self.note(met)?;
            }
            Process::Sequential if is_done => {}
            Process::Sequential => image.show(0, sink)?,
        }
        self.note(is_missing.then_some(Damage::MissingComponent))?;
        Ok(self.damage)
    }
}

//! Progressive images (ITU-T T.81, annex G). All scans are found first, so that scans that are not needed can be left
//! out.

mod ac;
mod coefficients;
mod dc;
mod job;
mod plan;

use fearless_simd::{Level, Simd, dispatch};

use crate::entropy::{End, Entropy};
use crate::error::{Damage, Error};
use crate::header::Header;
use crate::hooks::Hooks;
use crate::image::DecodedImage;
use crate::planes::{self, Plane};
use crate::scan::Scan;
use crate::tables::Tables;
use crate::target::Target;

use coefficients::Coefficients;
use job::Job;

/// The scans of a progressive image.
#[derive(Debug, Default)]
pub(crate) struct Progressive<'a> {
    jobs: Vec<Job<'a>>,
}

impl<'a> Progressive<'a> {
    /// Adds a scan with the current tables.
    pub(crate) fn add(&mut self, scan: Scan, tables: &Tables, data: &'a [u8], is_last: bool) {
        self.jobs.push(Job { scan, tables: tables.clone(), data, is_last });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Returns what is wrong with the order of the scans.
    pub(crate) fn order(&self, components: usize) -> Option<Damage> {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        plan::order(&scans, components)
    }

    /// Whether the scans have all bits of all coefficients.
    pub(crate) fn is_whole(&self, components: usize) -> bool {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        plan::is_whole(&scans, components)
    }

    /// Decodes all scans, needed or not, and passes the result of each to `found`.
    pub(crate) fn survey(
        &self,
        header: &Header,
        targets: &[Target],
        hooks: &mut Hooks<'_, '_>,
        found: &mut dyn FnMut(&Scan, End<'_>),
    ) -> Result<(), Error> {
        let mut coefficients: Vec<Coefficients> = targets.iter().map(Coefficients::new).collect();
        for job in &self.jobs {
            found(&job.scan, job.decode(header, &mut coefficients, hooks)?);
        }
        Ok(())
    }

    /// Decodes the needed scans, and passes on one row of MCUs after the other.
    pub(crate) fn decode(
        self,
        image: &mut DecodedImage,
        targets: &mut [Target],
        hooks: &mut Hooks<'_, '_>,
    ) -> Result<Option<Damage>, Error> {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        let mut damage = None;
        let mut coefficients: Vec<Coefficients> = targets.iter().map(Coefficients::new).collect();
        let needed = plan::needed(&scans, &coefficients);
        for (job, _) in self.jobs.iter().zip(needed).filter(|(_, is_needed)| *is_needed) {
            let end = job.decode(&image.header, &mut coefficients, hooks)?;
            damage = Damage::worse(damage, end.damage);
        }
        image.clear(1, true);
        for strip in 0..planes::mcus(&image.header).1 {
            hooks.check(damage)?;
            for ((target, coefficients), plane) in targets.iter().zip(&coefficients).zip(&mut image.planes) {
                samples(target, coefficients, strip, plane);
            }
            if let Some(sink) = &mut hooks.sink {
                image.show(strip, *sink)?;
            }
        }
        Ok(damage)
    }
}

impl Job<'_> {
    fn decode(
        &self,
        header: &Header,
        coefficients: &mut [Coefficients],
        hooks: &mut Hooks<'_, '_>,
    ) -> Result<End<'_>, Error> {
        let (mut entropy, cursor) = Entropy::new(self.data, self.tables.interval);
        let cursor = if self.scan.first == 0 {
            dc::decode(self, header, coefficients, &mut entropy, cursor, hooks)?
        } else {
            ac::decode(self, coefficients, &mut entropy, cursor, hooks)?
        };
        let end = entropy.finish(cursor);
        // The data was cut from the file up to the next marker.
        let is_short = end.damage == Some(Damage::Truncated) && !self.is_last;
        Ok(End { damage: if is_short { Some(Damage::ShortScan) } else { end.damage }, ..end })
    }
}

fn samples(target: &Target, coefficients: &Coefficients, strip: usize, plane: &mut Plane) {
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = level.as_avx2() {
        return simd.vectorize(
            #[inline(always)]
            || coefficients.transform(simd, target, strip, plane),
        );
    }
    dispatch!(level, simd => coefficients.transform(simd, target, strip, plane))
}

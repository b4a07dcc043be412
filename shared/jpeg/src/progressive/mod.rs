//! Progressive pictures: ITU-T T.81, annex G. All scans are found first, so that those are left out which nothing needs.

mod ac;
mod coefficients;
mod dc;
mod plan;

use fearless_simd::{Level, Simd, dispatch};

use crate::entropy::Entropy;
use crate::error::{Damage, Error};
use crate::picture::{Hooks, Picture};
use crate::planes::{self, Plane, Target};
use crate::scan::Scan;
use crate::tables::Tables;

use coefficients::Coefficients;

/// The scans of a progressive picture.
#[derive(Debug, Default)]
pub(crate) struct Progressive<'a> {
    jobs: Vec<Job<'a>>,
}

/// A scan, and what it is decoded with.
#[derive(Debug)]
struct Job<'a> {
    scan: Scan,
    tables: Tables,
    data: &'a [u8],
}

impl<'a> Progressive<'a> {
    /// Remembers a scan with the tables in force.
    pub(crate) fn add(&mut self, scan: Scan, tables: &Tables, data: &'a [u8]) {
        self.jobs.push(Job { scan, tables: tables.clone(), data });
    }

    /// What is wrong with the scans as a whole.
    pub(crate) fn order(&self, components: usize) -> Option<Damage> {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        plan::order(&scans, components)
    }

    /// Decodes what is needed, and hands over a row of MCUs after the other.
    pub(crate) fn decode(
        self,
        picture: &mut Picture,
        targets: &mut [Target],
        hooks: &mut Hooks<'_, '_>,
    ) -> Result<Option<Damage>, Error> {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        let mut damage = None;
        let mut coefficients: Vec<Coefficients> = targets.iter().map(Coefficients::new).collect();
        let needed = plan::needed(&scans, &coefficients);
        for (job, _) in self.jobs.iter().zip(needed).filter(|(_, is_needed)| *is_needed) {
            let (mut entropy, cursor) = Entropy::new(job.data, job.tables.interval);
            let cursor = if job.scan.first == 0 {
                dc::decode(job, &picture.header, &mut coefficients, &mut entropy, cursor, hooks)?
            } else {
                ac::decode(job, &mut coefficients, &mut entropy, cursor, hooks)?
            };
            damage = damage.or(entropy.finish(cursor).1);
        }
        picture.clear(1, true);
        for strip in 0..planes::mcus(&picture.header).1 {
            hooks.check(damage)?;
            for ((target, coefficients), plane) in targets.iter().zip(&coefficients).zip(&mut picture.planes) {
                samples(target, coefficients, strip, plane);
            }
            if let Some(sink) = &mut hooks.sink {
                picture.show(strip, *sink)?;
            }
        }
        Ok(damage)
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

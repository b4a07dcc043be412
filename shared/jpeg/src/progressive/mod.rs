//! Progressive pictures: ITU-T T.81, annex G. All scans are found first, so that those are left out which nothing needs.

mod ac;
mod coefficients;
mod dc;
mod plan;

use std::ops::ControlFlow;

use fearless_simd::{Level, Simd, dispatch};

use crate::entropy::Entropy;
use crate::error::{Damage, Error};
use crate::header::Header;
use crate::planes::Target;
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

type Check<'a> = dyn FnMut() -> ControlFlow<()> + 'a;

impl<'a> Progressive<'a> {
    /// Remembers a scan with the tables in force.
    pub(crate) fn add(&mut self, scan: Scan, tables: &Tables, data: &'a [u8]) {
        self.jobs.push(Job { scan, tables: tables.clone(), data });
    }

    /// Decodes what is needed into the planes.
    pub(crate) fn decode(
        self,
        header: &Header,
        targets: &mut [Target],
        check: &mut Check<'_>,
    ) -> Result<Option<Damage>, Error> {
        let scans: Vec<&Scan> = self.jobs.iter().map(|job| &job.scan).collect();
        let mut damage = plan::order(&scans, targets.len());
        let mut coefficients: Vec<Coefficients> = targets.iter().map(Coefficients::new).collect();
        let needed = plan::needed(&scans, &coefficients);
        for (job, _) in self.jobs.iter().zip(needed).filter(|(_, is_needed)| *is_needed) {
            let (mut entropy, cursor) = Entropy::new(job.data, job.tables.interval);
            let cursor = if job.scan.first == 0 {
                dc::decode(job, header, &mut coefficients, &mut entropy, cursor, check)?
            } else {
                ac::decode(job, &mut coefficients, &mut entropy, cursor, check)?
            };
            damage = damage.or(entropy.finish(cursor).1);
        }
        for (target, coefficients) in targets.iter_mut().zip(&coefficients) {
            samples(target, coefficients, check)?;
        }
        Ok(damage)
    }
}

fn samples(target: &mut Target, coefficients: &Coefficients, check: &mut Check<'_>) -> Result<(), Error> {
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = level.as_avx2() {
        return simd.vectorize(
            #[inline(always)]
            || coefficients.transform(simd, target, check),
        );
    }
    dispatch!(level, simd => coefficients.transform(simd, target, check))
}

//! Estimates the sizes of variants from those of a few originals.

use std::collections::HashMap;
use std::sync::Arc;

use ridge_contract::{Output, Policy, VariantPath};
use ridge_store::{S3Store, Store as _};
use tokio::task::spawn_blocking;

use crate::listing::Original;

/// The number of originals that are rendered for an estimate.
const ORIGINALS: usize = 3;

/// The sizes of sample variants, which were rendered and not stored.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// The total bytes and the number of variants, by the prefix before the key.
    by_prefix: HashMap<String, (u64, u64)>,
    /// The number of originals in the sample.
    pub(crate) originals: usize,
}

impl Sample {
    /// Renders all variants of a few originals, evenly spread. Originals that cannot be read or rendered are skipped.
    pub(crate) async fn take(
        originals: &[Original],
        ladder: impl Fn(&Original) -> Vec<VariantPath>,
        store: &S3Store,
        policy: &Arc<Policy>,
    ) -> Sample {
        let mut sample = Sample::default();
        let count = originals.len().min(ORIGINALS);
        for original in (0..count).map(|index| &originals[index * originals.len() / count]) {
            let Ok(object) = store.get(&original.key, policy.config().max_source_bytes).await else { continue };
            let (paths, policy) = (ladder(original), Arc::clone(policy));
            let sizes = spawn_blocking(move || {
                let size = |path: &VariantPath| {
                    let picture =
                        ridge_pixels::render(&object.bytes, path.variant(), policy.config(), &mut |_| {}).ok()?;
                    // A variant in its fallback format is not stored.
                    let is_stored = [Output::Auto, Output::Format(picture.format)].contains(&path.variant().output());
                    Some((path.prefix(), if is_stored { picture.bytes.len() as u64 } else { 0 }))
                };
                paths.iter().filter_map(size).collect::<Vec<_>>()
            });
            let sizes = sizes.await.unwrap_or_default();
            sample.originals += usize::from(!sizes.is_empty());
            for (prefix, bytes) in sizes {
                sample.add(prefix, bytes);
            }
        }
        sample
    }

    fn add(&mut self, prefix: String, bytes: u64) {
        let (sum, count) = self.by_prefix.entry(prefix).or_default();
        *sum += bytes;
        *count += 1;
    }

    /// Returns the mean size of variants with this prefix; the mean of all variants if there are none.
    pub(crate) fn bytes(&self, prefix: &str) -> f64 {
        let mean = |(sum, count): (u64, u64)| if count == 0 { 0.0 } else { sum as f64 / count as f64 };
        match self.by_prefix.get(prefix) {
            Some(alike) => mean(*alike),
            None => mean(self.by_prefix.values().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_of_those_alike() {
        let mut sample = Sample::default();
        assert_eq!(sample.bytes("w_9/webp/"), 0.0);
        for (prefix, bytes) in [("w_9/webp/", 100), ("w_9/webp/", 300), ("w_9/jpeg/", 500)] {
            sample.add(prefix.to_owned(), bytes);
        }
        assert_eq!(sample.bytes("w_9/webp/"), 200.0);
        assert_eq!(sample.bytes("w_9/png/"), 300.0);
    }
}

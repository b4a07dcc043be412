//! `ridge warm --dry-run`: the number of variants to render, their sizes, and the cost.

use std::collections::HashMap;
use std::pin::pin;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use ridge_contract::VariantPath;
use ridge_store::Error;

use super::ladder::Ladder;
use crate::commands::bucket::Bucket;
use crate::commands::text;
use crate::listing::Original;
use crate::out::say;
use crate::warm::{Requests, Sample, Worker, stored, transferred};

pub(super) async fn run(
    originals: &[Original],
    ladder: &Ladder,
    worker: &Worker,
    bucket: &Bucket,
    at_once: usize,
) -> anyhow::Result<()> {
    let all =
        originals.iter().flat_map(|original| ladder.paths(original).into_iter().map(move |path| (original, path)));
    let look = async |(original, path): (&Original, VariantPath)| {
        let found = worker.look(&path, original).await?;
        Ok::<_, Error>((original.size, path.prefix(), found.is_some_and(|(_, is_fresh)| is_fresh)))
    };
    let mut looked = pin!(stream::iter(all).map(look).buffer_unordered(at_once));
    let (mut count, mut fresh, mut read) = (0, 0, 0);
    let mut missing: HashMap<String, u64> = HashMap::new();
    while let Some((size, prefix, is_fresh)) = looked.try_next().await? {
        count += 1;
        if is_fresh {
            fresh += 1;
        } else {
            read += size;
            *missing.entry(prefix).or_default() += 1;
        }
    }
    let to_make = count - fresh;
    say!(
        "{}, {}: {} there and fresh, {} to be made",
        text::counted(originals.len() as u64, "original"),
        text::counted(count, "variant"),
        text::count(fresh),
        text::count(to_make)
    )?;
    if to_make == 0 {
        return Ok(());
    }
    let sample = Sample::take(originals, |original| ladder.paths(original), &bucket.store, &ladder.policy).await;
    let sizes = missing.iter().map(|(prefix, count)| sample.bytes(prefix) * *count as f64);
    let bytes = sizes.sum::<f64>() as u64;
    if sample.originals == 0 {
        say!("how large they will be is not known: of none that was tried a picture could be made")?;
        return Ok(());
    }
    say!(
        "about {}: the mean of each size and format over {}, rendered for this and not stored",
        text::bytes(bytes),
        text::counted(sample.originals as u64, "original")
    )?;
    let listing = Requests { put_or_list: (originals.len() as u64).div_ceil(1000), get_or_head: count };
    say!(
        "on AWS about ${:.4} for requests and ${:.4} a month for storing them; over the internet also ${:.4} for \
         reading {}",
        listing.cost() + Requests::of_making(to_make).cost(),
        stored(bytes),
        transferred(read),
        text::bytes(read)
    )?;
    Ok(())
}

//! Arguments of `bench load`.

use std::path::PathBuf;

use clap::Args;

/// What is asked, and how often.
#[derive(Args)]
pub(crate) struct LoadArguments {
    /// Folder of pictures; the largest JPEG becomes the original of 12 megapixels
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    pub(super) photos: PathBuf,
    /// Requests at once for the one cold variant
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) burst: u32,
    /// Distinct cold variants
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=4000))]
    pub(super) distinct: u32,
    /// How many of these are asked for at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) concurrency: u32,
    /// Requests for one variant that is in the cache, in each of three rounds
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..=1_000_000))]
    pub(super) hits: u32,
    /// Write the table into docs/benchmarks.md
    #[arg(long)]
    pub(super) docs: bool,
}

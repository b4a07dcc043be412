//! Arguments of `bench load`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `bench load`.
#[derive(Args)]
pub(crate) struct LoadArguments {
    /// Folder of images; the largest JPEG becomes the original of 12 megapixels
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    pub(super) photos: PathBuf,
    /// Concurrent requests for one cold variant
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) burst: u32,
    /// Number of distinct cold variants
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=4000))]
    pub(super) distinct: u32,
    /// Maximum number of concurrent requests for distinct variants
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) concurrency: u32,
    /// Requests for one cached variant, in each of three rounds
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..=1_000_000))]
    pub(super) hits: u32,
    /// Write the table into docs/benchmarks.md
    #[arg(long)]
    pub(super) docs: bool,
}

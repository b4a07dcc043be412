//! Arguments of `bench edge`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `bench edge`.
#[derive(Args)]
pub(crate) struct EdgeArguments {
    /// Folder of images; the largest JPEG becomes the original of 12 megapixels
    #[arg(long, value_name = "FOLDER", default_value = "testdata/photos")]
    pub(super) photos: PathBuf,
    /// Fresh environments for each function and task
    #[arg(long, value_name = "N", default_value_t = 9)]
    pub(super) repeat: usize,
    /// Warm invocations in each environment
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(super) warm: usize,
    /// Write the table into docs/benchmarks.md and the chart into docs/bench
    #[arg(long)]
    pub(super) docs: bool,
}

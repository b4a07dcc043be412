//! Progress and results of `ridge warm`, for people.

use std::io::{self, IsTerminal as _, stderr};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use ridge_contract::VariantPath;

use crate::commands::text;
use crate::out::{say, tell};
use crate::warm::Done;

/// The results of all variants.
#[derive(Default)]
pub(super) struct Tally {
    all: u64,
    made: u64,
    bytes: u64,
    fresh: u64,
    instead: u64,
    left_out: u64,
    no_pictures: u64,
    failures: Vec<String>,
}

impl Tally {
    /// Creates a tally for `all` variants, without results.
    pub(super) fn of(all: u64) -> Tally {
        Tally { all, ..Tally::default() }
    }

    /// Adds the result of a variant; `None` if it was skipped because its original already failed.
    pub(super) fn add(&mut self, path: &VariantPath, done: Option<Done>) {
        match done {
            None => self.left_out += 1,
            Some(Done::Fresh) => self.fresh += 1,
            Some(Done::Fallback) => self.instead += 1,
            Some(Done::NoImage) => self.no_pictures += 1,
            Some(Done::Rendered(bytes)) => {
                self.made += 1;
                self.bytes += bytes;
            }
            Some(Done::Failed { why, .. }) => self.failures.push(format!("{path}: {why}")),
        }
    }

    pub(super) fn tell(self) -> anyhow::Result<()> {
        for failure in &self.failures {
            tell!("failed  {failure}");
        }
        let failed = self.failures.len() as u64;
        let mut line = format!(
            "{} made, {}; {} were there and fresh",
            text::count(self.made),
            text::bytes(self.bytes),
            text::count(self.fresh)
        );
        if self.instead > 0 {
            let count = text::count(self.instead);
            line += &format!("; {count} answered in another format, for theirs would take too long");
        }
        say!("{line}")?;
        if self.no_pictures > 0 {
            let count = text::counted(self.no_pictures, "variant");
            say!("left out, of objects that are no pictures that are read: {count}")?;
        }
        let left = self.all - self.made - self.fresh - self.instead - failed - self.left_out - self.no_pictures;
        if left > 0 {
            bail!("stopped with {} left; the same command goes on with what is left", text::counted(left, "variant"));
        }
        if failed > 0 {
            let others = match self.left_out {
                0 => String::new(),
                count => format!("; not tried, of the same originals: {}", text::count(count)),
            };
            bail!("{} could not be made{others}", text::counted(failed, "variant"));
        }
        Ok(())
    }
}

/// A progress bar on a terminal, otherwise a line for each variant that was rendered or failed.
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    pub(super) fn new(all: u64) -> Progress {
        if !stderr().is_terminal() {
            return Progress::Lines;
        }
        let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len}, {eta} left");
        Progress::Bar(ProgressBar::new(all).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(super) fn tell(&self, path: &VariantPath, done: Option<&Done>) -> io::Result<()> {
        match (self, done) {
            (Progress::Bar(bar), _) => bar.inc(1),
            (Progress::Lines, Some(Done::Rendered(bytes))) => say!("made    {path}  {}", text::bytes(*bytes))?,
            (Progress::Lines, Some(Done::Failed { .. })) => say!("failed  {path}")?,
            (Progress::Lines, Some(Done::Fresh | Done::Fallback | Done::NoImage) | None) => {}
        }
        Ok(())
    }

    pub(super) fn end(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

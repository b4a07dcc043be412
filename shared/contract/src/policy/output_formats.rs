//! The output formats that variants of an original may have: they depend on the extension of its key.

use crate::config::Config;
use crate::format::{Format, Output};
use crate::key::Key;
use crate::negotiate;

/// The output formats for each format that an extension can stand for.
#[derive(Clone)]
pub(super) struct OutputFormats(Vec<(Option<Format>, Formats)>);

/// The output formats of one kind of original.
#[derive(Clone)]
pub(super) struct Formats {
    /// What negotiation chooses from, most wanted first.
    pub(super) wanted: Vec<Output>,
    /// The same with fallback formats.
    pub(super) negotiated: Vec<Output>,
    /// The same with what `f` may name.
    pub(super) all: Vec<Output>,
}

impl OutputFormats {
    /// `named` are the values that `f` may have.
    pub(super) fn new(config: &Config, named: &[Output]) -> OutputFormats {
        let own = Format::pictures().filter(|format| !format.is_negotiated()).map(Some).chain([None]);
        OutputFormats(own.map(|own| (own, Formats::new(own, config, named))).collect())
    }

    /// The output formats of an original.
    pub(super) fn of(&self, original: &Key) -> &Formats {
        let own = negotiate::own_format(original);
        let found = self.0.iter().find(|(format, _)| *format == own);
        // `own_format` gives no other formats than those that `new` goes through.
        &found.unwrap_or_else(|| &self.0[0]).1
    }
}

impl Formats {
    fn new(own: Option<Format>, config: &Config, named: &[Output]) -> Formats {
        let own_output = own.map_or(Output::Auto, Output::Format);
        let wanted: Vec<_> = negotiate::usable(own, &config.formats).map(Output::Format).chain([own_output]).collect();
        let negotiated = with_fallbacks(&wanted, config);
        let all = with_fallbacks(&[&wanted[..], named].concat(), config);
        Formats { wanted, negotiated, all }
    }
}

/// The formats, each once, and the fallback formats of those that are slow to encode.
pub(super) fn with_fallbacks(outputs: &[Output], config: &Config) -> Vec<Output> {
    let fallback = |output: &Output| match output {
        Output::Format(format) if format.is_slow() => Some(Output::Format(config.instead_of(*format))),
        _ => None,
    };
    let mut all: Vec<Output> = Vec::new();
    for output in outputs.iter().copied().chain(outputs.iter().filter_map(fallback)) {
        if !all.contains(&output) {
            all.push(output);
        }
    }
    all
}

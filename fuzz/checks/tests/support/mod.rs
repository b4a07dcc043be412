//! Folders, dictionaries, and mutations of inputs, which are the same in each run.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};

/// Returns the folder of fuzzing.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the words of a dictionary, which quotes them with `\xNN` for bytes that are not printable.
pub(crate) fn dictionary(name: &str) -> Vec<Vec<u8>> {
    let path = folder().join("dictionaries").join(name).with_extension("dict");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| word(line).unwrap_or_else(|| panic!("{name}.dict: {line}"))).collect()
}

fn word(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    while let Some(first) = rest.chars().next() {
        if let Some(escaped) = rest.strip_prefix("\\x") {
            bytes.push(u8::from_str_radix(escaped.get(..2)?, 16).ok()?);
            rest = &escaped[2..];
        } else if matches!(first, ' '..='~') && !matches!(first, '"' | '\\') {
            bytes.push(first as u8);
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    Some(bytes)
}

/// A generator (xorshift64*) with the same numbers in each run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }

    /// Returns a number below `end`, which is above zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn choose<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Applies one to four mutations.
    pub(crate) fn change(&mut self, input: &mut Vec<u8>, words: &[Vec<u8>], others: &[Vec<u8>]) {
        for _ in 0..1 + self.below(4) {
            let at = self.below(input.len() + 1);
            let end = (at + 1 + self.below(8)).min(input.len());
            match self.below(7) {
                0 if at < input.len() => input[at] ^= 1 << self.below(8),
                1 if at < input.len() => input[at] = *self.choose(&[0, 1, 0x7f, 0x80, 0xff]),
                2 => input.truncate(at),
                3 => _ = input.drain(at..end),
                4 => {
                    let again = input[at..end].to_vec();
                    _ = input.splice(at..at, again);
                }
                5 => {
                    let other = self.choose(others);
                    let from = self.below(other.len() + 1);
                    _ = input.splice(at.., other[from..].iter().copied());
                }
                _ => _ = input.splice(at..at, self.choose(words).iter().copied()),
            }
        }
    }
}

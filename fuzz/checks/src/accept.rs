//! `Accept`: only formats that are named with a quality above zero, however the header is split into lines.

use ridge_contract::{Accept, Format};

/// Separates header lines in an input.
const LINES: char = '|';

/// Checks the values of one or more header lines.
pub fn check(data: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(data).ok()?;
    let lines: Vec<&str> = text.split(LINES).collect();
    let named = names(&Accept::parse(lines.iter().copied()));
    let lower = text.to_ascii_lowercase();
    assert!(named.iter().all(|format| lower.contains(format.mime())), "{named:?} of {text:?}");
    assert_eq!(named, names(&Accept::parse(lines.iter().rev().copied())), "the other way round");
    // An open quotation mark covers only the rest of its own line.
    if !text.contains('"') {
        let one = lines.join(", ");
        assert_eq!(named, names(&Accept::parse([one.as_str()])), "in one line: {one:?}");
        assert_eq!(named, names(&Accept::parse([one.as_str(), "*/*, image/*;q=1"])), "with ranges: {one:?}");
        assert_eq!(named, naive(&one), "as said otherwise: {one:?}");
    }
    Some(())
}

fn names(accept: &Accept) -> Vec<Format> {
    Format::all().filter(|format| accept.names(*format)).collect()
}

/// Returns the accepted formats of a header without quoted strings, by another algorithm.
fn naive(header: &str) -> Vec<Format> {
    let blank = |c: char| c.is_ascii_whitespace();
    let is_wanted = |format: &Format, element: &str| {
        let words: Vec<&str> = element.split(';').map(|word| word.trim_matches(blank)).collect();
        let weights = words[1..].iter().filter_map(|word| word.split_once('='));
        let weight = weights.map(|(name, weight)| (name.trim_matches(blank), weight.trim_matches(blank)));
        let weight = weight.filter(|(name, _)| *name == "q" || *name == "Q").map(|(_, weight)| weight).next();
        words[0].to_ascii_lowercase() == format.mime() && weight.is_none_or(is_over_zero)
    };
    Format::pictures().filter(|format| header.split(',').any(|element| is_wanted(format, element))).collect()
}

/// Whether a weight is `0.001` to `1.000`, with at most three decimals, by its digits.
fn is_over_zero(weight: &str) -> bool {
    let (bytes, digits) = (weight.as_bytes(), weight.get(2..).unwrap_or_default());
    let is_number = bytes.get(1).is_none_or(|dot| *dot == b'.') && digits.len() <= 3;
    match bytes.first() {
        Some(b'1') => is_number && digits.bytes().all(|digit| digit == b'0'),
        Some(b'0') => {
            is_number && digits.bytes().all(|digit| digit.is_ascii_digit()) && digits.bytes().any(|digit| digit > b'0')
        }
        _ => false,
    }
}

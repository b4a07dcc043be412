//! Numbers for people.

use std::time::Duration;

/// Returns digits with thousands separators.
pub(super) fn grouped(digits: &str) -> String {
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

/// Returns a whole number with thousands separators.
pub(super) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// Returns a count with its noun, which gets an `s` unless the count is 1.
pub(super) fn counted(number: u64, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {name}{plural}", count(number))
}

/// Returns a size in bytes.
pub(super) fn bytes(bytes: u64) -> String {
    format!("{} B", count(bytes))
}

/// Returns a duration in the largest unit that fits into it at least once.
pub(super) fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    let unit = [(86_400, "d"), (3600, "h"), (60, "min")].into_iter().find(|(unit, _)| seconds >= *unit);
    unit.map_or_else(|| format!("{seconds} s"), |(unit, name)| format!("{} {name}", count(seconds / unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let counts = [0, 1, 2000].map(|number| counted(number, "variant"));
        assert_eq!(counts, ["0 variants", "1 variant", "2,000 variants"]);
        assert_eq!((count(999), bytes(1_234_567)), ("999".to_owned(), "1,234,567 B".to_owned()));
        for (seconds, text) in [(59, "59 s"), (60, "1 min"), (7199, "1 h"), (172_800, "2 d"), (86_400_000, "1,000 d")] {
            assert_eq!(age(Duration::from_secs(seconds)), text);
        }
    }
}

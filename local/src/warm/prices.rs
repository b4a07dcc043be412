//! What S3 asks for the work.

/// A thousand requests, in dollars.
struct Thousand {
    put_or_list: f64,
    get_or_head: f64,
}

/// S3 Standard in us-east-1: figures of <https://aws.amazon.com/s3/pricing/>, noted in November 2026 from a reprint of that
/// list. Other regions differ by some tenths.
const REQUESTS: Thousand = Thousand { put_or_list: 0.005, get_or_head: 0.0004 };
/// A gigabyte for a month, in dollars; from the same list.
const STORED: f64 = 0.023;
/// A gigabyte to the internet, in dollars; from the same list. Within the bucket's region it costs nothing.
const TRANSFERRED: f64 = 0.09;

/// Bytes of a gigabyte, as AWS counts it.
const GIGABYTE: f64 = 1_073_741_824.0;

/// How many of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Requests {
    pub(crate) put_or_list: u64,
    pub(crate) get_or_head: u64,
}

impl Requests {
    /// To make variants of which none is stored: the original is read, and looked at again when the variant is written.
    pub(crate) fn of_making(variants: u64) -> Requests {
        Requests { put_or_list: variants, get_or_head: 2 * variants }
    }

    /// In dollars.
    pub(crate) fn cost(self) -> f64 {
        (self.put_or_list as f64 * REQUESTS.put_or_list + self.get_or_head as f64 * REQUESTS.get_or_head) / 1000.0
    }
}

/// What it costs in dollars to store so many bytes for a month.
pub(crate) fn stored(bytes: u64) -> f64 {
    bytes as f64 / GIGABYTE * STORED
}

/// What it costs in dollars to read so many bytes from outside of AWS.
pub(crate) fn transferred(bytes: u64) -> f64 {
    bytes as f64 / GIGABYTE * TRANSFERRED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_variants() {
        assert_eq!(Requests::of_making(1_000_000).cost(), 5.8);
        assert!((stored(100 << 30) - 2.3).abs() < 1e-9);
        assert!((transferred(1 << 30) - 0.09).abs() < 1e-9);
    }
}

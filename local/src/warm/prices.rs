//! S3's prices.

/// The prices of 1000 requests, in US dollars.
struct Thousand {
    put_or_list: f64,
    get_or_head: f64,
}

/// S3 Standard in us-east-1, from <https://aws.amazon.com/s3/pricing/>, noted in November 2026 from a reprint of that
/// list. Prices in other regions differ by some tenths.
const REQUESTS: Thousand = Thousand { put_or_list: 0.005, get_or_head: 0.0004 };
/// Storage of one gigabyte for a month, in US dollars; from the same list.
const STORED: f64 = 0.023;
/// Transfer of one gigabyte to the internet, in US dollars; from the same list. Transfer within the region is free.
const TRANSFERRED: f64 = 0.09;

/// The bytes of a gigabyte, as AWS counts them.
const GIGABYTE: f64 = 1_073_741_824.0;

/// The number of requests, by price class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Requests {
    pub(crate) put_or_list: u64,
    pub(crate) get_or_head: u64,
}

impl Requests {
    /// Returns the requests to render and store new variants. Each reads the original, and requests its metadata again
    /// before the write.
    pub(crate) fn of_making(variants: u64) -> Requests {
        Requests { put_or_list: variants, get_or_head: 2 * variants }
    }

    /// Returns the cost in US dollars.
    pub(crate) fn cost(self) -> f64 {
        (self.put_or_list as f64 * REQUESTS.put_or_list + self.get_or_head as f64 * REQUESTS.get_or_head) / 1000.0
    }
}

/// Returns the cost in US dollars of storing `bytes` for a month.
pub(crate) fn stored(bytes: u64) -> f64 {
    bytes as f64 / GIGABYTE * STORED
}

/// Returns the cost in US dollars of reading `bytes` from outside AWS.
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

//! Where a bucket is.

use std::fmt;

use once_cell::sync::Lazy;
use regex::Regex;

/// `BUCKET.s3.REGION.amazonaws.com`, with the older dash, dual-stack names and China's suffix. A bucket's name may
/// hold dots.
static DOMAIN: Lazy<Regex> = Lazy::new(|| {
    let pattern = r"^(?<bucket>[a-z0-9.-]+)\.s3[.-](?:dualstack\.)?(?<region>[a-z]+(?:-[a-z]+)+-[0-9]+)\.amazonaws\.com(?:\.cn)?$";
    Regex::new(pattern).expect("the pattern is a constant")
});

/// A bucket and the region that it lies in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// The bucket's name.
    pub bucket: String,
    /// Such as `eu-central-1`.
    pub region: String,
}

impl Address {
    /// Reads the domain name of an S3 origin.
    ///
    /// ```
    /// let address = ridge_store::Address::from_domain("my.pictures.s3.eu-central-1.amazonaws.com").unwrap();
    /// assert_eq!((&*address.bucket, &*address.region), ("my.pictures", "eu-central-1"));
    /// assert_eq!(ridge_store::Address::from_domain("pictures.s3.amazonaws.com"), None); // says no region
    /// ```
    pub fn from_domain(domain: &str) -> Option<Address> {
        let found = DOMAIN.captures(domain)?;
        Some(Address { bucket: found["bucket"].to_owned(), region: found["region"].to_owned() })
    }

    /// The domain name that CloudFront has for it.
    pub fn domain(&self) -> String {
        format!("{}.s3.{}.amazonaws.com", self.bucket, self.region)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.bucket, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for (domain, expected) in [
            ("b.s3.us-east-1.amazonaws.com", Some(("b", "us-east-1"))),
            ("b.s3-eu-west-1.amazonaws.com", Some(("b", "eu-west-1"))),
            ("b.s3.dualstack.ap-southeast-2.amazonaws.com", Some(("b", "ap-southeast-2"))),
            ("b.s3.us-gov-west-1.amazonaws.com", Some(("b", "us-gov-west-1"))),
            ("b.s3.cn-north-1.amazonaws.com.cn", Some(("b", "cn-north-1"))),
            ("a.s3.b.s3.eu-central-1.amazonaws.com", Some(("a.s3.b", "eu-central-1"))),
            ("b.s3.amazonaws.com", None),
            ("b.s3.us-east-1.example.com", None),
            ("s3.us-east-1.amazonaws.com", None),
            ("b.s3.us-east-1.amazonaws.com.evil.example", None),
        ] {
            let found = Address::from_domain(domain);
            assert_eq!(found.as_ref().map(|a| (&*a.bucket, &*a.region)), expected, "{domain}");
        }
    }
}

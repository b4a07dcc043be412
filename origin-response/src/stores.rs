//! The bucket that an event names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ridge_cloudfront::event::Origin;
use ridge_cloudfront::{BUCKET_HEADER, REGION_HEADER};
use ridge_store::{Address, ConnectError, Store};

/// Opens a bucket, at another endpoint than AWS's if one is given.
pub type Connect = Box<dyn Fn(&Address, Option<&str>) -> Result<Arc<dyn Store>, ConnectError> + Send + Sync>;

/// The buckets seen so far. A function serves one, or a few that share a deployment.
pub struct Stores {
    connect: Connect,
    known: Mutex<HashMap<Place, Arc<dyn Store>>>,
}

/// A bucket, and the endpoint if it is not on AWS.
type Place = (Address, Option<String>);

/// The custom header with the URL of an S3 server other than AWS. Like all custom headers of an origin, it comes from the
/// distribution, never from a viewer.
pub const ENDPOINT_HEADER: &str = "x-ridge-endpoint";

/// Why no bucket could be opened. The deployment is at fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoStore {
    #[error("the event names no S3 origin")]
    NotS3,
    #[error(
        "the origin's domain name {0} does not say bucket and region; set the origin's custom headers \
         {BUCKET_HEADER} and {REGION_HEADER}"
    )]
    Domain(String),
    #[error("the origin has the path {0}; leave it empty, for variants are stored at the bucket's root")]
    Path(String),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Stores {
    /// Calls `connect` once for each bucket.
    pub fn new(connect: Connect) -> Stores {
        Stores { connect, known: Mutex::default() }
    }

    pub(crate) fn open(&self, origin: Option<&Origin>) -> Result<Arc<dyn Store>, NoStore> {
        let place = place(origin)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = known.get(&place) {
            return Ok(Arc::clone(store));
        }
        let store = (self.connect)(&place.0, place.1.as_deref())?;
        known.insert(place, Arc::clone(&store));
        Ok(store)
    }
}

fn place(origin: Option<&Origin>) -> Result<Place, NoStore> {
    let s3 = origin.and_then(|origin| origin.s3.as_ref()).ok_or(NoStore::NotS3)?;
    if !s3.path.is_empty() {
        return Err(NoStore::Path(s3.path.clone()));
    }
    let header = |name| s3.custom_headers.get(name).map(str::to_owned);
    let set = header(BUCKET_HEADER).zip(header(REGION_HEADER)).map(|(bucket, region)| Address { bucket, region });
    let address = set.or_else(|| Address::from_domain(&s3.domain_name));
    Ok((address.ok_or_else(|| NoStore::Domain(s3.domain_name.clone()))?, header(ENDPOINT_HEADER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_headers_come_before_the_domain_name() {
        let origin = |json: &str| serde_json::from_str::<Origin>(json).unwrap();
        let named = origin(r#"{"s3": {"domainName": "a.s3.eu-west-1.amazonaws.com", "customHeaders": {}}}"#);
        let set = origin(
            r#"{"s3": {"domainName": "a.s3.amazonaws.com", "customHeaders": {
                "x-ridge-bucket": [{"key": "x-ridge-bucket", "value": "b"}],
                "x-ridge-region": [{"key": "x-ridge-region", "value": "eu-west-2"}],
                "x-ridge-endpoint": [{"key": "x-ridge-endpoint", "value": "http://127.0.0.1:9000"}]}}}"#,
        );
        let neither = origin(r#"{"s3": {"domainName": "a.s3.amazonaws.com"}}"#);
        let path = origin(r#"{"s3": {"domainName": "a.s3.eu-west-1.amazonaws.com", "path": "/assets"}}"#);
        assert!(matches!(place(Some(&path)), Err(NoStore::Path(_))));
        let custom = origin(r#"{"custom": {"domainName": "example.com"}}"#);
        let of = |origin| place(Some(origin)).map(|(address, endpoint)| (address.to_string(), endpoint));
        assert_eq!(of(&named).unwrap(), ("a in eu-west-1".into(), None));
        assert_eq!(of(&set).unwrap(), ("b in eu-west-2".into(), Some("http://127.0.0.1:9000".into())));
        assert!(matches!(of(&neither), Err(NoStore::Domain(_))));
        assert!(matches!(of(&custom), Err(NoStore::NotS3)));
        assert!(matches!(place(None), Err(NoStore::NotS3)));
    }
}

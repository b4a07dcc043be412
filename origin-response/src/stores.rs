//! Which bucket an event is about.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use shared::event::Origin;
use store::{Address, ConnectError, Store};

/// Opens a bucket.
pub type Connect = Box<dyn Fn(&Address) -> Result<Store, ConnectError> + Send + Sync>;

/// The buckets seen so far. A function serves one, or a few that share a deployment.
pub struct Stores {
    connect: Connect,
    known: Mutex<HashMap<Address, Store>>,
}

/// Headers that the stack may set on the origin where its domain name does not say bucket and region.
const BUCKET_HEADER: &str = "x-ridge-bucket";
const REGION_HEADER: &str = "x-ridge-region";

/// Why no bucket could be opened: the deployment's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoStore {
    #[error("the event names no S3 origin")]
    NotS3,
    #[error(
        "the origin's domain name {0} does not say bucket and region; set the origin's custom headers \
         {BUCKET_HEADER} and {REGION_HEADER}"
    )]
    Domain(String),
    #[error("the origin has the path {0}; leave it empty, for variants lie at the bucket's root")]
    Path(String),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Stores {
    /// `connect` is called once for each bucket.
    pub fn new(connect: Connect) -> Stores {
        Stores { connect, known: Mutex::default() }
    }

    pub(crate) fn open(&self, origin: Option<&Origin>) -> Result<Store, NoStore> {
        let address = address(origin)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = known.get(&address) {
            return Ok(store.clone());
        }
        let store = (self.connect)(&address)?;
        known.insert(address, store.clone());
        Ok(store)
    }
}

fn address(origin: Option<&Origin>) -> Result<Address, NoStore> {
    let s3 = origin.and_then(|origin| origin.s3.as_ref()).ok_or(NoStore::NotS3)?;
    if !s3.path.is_empty() {
        return Err(NoStore::Path(s3.path.clone()));
    }
    let header = |name| s3.custom_headers.get(name).map(str::to_owned);
    let set = header(BUCKET_HEADER).zip(header(REGION_HEADER)).map(|(bucket, region)| Address { bucket, region });
    set.or_else(|| Address::from_domain(&s3.domain_name)).ok_or_else(|| NoStore::Domain(s3.domain_name.clone()))
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
                "x-ridge-region": [{"key": "x-ridge-region", "value": "eu-west-2"}]}}}"#,
        );
        let neither = origin(r#"{"s3": {"domainName": "a.s3.amazonaws.com"}}"#);
        let path = origin(r#"{"s3": {"domainName": "a.s3.eu-west-1.amazonaws.com", "path": "/assets"}}"#);
        assert!(matches!(address(Some(&path)), Err(NoStore::Path(_))));
        let custom = origin(r#"{"custom": {"domainName": "example.com"}}"#);
        assert_eq!(address(Some(&named)).unwrap().to_string(), "a in eu-west-1");
        assert_eq!(address(Some(&set)).unwrap().to_string(), "b in eu-west-2");
        assert!(matches!(address(Some(&neither)), Err(NoStore::Domain(_))));
        assert!(matches!(address(Some(&custom)), Err(NoStore::NotS3)));
        assert!(matches!(address(None), Err(NoStore::NotS3)));
    }
}

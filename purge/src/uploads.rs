//! New keys and replaced ones: S3 says the same of both.
//!
//! Of a key that was not there before, CloudFront holds nothing but perhaps that it is not there, for 10 seconds. To make
//! it forget that costs a thousand times as much as to ask S3 for the key's versions.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::{StreamExt as _, stream};
use ridge_aws::Credentials;
use ridge_contract::Key;
use ridge_store::{Address, S3Store};
use tokio::time::timeout_at;

use crate::batch::Upload;

/// So many are asked for at once.
const AT_ONCE: usize = 16;

/// Of an older upload nothing is to be learnt: a lifecycle may remove the version that it replaced, after a day at the
/// earliest.
const MEMORY: Duration = Duration::from_secs(12 * 60 * 60);

/// The buckets that events are about.
#[derive(Debug)]
pub struct Uploads {
    endpoint: Option<String>,
    credentials: Credentials,
    /// The last bucket; in a deployment there is one.
    bucket: Mutex<Option<(Address, S3Store)>>,
}

/// What was learnt of a batch's uploads.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    /// The first versions of their keys.
    pub(crate) new: Vec<Key>,
    /// Of how many uploads S3 did not say.
    pub(crate) unknown: usize,
    /// Why not, of one of them.
    pub(crate) reason: Option<String>,
}

impl Uploads {
    /// `endpoint` is for servers other than AWS.
    pub fn new(endpoint: Option<String>, credentials: Credentials) -> Uploads {
        Uploads { endpoint, credentials, bucket: Mutex::default() }
    }

    /// Asks S3 what was there before these uploads, until the deadline.
    pub(crate) async fn learn(&self, mut uploads: Vec<(Key, Upload)>, deadline: Instant) -> Learnt {
        let oldest = SystemTime::now() - MEMORY;
        uploads.retain(|(_, upload)| upload.time > oldest);
        let answers = uploads.into_iter().map(async |(key, upload)| {
            let answer = self.is_first(&key, &upload, deadline).await;
            (key, answer)
        });
        let mut answers = stream::iter(answers).buffer_unordered(AT_ONCE);
        let mut learnt = Learnt::default();
        while let Some((key, answer)) = answers.next().await {
            match answer {
                Ok(true) => learnt.new.push(key),
                Ok(false) => {}
                Err(reason) => {
                    learnt.unknown += 1;
                    learnt.reason.get_or_insert(reason);
                }
            }
        }
        learnt
    }

    async fn is_first(&self, key: &Key, upload: &Upload, deadline: Instant) -> Result<bool, String> {
        let store = self.open(&upload.address);
        match timeout_at(deadline.into(), store.is_only_version(key, &upload.version)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err("S3 did not answer in time".to_owned()),
        }
    }

    fn open(&self, address: &Address) -> S3Store {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bucket {
            Some((known, store)) if known == address => store.clone(),
            _ => {
                let client = ridge_store::connect(&address.region, self.endpoint.as_deref(), self.credentials.clone());
                let store = S3Store::new(client, &address.bucket);
                *bucket = Some((address.clone(), store.clone()));
                store
            }
        }
    }
}

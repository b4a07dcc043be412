//! Distinguishes new keys from replaced ones, for which S3 sends the same event.
//!
//! CloudFront caches at most a 404 for a new key, for 10 seconds. An invalidation costs a thousand times as much as a
//! request to S3 for the key's versions.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::{StreamExt as _, stream};
use ridge_aws::Credentials;
use ridge_contract::Key;
use ridge_store::{Address, S3Store};
use tokio::time::timeout_at;

use crate::batch::Upload;

/// The maximum number of concurrent requests.
const CONCURRENCY: usize = 16;

/// The maximum age of an upload that is checked. A lifecycle rule can remove the replaced version of an older one, at
/// the earliest after a day.
const MAX_AGE: Duration = Duration::from_secs(12 * 60 * 60);

/// The buckets of the events.
#[derive(Debug)]
pub struct Uploads {
    endpoint: Option<String>,
    credentials: Credentials,
    /// The last bucket; a deployment has one.
    bucket: Mutex<Option<(Address, S3Store)>>,
}

/// What S3 says about a batch's uploads.
#[derive(Debug, Default)]
pub(crate) struct UploadHistory {
    /// Keys whose upload is their first version.
    pub(crate) new: Vec<Key>,
    /// The number of uploads for which S3 did not say.
    pub(crate) unknown: usize,
    /// The reason, for one of them.
    pub(crate) reason: Option<String>,
}

impl Uploads {
    /// `endpoint` is the URL of a server other than AWS.
    pub fn new(endpoint: Option<String>, credentials: Credentials) -> Uploads {
        Uploads { endpoint, credentials, bucket: Mutex::default() }
    }

    /// Requests from S3 whether the uploads replaced older versions, until the deadline.
    pub(crate) async fn history(&self, mut uploads: Vec<(Key, Upload)>, deadline: Instant) -> UploadHistory {
        let oldest = SystemTime::now() - MAX_AGE;
        uploads.retain(|(_, upload)| upload.time > oldest);
        let answers = uploads.into_iter().map(async |(key, upload)| {
            let answer = self.is_first(&key, &upload, deadline).await;
            (key, answer)
        });
        let mut answers = stream::iter(answers).buffer_unordered(CONCURRENCY);
        let mut history = UploadHistory::default();
        while let Some((key, answer)) = answers.next().await {
            match answer {
                Ok(true) => history.new.push(key),
                Ok(false) => {}
                Err(reason) => {
                    history.unknown += 1;
                    history.reason.get_or_insert(reason);
                }
            }
        }
        history
    }

    async fn is_first(&self, key: &Key, upload: &Upload, deadline: Instant) -> Result<bool, String> {
        let store = self.open(&upload.address);
        match timeout_at(deadline.into(), store.is_only_version(key, &upload.version)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err("S3 did not respond in time".to_owned()),
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

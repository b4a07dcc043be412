//! The cache: bounded, concurrent misses for one key joined, and what is invalidated gone at once.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::Shared;

use super::cached_response::CachedResponse;

/// Bytes that entries may hold together.
const CAPACITY: u64 = 256 << 20;

/// Before the path, in the key of what HEAD got. No path has a space, so no GET has such a key.
pub(super) const HEAD: &str = "HEAD ";

type PendingLoad = Shared<Pin<Box<dyn Future<Output = Arc<CachedResponse>> + Send>>>;

/// How an entry was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CacheResult {
    /// In the cache.
    Hit,
    /// At the origin.
    Miss,
    /// In the cache, stale; the origin said that it still holds.
    Refresh,
    /// At the origin, by another viewer's request for the same at the same time.
    Joined,
    /// Nowhere: viewer-request answered.
    Generated,
    /// Nowhere: the distribution answered.
    Error,
}

impl CacheResult {
    /// For header and log.
    pub(super) fn name(self) -> &'static str {
        match self {
            CacheResult::Hit => "Hit",
            CacheResult::Miss => "Miss",
            CacheResult::Refresh => "Refresh",
            CacheResult::Joined => "Joined",
            CacheResult::Generated => "Generated",
            CacheResult::Error => "Error",
        }
    }
}

pub(super) struct Cache {
    /// Fresh entries, and stale ones that may be asked about.
    kept: moka::sync::Cache<String, Arc<CachedResponse>>,
    loads: Mutex<Loads>,
}

/// What is being loaded.
#[derive(Default)]
struct Loads {
    /// How many invalidations there were. What began to load before one of them may be what it was about.
    generation: u64,
    /// Of this generation, by key.
    running: HashMap<String, PendingLoad>,
}

impl Cache {
    pub(super) fn new() -> Cache {
        let weigh =
            |key: &String, entry: &Arc<CachedResponse>| u32::try_from(key.len() + entry.weight()).unwrap_or(u32::MAX);
        let kept = moka::sync::Cache::builder().max_capacity(CAPACITY).weigher(weigh).build();
        Cache { kept, loads: Mutex::default() }
    }

    pub(super) fn fresh(&self, key: &str) -> Option<Arc<CachedResponse>> {
        self.kept.get(key).filter(|entry| entry.is_fresh())
    }

    /// Forgets the entries that `names` says, by path and entry, and answers how many they were. What is being loaded
    /// goes to those who wait for it, and to nobody after: whether it is what the origin has now, nobody knows.
    pub(super) fn invalidate(&self, names: impl Fn(&str, &CachedResponse) -> bool) -> usize {
        let mut loads = self.loads();
        loads.generation += 1;
        loads.running.clear();
        let named = self.kept.iter().filter(|(key, entry)| names(key.strip_prefix(HEAD).unwrap_or(key), entry));
        let keys: Vec<_> = named.map(|(key, _)| key).collect();
        keys.iter().for_each(|key| self.kept.invalidate(key.as_str()));
        keys.len()
    }

    /// Finds a fresh entry, or loads it; `load` gets the stale one if there is one. PendingLoad goes on when the viewer
    /// who began it goes away.
    pub(super) async fn get<F>(
        self: &Arc<Self>,
        key: &str,
        load: impl FnOnce(Option<Arc<CachedResponse>>) -> F,
    ) -> (Arc<CachedResponse>, CacheResult)
    where
        F: Future<Output = CachedResponse> + Send + 'static,
    {
        let (loading, found) = {
            let mut loads = self.loads();
            // Looked up under the lock: a load that ends puts its entry here before it leaves the list.
            if let Some(entry) = self.fresh(key) {
                return (entry, CacheResult::Hit);
            }
            match loads.running.get(key) {
                Some(loading) => (loading.clone(), CacheResult::Joined),
                None => {
                    let loading = self.begin(key, loads.generation, load(self.kept.get(key)));
                    loads.running.insert(key.to_owned(), loading.clone());
                    (loading, CacheResult::Miss)
                }
            }
        };
        let entry = loading.await;
        let found = if found == CacheResult::Miss && entry.is_refreshed { CacheResult::Refresh } else { found };
        (entry, found)
    }

    fn begin(
        self: &Arc<Self>,
        key: &str,
        generation: u64,
        load: impl Future<Output = CachedResponse> + Send + 'static,
    ) -> PendingLoad {
        let (cache, key) = (Arc::clone(self), key.to_owned());
        let task = tokio::spawn(async move {
            let loaded = AssertUnwindSafe(load).catch_unwind().await;
            let entry = Arc::new(loaded.unwrap_or_else(|_| CachedResponse::bad_gateway("a function", "it panicked")));
            let mut loads = cache.loads();
            if loads.generation == generation {
                if entry.ttl.is_zero() {
                    cache.kept.invalidate(&key);
                } else {
                    cache.kept.insert(key.clone(), Arc::clone(&entry));
                }
                loads.running.remove(&key);
            }
            drop(loads);
            entry
        });
        let ended = async {
            task.await.unwrap_or_else(|_| Arc::new(CachedResponse::bad_gateway("the distribution", "it stops")))
        };
        ended.boxed().shared()
    }

    fn loads(&self) -> MutexGuard<'_, Loads> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

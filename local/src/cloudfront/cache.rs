//! The cache: bounded in size. Concurrent misses for one key share one request to the origin. Invalidations take effect
//! at once.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::Shared;

use super::cached_response::CachedResponse;

/// The maximum size of all cached responses together, in bytes.
const CAPACITY: u64 = 256 << 20;

/// The prefix of the cache key of HEAD responses. No path contains a space, so no GET has such a key.
pub(super) const HEAD: &str = "HEAD ";

type PendingLoad = Shared<Pin<Box<dyn Future<Output = Arc<CachedResponse>> + Send>>>;

/// Where a response came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CacheResult {
    /// From the cache.
    Hit,
    /// From the origin.
    Miss,
    /// From the cache, stale; the origin confirmed it with a 304.
    Refresh,
    /// From the origin, through another viewer's concurrent request with the same cache key.
    Joined,
    /// From viewer-request.
    Generated,
    /// From the distribution itself.
    Error,
}

impl CacheResult {
    /// Returns the name for the response header and the log.
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
    /// Fresh responses, and stale ones that the origin can confirm.
    responses: moka::sync::Cache<String, Arc<CachedResponse>>,
    loads: Mutex<Loads>,
}

/// The requests to the origin that are running.
#[derive(Default)]
struct Loads {
    /// The number of invalidations so far. A request that began before an invalidation may return the invalidated
    /// object.
    generation: u64,
    /// The requests of this generation, by cache key.
    running: HashMap<String, PendingLoad>,
}

impl Cache {
    pub(super) fn new() -> Cache {
        let weigh = |key: &String, response: &Arc<CachedResponse>| {
            u32::try_from(key.len() + response.weight()).unwrap_or(u32::MAX)
        };
        let responses = moka::sync::Cache::builder().max_capacity(CAPACITY).weigher(weigh).build();
        Cache { responses, loads: Mutex::default() }
    }

    pub(super) fn fresh(&self, key: &str) -> Option<Arc<CachedResponse>> {
        self.responses.get(key).filter(|response| response.is_fresh())
    }

    /// Removes the responses that `names` selects by path and response, and returns their number. Running requests to
    /// the origin are still answered but not cached, because they may return the invalidated object.
    pub(super) fn invalidate(&self, names: impl Fn(&str, &CachedResponse) -> bool) -> usize {
        let mut loads = self.loads();
        loads.generation += 1;
        loads.running.clear();
        let named =
            self.responses.iter().filter(|(key, response)| names(key.strip_prefix(HEAD).unwrap_or(key), response));
        let keys: Vec<_> = named.map(|(key, _)| key).collect();
        keys.iter().for_each(|key| self.responses.invalidate(key.as_str()));
        keys.len()
    }

    /// Returns a fresh response, or loads it; `load` receives the stale one if there is one. Loading continues when the
    /// viewer that began it goes away.
    pub(super) async fn get<F>(
        self: &Arc<Self>,
        key: &str,
        load: impl FnOnce(Option<Arc<CachedResponse>>) -> F,
    ) -> (Arc<CachedResponse>, CacheResult)
    where
        F: Future<Output = CachedResponse> + Send + 'static,
    {
        let (loading, result) = {
            let mut loads = self.loads();
            // Looked up under the lock, because a finished load inserts its response here before it leaves `running`.
            if let Some(response) = self.fresh(key) {
                return (response, CacheResult::Hit);
            }
            match loads.running.get(key) {
                Some(loading) => (loading.clone(), CacheResult::Joined),
                None => {
                    let loading = self.begin(key, loads.generation, load(self.responses.get(key)));
                    loads.running.insert(key.to_owned(), loading.clone());
                    (loading, CacheResult::Miss)
                }
            }
        };
        let response = loading.await;
        let result = if result == CacheResult::Miss && response.is_refreshed { CacheResult::Refresh } else { result };
        (response, result)
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
            let response =
                Arc::new(loaded.unwrap_or_else(|_| CachedResponse::bad_gateway("a function", "it panicked")));
            let mut loads = cache.loads();
            if loads.generation == generation {
                if response.ttl.is_zero() {
                    cache.responses.invalidate(&key);
                } else {
                    cache.responses.insert(key.clone(), Arc::clone(&response));
                }
                loads.running.remove(&key);
            }
            drop(loads);
            response
        });
        let ended = async {
            task.await
                .unwrap_or_else(|_| Arc::new(CachedResponse::bad_gateway("the distribution", "it is shutting down")))
        };
        ended.boxed().shared()
    }

    fn loads(&self) -> MutexGuard<'_, Loads> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

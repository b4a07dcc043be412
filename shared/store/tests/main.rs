//! The tests of the backends that need no S3 server.
#![allow(missing_docs, clippy::unwrap_used)]

mod contract;
mod listing;

use ridge_store::MemoryStore;

#[tokio::test]
async fn memory() {
    contract::contract(&MemoryStore::default()).await;
}

//! The tests of the backends that need no server.
#![allow(missing_docs, clippy::unwrap_used)]

mod contract;

use ridge_store::MemoryStore;

#[tokio::test]
async fn memory() {
    contract::contract(&MemoryStore::default()).await;
}

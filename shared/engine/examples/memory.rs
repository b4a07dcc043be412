//! Serves one variant from a store in memory: `cargo run -p ridge-engine --example memory`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ridge_contract::{Key, Policy, VariantPath};
use ridge_engine::{Engine, Found, Limiter, Outcome};
use ridge_store::{Attributes, MemoryStore, Store as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryStore::default();
    let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/photos/dandelion.jpg"))?;
    store.put(&Key::new("photos/dandelion.jpg")?, photo.into(), &Attributes::default()).await?;

    let engine = Engine::in_process(Arc::new(Policy::default()), Limiter::new(1, 0));
    let path = VariantPath::parse("/w_200/h_200/webp/photos/dandelion.jpg")?;
    let deadline = Instant::now() + Duration::from_secs(29);
    let (outcome, trace) = engine.serve(&path, Found::Missing, &store, deadline).await;
    let Outcome::Rendered(variant) = outcome else { return Err(format!("{outcome:?}").into()) };
    println!("{path}: {} bytes of {}, {:?}", variant.bytes.len(), variant.content_type, trace.stages);
    Ok(())
}

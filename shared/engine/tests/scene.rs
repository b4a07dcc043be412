//! A bucket in memory with one original, and an engine before it.

use std::io::Cursor;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};
use ridge_contract::{Config, Key, Policy, VariantPath};
use ridge_engine::{Engine, Found, Limiter, Outcome, Trace};
use ridge_store::{Attributes, Error, MemoryStore, Metadata, Store};

/// The variant of most tests, of [`original`].
pub(crate) const PATH: &str = "/w_8/webp/photos/cat.png";

pub(crate) fn original() -> Key {
    Key::new("photos/cat.png").unwrap()
}

/// A PNG of one colour.
pub(crate) fn png(red: u8, side: u32) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(side, side, Rgb([red, 90, 90])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

/// A PNG that no encoder makes small.
pub(crate) fn noise(side: u32) -> Bytes {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_fn(side, side, |_, _| Rgb([next(), next(), next()])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner().into()
}

pub(crate) struct Scene {
    pub(crate) store: MemoryStore,
    pub(crate) engine: Engine,
}

impl Scene {
    /// A bucket with [`original`], and a configuration in JSON.
    pub(crate) async fn new(config: &str) -> Scene {
        let policy = Arc::new(Policy::new(Config::parse(config).unwrap()));
        let scene = Scene { store: MemoryStore::default(), engine: Engine::in_process(policy, Limiter::new(1, 1)) };
        scene.upload(png(1, 20)).await;
        scene
    }

    /// Replaces the original.
    pub(crate) async fn upload(&self, bytes: Bytes) {
        self.store.put(&original(), bytes, &Attributes::default()).await.unwrap();
    }

    /// Serves a path from the bucket, by what it has there, as an entry point does.
    pub(crate) async fn get(&self, path: &str) -> (Outcome, Trace) {
        let found = self.found(path).await;
        self.serve(path, found, &self.store).await
    }

    pub(crate) async fn serve(&self, path: &str, found: Found, store: &dyn Store) -> (Outcome, Trace) {
        let path = VariantPath::parse(path).unwrap();
        self.engine.serve(&path, found, store, Instant::now() + Duration::from_secs(60)).await
    }

    pub(crate) async fn found(&self, path: &str) -> Found {
        self.stored(path).await.map_or(Found::Missing, Found::Stored)
    }

    /// The metadata of the object at a variant's path.
    pub(crate) async fn stored(&self, path: &str) -> Option<Metadata> {
        match self.store.head(&VariantPath::parse(path).unwrap().object()).await {
            Err(Error::NotFound { .. }) => None,
            metadata => Some(metadata.unwrap()),
        }
    }
}

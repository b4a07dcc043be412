//! What a URL means.
//!
//! Object keys, parameters, variants, canonical paths, image formats, `Accept`, negotiation, configuration, policy,
//! signatures and the table of errors. Nothing here is async, touches pixels, or knows S3 or CloudFront's events.
//!
//! ```
//! use ridge_contract::{Config, Path, negotiate, query};
//!
//! let asked = query::parse("w=200&h=200&utm_source=mail").unwrap();
//! let Path::Original(key) = Path::parse("/photos/cat.jpg").unwrap() else { panic!() };
//! let accept = ridge_contract::Accept::parse(["image/webp,*/*;q=0.8"]);
//! let (output, _why) = negotiate::output(asked.format, &accept, &key, &Config::default().formats);
//! let variant = ridge_contract::Variant::new(asked.options, output);
//! let path = ridge_contract::VariantPath::new(variant, key).unwrap();
//! assert_eq!(path.to_string(), "/w_200/h_200/webp/photos/cat.jpg");
//! ```

mod accept;
pub mod config;
mod every;
mod format;
mod key;
pub mod negotiate;
pub mod params;
mod path;
pub mod policy;
mod problem;
pub mod query;
pub mod signing;
mod tag;
pub mod values;
mod variant;

pub use accept::Accept;
pub use config::{Config, OnError, Originals, Signing, Truncated};
pub use format::{Alpha, Cost, Format, Holds, Kind, Output, Scale};
pub use key::{Key, KeyError};
pub use path::{Path, PathError, VariantPath, undecided};
pub use problem::{Fault, NO_STORE, Problem};
pub use signing::Keys;
pub use tag::CacheTag;
pub use variant::{LOOK_SIDE, Options, Variant};

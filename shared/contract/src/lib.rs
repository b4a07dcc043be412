//! What a URL means.
//!
//! Object keys, parameters, variants, canonical paths, image formats, `Accept`, negotiation, configuration, policy,
//! signatures and the table of errors. Nothing here is async, touches pixels, or knows S3 or CloudFront's events.
//!
//! [`decide()`] is the whole of it: from a request to the canonical path, or to an error.
//!
//! ```
//! use ridge_contract::{Accept, Decision, Policy, decide};
//!
//! let accept = Accept::parse(["image/webp,*/*;q=0.8"]);
//! let decision = decide("/photos/cat.jpg", "w=200&h=200&utm_source=mail", &accept, &Policy::default());
//! let Ok(Decision::Ready(route)) = decision else { panic!("it needs no signature") };
//! assert_eq!(route.uri(), "/w_200/h_200/webp/photos/cat.jpg");
//! ```

mod accept;
pub mod config;
pub mod decide;
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
pub use decide::{Decision, Destination, NeedsSignature, Route, decide};
pub use format::{Alpha, Cost, Format, Holds, Kind, Output, Scale};
pub use key::{Key, KeyError};
pub use path::{Path, PathError, VariantPath, undecided};
pub use policy::Policy;
pub use problem::{ErrorResponse, Fault, NO_STORE, Problem};
pub use signing::Keys;
pub use tag::{CacheTag, VARIANT_TAG};
pub use variant::{LOOK_SIDE, Options, Variant};

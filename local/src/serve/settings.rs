//! Settings of `ridge serve`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ridge_contract::Policy;
use ridge_store::Address;

use crate::lambda::Tools;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct ServeSettings {
    /// The port of the distribution, on loopback; 0 chooses a free one.
    pub port: u16,
    /// The port of CloudFront's API, on loopback; 0 chooses a free one.
    pub admin_port: u16,
    /// The port of the embedded S3 server, on loopback; 0 chooses a free one.
    pub s3_port: u16,
    /// The folder of originals, read only; `None` serves the sample images.
    pub originals: Option<PathBuf>,
    /// The folder where the embedded S3 server stores objects.
    pub data: PathBuf,
    /// The policy.
    pub policy: Arc<Policy>,
    /// A bucket on another S3 server; `None` is the embedded server.
    pub external: Option<ExternalBucket>,
    /// The timeout of `origin-response` for one event.
    pub timeout: Duration,
    /// How many images the linked function renders at once, and how many requests wait; further requests get a 503.
    pub renders: (usize, usize),
    /// The functions' packages, run by AWS's programs; `None` runs the functions that are linked into this program.
    pub packages: Option<Packages>,
}

/// The packages that are deployed, and the programs that run them here.
#[derive(Debug, Clone)]
pub struct Packages {
    /// The folder of the zip files.
    pub folder: PathBuf,
    /// AWS's programs.
    pub tools: Tools,
}

/// A bucket on another S3 server. Credentials come from the environment.
#[derive(Debug, Clone)]
pub struct ExternalBucket {
    /// The server's URL; `None` is AWS.
    pub endpoint: Option<String>,
    /// Bucket and region.
    pub address: Address,
}

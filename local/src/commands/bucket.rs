//! Options that select a bucket, for all commands that read or write one.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use ridge_store::{Address, S3Store};
use tokio::task::block_in_place;

use super::purge::ADMIN_PORT;
use crate::s3;
use crate::serve::{BucketLocation, ExternalBucket};

/// A bucket on AWS, or on another S3 server.
#[derive(Args)]
pub(super) struct BucketArguments {
    /// S3-compatible endpoint instead of AWS. Credentials are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
    /// AWS_SESSION_TOKEN
    #[arg(long, value_name = "URL", requires = "bucket")]
    s3_endpoint: Option<String>,
    /// Bucket on AWS, or on the server of --s3-endpoint
    #[arg(long)]
    bucket: Option<String>,
    /// Region of the bucket [default: AWS_REGION, or us-east-1]
    #[arg(long, requires = "bucket")]
    region: Option<String>,
}

/// A bucket that the options name, or the bucket of `ridge serve` on this machine.
#[derive(Args)]
pub(super) struct Choice {
    #[command(flatten)]
    named: BucketArguments,
    #[arg(long, value_name = "URL", conflicts_with = "bucket", help = format!(
        "API address of the local `ridge serve` (used when --bucket is not given) [default: \
         http://127.0.0.1:{ADMIN_PORT}]"
    ))]
    endpoint: Option<String>,
}

/// A bucket and its client.
pub(super) struct Bucket {
    pub(super) store: S3Store,
    pub(super) address: Address,
}

impl BucketArguments {
    pub(super) fn external(self) -> Option<ExternalBucket> {
        let BucketArguments { s3_endpoint: endpoint, bucket, region } = self;
        bucket.map(|bucket| {
            let region = region.unwrap_or_else(self::region);
            ExternalBucket { endpoint, address: Address { bucket, region } }
        })
    }
}

impl Choice {
    pub(super) fn open(self) -> anyhow::Result<Bucket> {
        let (external, file) = match self.named.external() {
            Some(external) => (external, None),
            None => {
                let location = ask(self.endpoint.as_deref())?;
                let address = Address { bucket: location.bucket, region: location.region };
                (ExternalBucket { endpoint: location.endpoint, address }, location.credentials)
            }
        };
        let ExternalBucket { endpoint, address } = external;
        let credentials = match file {
            Some(file) => s3::read_credentials(&file)?,
            None => ridge_store::environment_credentials()?,
        };
        let client = ridge_store::connect(&address.region, endpoint.as_deref(), credentials);
        Ok(Bucket { store: S3Store::new(client, &address.bucket), address })
    }
}

/// Returns the region in the environment.
pub(super) fn region() -> String {
    std::env::var("AWS_REGION").unwrap_or_else(|_| s3::REGION.to_owned())
}

/// The timeout of a request to `ridge serve`, which responds at once.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Requests the bucket's location from the API of `ridge serve`.
fn ask(endpoint: Option<&str>) -> anyhow::Result<BucketLocation> {
    let api = endpoint.map_or_else(|| format!("http://127.0.0.1:{ADMIN_PORT}"), str::to_owned);
    let url = format!("{}{}", api.trim_end_matches('/'), BucketLocation::PATH);
    let response = block_in_place(|| {
        let request = ureq::get(url).config().timeout_global(Some(TIMEOUT)).build();
        request.call()?.body_mut().read_to_string()
    });
    let text = response.map_err(|error| {
        anyhow!(
            "`ridge serve` is not reachable at {api}: {error}; start it, name its API with --endpoint, or name a bucket \
             with --bucket"
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("{api} is not the API of `ridge serve`"))
}

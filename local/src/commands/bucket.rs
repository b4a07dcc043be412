//! Which bucket a command is about: one set of options for all that read or write one.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use aws_sdk_s3::Client;
use clap::Args;
use ridge_store::{Address, Store};
use tokio::task::block_in_place;

use super::purge::ADMIN_PORT;
use crate::s3;
use crate::serve::{BucketLocation, ExternalBucket};

/// A bucket on AWS, or on another server.
#[derive(Args)]
pub(super) struct BucketArguments {
    /// Another S3 server instead of AWS; credentials come from AWS_ACCESS_KEY_ID and the like
    #[arg(long, value_name = "URL", requires = "bucket")]
    s3_endpoint: Option<String>,
    /// The bucket there; without --s3-endpoint, on AWS
    #[arg(long)]
    bucket: Option<String>,
    /// The bucket's region [default: AWS_REGION, else us-east-1]
    #[arg(long, requires = "bucket")]
    region: Option<String>,
}

/// A bucket that is named, or that of `ridge serve` on this machine.
#[derive(Args)]
pub(super) struct Choice {
    #[command(flatten)]
    named: BucketArguments,
    #[arg(long, value_name = "URL", conflicts_with = "bucket", help = format!(
        "Without --bucket it is that of `ridge serve` on this machine, which has its API here [default: \
         http://127.0.0.1:{ADMIN_PORT}]"
    ))]
    endpoint: Option<String>,
}

/// An open bucket.
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) store: Store,
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
            None => ridge_store::credentials_of_lambda()?,
        };
        let client = ridge_store::connect(&address.region, endpoint.as_deref(), credentials);
        Ok(Bucket { store: Store::new(client.clone(), &address.bucket), client, address })
    }
}

/// That of the environment.
pub(super) fn region() -> String {
    std::env::var("AWS_REGION").unwrap_or_else(|_| s3::REGION.to_owned())
}

/// How long is waited for `ridge serve`, which has nothing to look up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the `ridge serve` has its bucket whose API is there.
fn ask(endpoint: Option<&str>) -> anyhow::Result<BucketLocation> {
    let api = endpoint.map_or_else(|| format!("http://127.0.0.1:{ADMIN_PORT}"), str::to_owned);
    let url = format!("{}{}", api.trim_end_matches('/'), BucketLocation::PATH);
    let asked = block_in_place(|| {
        let request = ureq::get(url).config().timeout_global(Some(PATIENCE)).build();
        request.call()?.body_mut().read_to_string()
    });
    let text = asked.map_err(|error| {
        anyhow!(
            "no `ridge serve` answers at {api}: {error}; start one, say with --endpoint where its API is, or name a \
             bucket with --bucket"
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("{api} is not the API of `ridge serve`"))
}

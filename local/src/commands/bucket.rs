//! Which bucket a command is about: one set of options for all that read or write one.

use anyhow::{Context as _, anyhow};
use aws_sdk_s3::Client;
use clap::Args;
use store::{Address, Store};
use tokio::task::block_in_place;

use super::purge::ADMIN_PORT;
use crate::s3;
use crate::serve::{External, Location};

/// A bucket on AWS, or on another server.
#[derive(Args)]
pub(super) struct Named {
    /// Another S3 server instead of AWS; credentials come from AWS_ACCESS_KEY_ID and the like
    #[arg(long, value_name = "URL", requires = "bucket")]
    s3_endpoint: Option<String>,
    /// The bucket there; without --s3-endpoint, on AWS
    #[arg(long)]
    bucket: Option<String>,
    /// The bucket's region
    #[arg(long, default_value = s3::REGION)]
    region: String,
}

/// A bucket that is named, or that of `ridge serve` on this machine.
#[derive(Args)]
pub(super) struct Choice {
    #[command(flatten)]
    named: Named,
    /// Without --bucket it is that of `ridge serve` on this machine, which has its API here [default:
    /// http://127.0.0.1:8081]
    #[arg(long, value_name = "URL", conflicts_with = "bucket")]
    endpoint: Option<String>,
}

/// An open bucket.
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) store: Store,
    pub(super) address: Address,
}

impl Named {
    pub(super) fn external(self) -> Option<External> {
        let Named { s3_endpoint: endpoint, bucket, region } = self;
        bucket.map(|bucket| External { endpoint, address: Address { bucket, region } })
    }
}

impl Choice {
    pub(super) fn open(self) -> anyhow::Result<Bucket> {
        let (external, is_embedded) = match self.named.external() {
            Some(external) => (external, false),
            None => {
                let location = ask(self.endpoint.as_deref())?;
                let address = Address { bucket: location.bucket, region: location.region };
                (External { endpoint: location.endpoint, address }, location.is_embedded)
            }
        };
        let External { endpoint, address } = external;
        let credentials = if is_embedded { s3::credentials() } else { store::credentials_of_lambda()? };
        let client = store::connect(&address.region, endpoint.as_deref(), credentials);
        Ok(Bucket { store: Store::new(client.clone(), &address.bucket), client, address })
    }
}

/// Where the `ridge serve` has its bucket whose API is there.
fn ask(endpoint: Option<&str>) -> anyhow::Result<Location> {
    let api = endpoint.map_or_else(|| format!("http://127.0.0.1:{ADMIN_PORT}"), str::to_owned);
    let asked = block_in_place(|| ureq::get(format!("{api}{}", Location::PATH)).call()?.body_mut().read_to_string());
    let text = asked.map_err(|error| {
        anyhow!(
            "no `ridge serve` answers at {api}: {error}; start one, say with --endpoint where its API is, or name a \
             bucket with --bucket"
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("{api} is not the API of `ridge serve`"))
}

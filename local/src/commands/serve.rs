//! `ridge serve`: emulates CloudFront and S3.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::PolicyFiles;
use super::bucket::BucketArguments;
use super::stop::asked_to_stop;
use crate::cloudfront;
use crate::lambda::{ORIGIN_TIMEOUT, Tools};
use crate::out::say;
use crate::serve::{Packages, ServeSettings, start};

/// Arguments of `ridge serve`.
#[derive(Args)]
pub struct ServeArguments {
    /// Port of the distribution on this machine; 0 chooses a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of CloudFront's API on this machine, for `ridge purge`; 0 chooses a free one
    #[arg(long, default_value_t = super::purge::ADMIN_PORT)]
    admin_port: u16,
    /// Directory of originals (read only) [default: bundled samples]
    #[arg(long, value_name = "DIR", conflicts_with = "bucket")]
    originals: Option<PathBuf>,
    /// Directory for objects that are written
    #[arg(long, value_name = "DIR", default_value = ".ridge")]
    data: PathBuf,
    #[command(flatten)]
    policy: PolicyFiles,
    /// Timeout of origin-response, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = ORIGIN_TIMEOUT.as_secs(), value_parser = clap::value_parser!(u64).range(1..=ORIGIN_TIMEOUT.as_secs()))]
    timeout: u64,
    /// Maximum number of images rendered at once [default: the number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    renders: Option<u16>,
    /// Maximum number of requests that wait for a render; further requests get a 503
    #[arg(long, value_name = "N", default_value_t = DEFAULT_QUEUE)]
    queue: u16,
    /// Port of the embedded S3 server; 0 chooses a free one
    #[arg(long, default_value_t = 0, conflicts_with = "bucket")]
    s3_port: u16,
    #[command(flatten)]
    named: BucketArguments,
    /// Directory of packages built by `make package`. AWS's own programs run them instead of the functions that are
    /// linked into `ridge`, with the configuration in the packages
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    lambda: Option<PathBuf>,
    /// Directory of AWS's programs, which `tools/setup.sh lambda` installs
    #[arg(long, value_name = "DIR", default_value = Tools::FOLDER, requires = "lambda")]
    lambda_tools: PathBuf,
}

/// An image of many megapixels takes about 100 ms of one processor, and Lambda's timeout is 30 s.
const DEFAULT_QUEUE: u16 = 256;

pub(super) async fn run(arguments: ServeArguments) -> anyhow::Result<()> {
    let policy = Arc::new(arguments.policy.policy()?);
    let packages = match arguments.lambda {
        Some(folder) => Some(Packages { folder, tools: Tools::find(&arguments.lambda_tools)? }),
        None => None,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = ServeSettings {
        port: arguments.port,
        admin_port: arguments.admin_port,
        s3_port: arguments.s3_port,
        originals: arguments.originals,
        data: arguments.data,
        policy,
        external: arguments.named.external(),
        timeout: Duration::from_secs(arguments.timeout),
        renders: (arguments.renders.map_or(processors, usize::from), usize::from(arguments.queue)),
        packages,
    };
    let running = start(settings).await?;
    let s3 = running.s3_endpoint.as_deref().unwrap_or("AWS");
    say!("S3          {s3}, bucket {}", running.address)?;
    if let Some(file) = &running.credentials {
        say!("            credentials in {}", file.display())?;
    }
    say!("API         {}, distribution {}", running.admin, cloudfront::ID)?;
    say!("CloudFront  {}", running.url)?;
    say!("Open {}/ in a browser. Press Ctrl-C to stop.", running.url)?;
    asked_to_stop().await?;
    say!("shutting down gracefully; press Ctrl-C again to force").ok();
    tokio::select! {
        stopped = running.stop() => stopped,
        again = asked_to_stop() => again,
    }
}

//! `ridge serve`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::PolicyFiles;
use super::bucket::Named;
use super::stop::asked_to_stop;
use crate::cloudfront;
use crate::lambda::{ORIGIN_TIMEOUT, Tools};
use crate::out::say;
use crate::serve::{Packages, Settings, start};

/// How to serve.
#[derive(Args)]
pub struct Arguments {
    /// Port of the distribution on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of CloudFront's API on this machine, for `ridge purge`; 0 takes a free one
    #[arg(long, default_value_t = super::purge::ADMIN_PORT)]
    admin_port: u16,
    /// Folder of originals, only read; without it, the sample pictures
    #[arg(long, value_name = "DIR", conflicts_with = "bucket")]
    originals: Option<PathBuf>,
    /// Folder of the embedded S3
    #[arg(long, value_name = "DIR", default_value = ".ridge")]
    data: PathBuf,
    #[command(flatten)]
    policy: PolicyFiles,
    /// Seconds that origin-response gets for one event, as Lambda would give it
    #[arg(long, value_name = "SECONDS", default_value_t = ORIGIN_TIMEOUT.as_secs(), value_parser = clap::value_parser!(u64).range(1..=ORIGIN_TIMEOUT.as_secs()))]
    timeout: u64,
    /// Pictures that are made at once [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    renders: Option<u16>,
    /// Pictures that wait to be made; those beyond get a 503
    #[arg(long, value_name = "N", default_value_t = WAITING)]
    queue: u16,
    /// Port of the embedded S3; 0 takes a free one
    #[arg(long, default_value_t = 0, conflicts_with = "bucket")]
    s3_port: u16,
    #[command(flatten)]
    named: Named,
    /// Run the packages in this folder, as `make package` builds them, by AWS's own programs, instead of the functions
    /// that are linked in; the configuration is theirs
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    lambda: Option<PathBuf>,
    /// AWS's programs, as `tools/setup.sh lambda` installs them
    #[arg(long, value_name = "DIR", default_value = Tools::FOLDER, requires = "lambda")]
    lambda_tools: PathBuf,
}

/// A picture of many megapixels takes some 100 ms of a processor, and Lambda's time is up after 30 s.
const WAITING: u16 = 256;

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let policy = Arc::new(arguments.policy.policy()?);
    let packages = match arguments.lambda {
        Some(folder) => Some(Packages { folder, tools: Tools::find(&arguments.lambda_tools)? }),
        None => None,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
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
    say!("Open {}/ in a browser. Ctrl-C stops.", running.url)?;
    asked_to_stop().await?;
    say!("stopping when all requests are answered; once more stops at once").ok();
    tokio::select! {
        stopped = running.stop() => stopped,
        again = asked_to_stop() => again,
    }
}

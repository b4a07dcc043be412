//! `ridge serve` in a process of its own, which runs this program.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tempfile::TempDir;

pub(super) struct Ridge {
    child: Child,
    url: String,
    admin: String,
    client: Client<HttpConnector, Full<Bytes>>,
    _data: TempDir,
}

impl Ridge {
    /// Starts a server for a folder of originals.
    pub(super) fn start(originals: &Path) -> anyhow::Result<Ridge> {
        let data = tempfile::tempdir()?;
        let mut child = Command::new(env::current_exe()?)
            .args(["ridge", "serve", "--port", "0", "--admin-port", "0", "--data"])
            .arg(data.path())
            .arg("--originals")
            .arg(originals)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines().map_while(Result::ok);
        let mut word = |label: &str| {
            let line = lines.by_ref().find(|line| line.starts_with(label));
            line.and_then(|line| Some(line.split_whitespace().nth(1)?.trim_end_matches(',').to_owned()))
        };
        let (admin, url) = (word("API"), word("CloudFront"));
        // The output must be read, because the server would block on a full pipe.
        thread::spawn(move || lines.for_each(drop));
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (admin, url) = admin.zip(url).context("ridge serve did not start")?;
        Ok(Ridge { child, url, admin, client, _data: data })
    }

    pub(super) fn url(&self, path: &str, width: u32) -> String {
        format!("{}{path}?w={width}", self.url)
    }

    /// Requests a variant of this width, and checks the response.
    pub(super) async fn get(&self, path: &str, width: u32) -> anyhow::Result<Bytes> {
        let url = self.url(path, width);
        let (status, body) = self.ask(&url).await?;
        ensure!(status == StatusCode::OK, "{url}: {status}: {}", String::from_utf8_lossy(&body));
        let kind = ridge_pixels::recognise(&body).with_context(|| url.clone())?;
        let size = ridge_pixels::header(kind, &body)?.size;
        ensure!(kind.name() == "WebP" && size.width == width, "{url}: {} of {size}", kind.name());
        Ok(body)
    }

    pub(super) async fn get_all(
        &self,
        path: &str,
        widths: impl Iterator<Item = u32>,
        at_once: usize,
    ) -> anyhow::Result<()> {
        let all = stream::iter(widths.map(|width| self.get(path, width))).buffer_unordered(at_once);
        all.try_for_each(async |_| Ok(())).await
    }

    /// Returns the number of renders so far.
    pub(super) async fn renders(&self) -> anyhow::Result<u64> {
        let (_, text) = self.ask(&format!("{}/metrics", self.admin)).await?;
        let text = String::from_utf8(text.to_vec())?;
        let line = text.lines().find(|line| line.starts_with("ridge_renders_total{"));
        match line.and_then(|line| line.rsplit_once(' ')) {
            Some((_, count)) => Ok(count.parse()?),
            None => Ok(0),
        }
    }

    /// Returns the maximum resident memory, in MiB.
    pub(super) fn peak_mib(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let Some(peak) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) else {
            bail!("the system does not report the maximum memory");
        };
        Ok(peak.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
    }

    async fn ask(&self, url: &str) -> anyhow::Result<(StatusCode, Bytes)> {
        let request = Request::get(url).header("accept", "image/webp").body(Full::new(Bytes::new()))?;
        let answer = self.client.request(request).await?;
        Ok((answer.status(), answer.into_body().collect().await?.to_bytes()))
    }
}

impl Drop for Ridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

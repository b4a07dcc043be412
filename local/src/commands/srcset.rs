//! `ridge srcset`: prints the `<img>` markup for an image.

use anyhow::{anyhow, bail};
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use clap::{Args, ValueEnum};
use form_urlencoded::Serializer;
use ridge_contract::decide::needed_signature;
use ridge_contract::values::Dpr;
use ridge_contract::{Accept, Config, Holds, Key, Options, Output, Path, Policy, Variant, decide, query};
use ridge_pixels::{Header, Size};
use ridge_store::Store as _;

use super::bucket::Choice;
use super::sign::Term;
use super::{PolicyFiles, original};
use crate::out::{say, tell};
use crate::responsive_widths;
use crate::url;

/// The arguments of `ridge srcset`.
#[derive(Args)]
#[command(
    after_help = "With a width or a height in --params or the preset, the picture has one size, and srcset has it \
    for plain and for dense screens. Without, srcset has the configured widths, or common ones, up to the picture's own. \
    URLs are signed where the configuration wants it, and say until when; a page that lives longer needs --until. A \
    browser takes the best format by itself: it is negotiated."
)]
pub struct SrcsetArguments {
    /// Key of the original as S3 has it, such as photos/cat.jpg
    key: String,
    /// Where the distribution is, such as https://cdn.example.com; without it, URLs begin with a slash
    #[arg(long, value_name = "URL", default_value = "")]
    url: String,
    /// How wide the picture is on the page, as HTML's `sizes` says it
    #[arg(long, default_value = "100vw")]
    sizes: String,
    /// Parameters as in a URL, such as 'w=400&h=300&g=smart'
    #[arg(long, value_name = "QUERY", default_value = "")]
    params: String,
    /// A preset of the configuration
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// When the picture is loaded
    #[arg(long, value_enum, default_value_t = Loading::Lazy)]
    loading: Loading,
    #[command(flatten)]
    term: Term,
    #[command(flatten)]
    policy: PolicyFiles,
    #[command(flatten)]
    bucket: Choice,
}

#[derive(Clone, Copy, ValueEnum)]
enum Loading {
    /// When it is about to be seen
    Lazy,
    /// At once
    Eager,
}

/// The device pixel ratios that are offered if the size is fixed, in addition to the preset's own.
const DENSITIES: [&str; 2] = ["1", "2"];

/// The maximum width of the image in `src`, for browsers without `srcset`, in pixels.
const FALLBACK: u32 = 1280;

pub(super) async fn run(arguments: SrcsetArguments) -> anyhow::Result<()> {
    let key = original(&arguments.key)?;
    let policy = arguments.policy.policy()?;
    let config = policy.config();
    let asked = Asked::new(&arguments.params, arguments.preset.as_deref(), config)?;
    let bucket = arguments.bucket.open()?;
    let source = bucket.store.get(&key, config.max_source_bytes).await?;

    let whole = asked.variant();
    let found = ridge_pixels::describe(&source.bytes, &whole, config, &mut |_| {})?;
    let page = Page { base: base(&arguments.url)?, key: &key, policy: &policy, until: arguments.term.end()?, asked };
    let candidates = page.candidates(&found.source)?;
    let size = if page.asked.has_side { candidates[0].size_on_page() } else { found.size };
    let shown = candidates.iter().rev().find(|candidate| candidate.size.width <= FALLBACK).unwrap_or(&candidates[0]);
    let shown = if page.asked.has_side { &candidates[0] } else { shown };

    let mut lines = vec![format!("<img src=\"{}\"", attribute(&shown.url))];
    if candidates.len() > 1 {
        let list: Vec<_> = candidates.iter().map(|one| format!("{} {}", attribute(&one.url), one.descriptor)).collect();
        lines.push(format!("     srcset=\"{}\"", list.join(",\n             ")));
        if !page.asked.has_side {
            lines.push(format!("     sizes=\"{}\"", attribute(&arguments.sizes)));
        }
    }
    let loading = arguments.loading.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    lines.push(format!("     width=\"{}\" height=\"{}\" alt=\"\" loading=\"{loading}\"", size.width, size.height));
    if found.has_alpha {
        tell!("no placeholder: the picture can be seen through, and what is behind it would stay to be seen");
    } else {
        lines.push(format!("     style=\"background:center/cover url({})\"", found.data_uri()?));
    }
    say!("{}>", lines.join("\n"))?;
    if candidates.iter().any(|candidate| candidate.is_signed) {
        let end = DateTime::from_secs(i64::try_from(page.until)?).fmt(DateTimeFormat::HttpDate)?;
        tell!("signed, and good until {end}; --for and --until say another time");
    }
    tell!("alt is empty, which says that the picture is decoration; write there what it shows");
    Ok(())
}

/// The options of the image, without the width or device pixel ratio of each candidate.
struct Asked {
    query: query::Query,
    /// The query string, in normalized percent-encoding.
    text: String,
    has_side: bool,
}

impl Asked {
    fn new(params: &str, preset: Option<&str>, config: &Config) -> anyhow::Result<Asked> {
        let params = form_urlencoded::parse(params.as_bytes());
        let pairs = preset.map(|name| ("p".into(), name.into())).into_iter().chain(params);
        let text = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let query = query::parse_with(&text, &config.presets);
        let query = query.map_err(|error| anyhow!("{}", error.within(config)))?;
        if let Some(name) = query.dropped.first() {
            bail!("{name} is not a parameter");
        }
        if let Some(name) = query.known.iter().find(|name| ["dpr", "raw"].contains(name)) {
            bail!("{name} cannot be given: which variant is shown, the browser chooses");
        }
        if let Some(format) = query.format.filter(|format| format.holds() != Holds::Picture) {
            bail!("f={format} is no picture that a page shows");
        }
        let has_side = query.options.width.is_some() || query.options.height.is_some();
        Ok(Asked { query, text, has_side })
    }

    /// Returns the variant at the requested size, or the original's. It omits blur and sharpening, which depend on that
    /// size.
    fn variant(&self) -> Variant {
        let options = Options { blur: None, sharpen: None, ..self.query.options.clone() };
        Variant::new(options, self.query.format.map_or(Output::Auto, Output::Format))
    }
}

/// Everything that the URLs depend on.
struct Page<'a> {
    base: &'a str,
    key: &'a Key,
    policy: &'a Policy,
    until: u64,
    asked: Asked,
}

/// One candidate of `srcset`.
struct Candidate {
    url: String,
    size: Size,
    /// The descriptor in `srcset`: `640w` or `2x`.
    descriptor: String,
    /// Image pixels per CSS pixel.
    density: Dpr,
    is_signed: bool,
}

impl Candidate {
    /// Returns the size in CSS pixels.
    fn size_on_page(&self) -> Size {
        let side = |side: u32| (f64::from(side) * 10.0 / f64::from(self.density.tenths())).round().max(1.0) as u32;
        Size { width: side(self.size.width), height: side(self.size.height) }
    }
}

impl Page<'_> {
    /// Returns at least one candidate, smallest first.
    fn candidates(&self, source: &Header) -> anyhow::Result<Vec<Candidate>> {
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut add = |candidate: Candidate| {
            // Images are never enlarged, so a larger request may give the same size.
            if candidates.iter().all(|other| other.size != candidate.size) {
                candidates.push(candidate);
            }
        };
        if self.asked.has_side {
            let own = self.asked.query.dpr;
            let mut densities: Vec<Dpr> = DENSITIES.iter().filter_map(|text| text.parse().ok()).chain([own]).collect();
            densities.sort_by_key(|density| density.tenths());
            densities.dedup();
            for density in densities {
                let text = density.to_string();
                let more = if density == own { None } else { Some(("dpr", &*text)) };
                match self.candidate(source, more, |_| format!("{text}x")) {
                    Ok(candidate) => add(Candidate { density, ..candidate }),
                    // The policy may refuse other device pixel ratios.
                    Err(_) if density != own => {}
                    Err(error) => return Err(error),
                }
            }
            return Ok(candidates);
        }
        let widths = responsive_widths::widths(self.policy.config());
        if widths.is_empty() {
            add(self.candidate(source, None, |size| format!("{}w", size.width))?);
        } else {
            let most = ridge_pixels::size(source, &self.asked.variant()).width;
            for width in responsive_widths::up_to(&widths, most) {
                let width = width.to_string();
                add(self.candidate(source, Some(("w", &width)), |size| format!("{}w", size.width))?);
            }
        }
        Ok(candidates)
    }

    fn candidate(
        &self,
        source: &Header,
        more: Option<(&str, &str)>,
        descriptor: impl Fn(Size) -> String,
    ) -> anyhow::Result<Candidate> {
        let query = Serializer::new(self.asked.text.clone()).extend_pairs(more).finish();
        // Without a parameter the URL is the original's, unless `auto` is enabled.
        let query = match &*query {
            "" if self.policy.config().auto => String::new(),
            "" => "f=auto".to_owned(),
            query => query.to_owned(),
        };
        let path = self.key.to_path();
        let plain = format!("{}{path}{}{query}", self.base, if query.is_empty() { "" } else { "?" });
        let needed = needed_signature(&path, &query, self.policy).map_err(url::told)?;
        let is_signed = needed.is_some();
        let (url, destination) = match needed {
            Some(needs) => {
                let url = url::signed(&plain, needs.path_to_sign(), self.until, self.policy)?;
                (url, needs.destination().clone())
            }
            None => {
                let decision = decide(&path, &query, &Accept::default(), self.policy).map_err(url::told)?;
                (plain, decision.destination().clone())
            }
        };
        let Path::Variant(path) = destination.path else { bail!("{url} is the original itself") };
        let size = ridge_pixels::size(source, path.variant());
        Ok(Candidate { url, size, descriptor: descriptor(size), density: Dpr::default(), is_signed })
    }
}

fn base(url: &str) -> anyhow::Result<&str> {
    let base = url.trim_end_matches('/');
    let host = ["https://", "http://"].iter().find_map(|scheme| base.strip_prefix(scheme));
    if !url.is_empty() && !host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '"'])) {
        bail!("{url:?} is not where a distribution is; write it as https://cdn.example.com");
    }
    Ok(base)
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

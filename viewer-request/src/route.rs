//! The decision behind a request, apart from the event around it.

use ridge_contract::negotiate::{self, Why};
use ridge_contract::policy::Unlisted;
use ridge_contract::query::{self, Query};
use ridge_contract::signing::{self, Given};
use ridge_contract::{Accept, Config, Fault, Key, Path, Problem, Signing, Variant, VariantPath, undecided};

/// Where a request goes, and what is worth telling about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The original or the variant that is asked for.
    pub path: Path,
    /// Why the variant has its format; `None` for an original and for a path that was canonical already.
    pub why: Option<Why>,
    /// Query parameters that mean nothing here.
    pub dropped: Vec<String>,
    /// Whether the largest size that is allowed left less than the `dpr` that was asked.
    pub density_cut: bool,
    /// What must be signed for it; `None` where nothing need be. The route is not to be taken before that is verified.
    pub signed: Option<Signed>,
}

/// A signature that is needed, and what came of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The path that it is over. Where the client decides the format, `auto` stands in its place.
    pub path: String,
    /// What the query string has.
    pub given: Given,
}

impl Route {
    /// The rewritten URI: the one spelling of the path.
    pub fn uri(&self) -> String {
        match &self.path {
            Path::Original(key) => key.to_path(),
            Path::Variant(path) => path.to_string(),
        }
    }

    /// Whether it may be taken at `now`, in seconds since 1970.
    pub fn verify(&self, config: &Config, now: impl FnOnce() -> u64) -> Result<(), Problem> {
        let Some(Signed { path, given }) = &self.signed else { return Ok(()) };
        config.keys.verify(path, given, now())
    }
}

/// Decides where a request goes, or says what is wrong with it.
///
/// `uri` is percent-encoded as the client sent it, `querystring` is without `?`.
pub fn route(uri: &str, querystring: &str, accept: &Accept, config: &Config) -> Result<Route, Problem> {
    let query = query::parse_with(querystring, &config.presets);
    let mut query = query.map_err(|error| Problem::request(error.within(config)))?;
    let given = match config.signing {
        Signing::Off => Given::default(),
        Signing::Outside | Signing::All => {
            query.dropped.retain(|name| !signing::PARAMETERS.contains(&name.as_str()));
            Given::find(querystring)
        }
    };
    let asked = Asked { config, given, query };
    match Path::parse(uri).map_err(|error| Problem::request(error.within(config)))? {
        Path::Variant(path) => asked.canonical(path),
        Path::Original(key) if asked.query.raw => asked.raw(key),
        Path::Original(key) if asked.query.known.is_empty() && !(config.auto && key.is_called_picture()) => {
            Ok(asked.original(key))
        }
        Path::Original(key) => asked.variant(key, accept),
    }
}

/// A request that has been read.
struct Asked<'a> {
    config: &'a Config,
    given: Given,
    query: Query,
}

impl Asked<'_> {
    fn original(self, key: Key) -> Route {
        let path = (self.config.signing == Signing::All).then(|| key.to_path());
        self.route(Path::Original(key), path)
    }

    fn raw(self, key: Key) -> Result<Route, Problem> {
        if self.query.known.len() > 1 {
            let text = "raw=1 is the original as it is; it takes no other parameter beside it";
            return Err(Problem::new(Fault::Request, text));
        }
        Ok(self.original(key))
    }

    /// The canonical path is a public spelling too, under the same policy, and takes no parameters.
    fn canonical(self, path: VariantPath) -> Result<Route, Problem> {
        if let Some(name) = self.query.known.first() {
            let text =
                format!("{name} cannot be added to a path that is a variant already; ask for {}", path.original());
            return Err(Problem::new(Fault::Request, text));
        }
        self.config.limits_of(path.variant())?;
        let signed = self.needed(&path, || path.to_string())?;
        Ok(self.route(Path::Variant(path), signed))
    }

    fn variant(mut self, key: Key, accept: &Accept) -> Result<Route, Problem> {
        let config = self.config;
        config.limits(&self.query.options)?;
        let (output, why) = negotiate::output(self.query.format, accept, &key, &config.formats);
        let density_cut = self.size()?;
        let options = self.query.options.clone();
        let path = match VariantPath::new(Variant::new(options.clone(), output), key.clone()) {
            Ok(path) => path,
            // A long key leaves no room for what nobody asked for.
            Err(_) if self.query.known.is_empty() => return Ok(self.original(key)),
            Err(error) => return Err(Problem::request(error)),
        };
        let is_decided = self.query.format.is_some();
        let signed = self.needed(&path, || if is_decided { path.to_string() } else { undecided(&options, &key) })?;
        Ok(Route { why: Some(why), density_cut, ..self.route(Path::Variant(path), signed) })
    }

    /// Gives the options their size; returns whether that cuts `dpr`.
    fn size(&mut self) -> Result<bool, Problem> {
        let (config, dpr) = (self.config, self.query.dpr);
        if self.is_lifted() {
            return Ok(self.query.options.multiply(dpr, config.max_width, config.max_height));
        }
        self.may_be_named().map_err(|problem| self.outside(problem))?;
        if self.query.has_preset_sides {
            return Ok(self.query.options.multiply(dpr, config.max_width, config.max_height));
        }
        config.size(&mut self.query.options, dpr).map_err(|problem| self.outside(problem))
    }

    /// Whether the parameters that are given are ones that may be.
    fn may_be_named(&self) -> Result<(), Problem> {
        const BESIDE_PRESETS: [&str; 2] = ["p", "dpr"];
        let known = &self.query.known;
        if self.config.presets_only && !known.iter().all(|name| BESIDE_PRESETS.contains(name)) {
            return Err(self.config.only_presets());
        }
        if known.contains(&"dpr") { self.config.listed_density(self.query.dpr) } else { Ok(()) }
    }

    /// What must be signed for a variant, or why it cannot be had.
    fn needed(&self, path: &VariantPath, text: impl FnOnce() -> String) -> Result<Option<String>, Problem> {
        match (self.config.signing, self.config.unlisted(path)) {
            (Signing::All, Ok(())) => Ok(Some(text())),
            (Signing::Off | Signing::Outside, Ok(())) => Ok(None),
            (Signing::Outside, Err(_)) if self.is_lifted() => Ok(Some(text())),
            (_, Err(unlisted)) => Err(self.outside(self.told(unlisted))),
        }
    }

    /// What a preset has set is not for the client to leave out: what is given beside the preset is.
    fn told(&self, Unlisted { param, problem }: Unlisted) -> Problem {
        let others: Vec<_> = self.query.known.iter().filter(|name| !["p", "dpr"].contains(name)).copied().collect();
        match (&self.query.preset, param) {
            (Some(preset), Some(param)) if !self.query.set.contains(&param) && !others.is_empty() => {
                let others = others.join(" and ");
                let text = format!(
                    "the preset \"{preset}\" sets {param}, which is allowed only in the preset as it is: leave {others} out"
                );
                Problem::new(Fault::Request, text)
            }
            _ => problem,
        }
    }

    /// Whether the lists give way to a signature. That it is right is for [`Route::verify`] to say.
    fn is_lifted(&self) -> bool {
        self.config.signing == Signing::Outside && !self.given.is_empty()
    }

    /// What the lists refuse is refused for want of a signature where one would lift them.
    fn outside(&self, problem: Problem) -> Problem {
        match self.config.signing {
            Signing::Outside => Problem::new(Fault::Unsigned, format!("{}; a signed URL may ask for it", problem.text)),
            Signing::Off | Signing::All => problem,
        }
    }

    fn route(self, path: Path, signed: Option<String>) -> Route {
        let signed = signed.map(|path| Signed { path, given: self.given });
        Route { path, why: None, dropped: self.query.dropped, density_cut: false, signed }
    }
}

//! The decision behind a request (contract sections 1 to 3), apart from the event around it.

use shared::negotiate::{self, Why};
use shared::{Accept, Config, Fault, Format, Key, Path, Problem, Variant, VariantPath, query};

/// Where a request goes, and what is worth telling about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The original or the variant that is asked for.
    pub path: Path,
    /// Why the variant has its format; `None` for an original and for a path that was canonical already.
    pub why: Option<Why>,
    /// Query parameters that mean nothing here.
    pub dropped: Vec<String>,
    /// Whether the configured maximum left less than the `dpr` that was asked.
    pub density_cut: bool,
}

impl Route {
    /// The rewritten URI: the one spelling of the path.
    pub fn uri(&self) -> String {
        match &self.path {
            Path::Original(key) => key.to_path(),
            Path::Variant(path) => path.to_string(),
        }
    }
}

/// Decides where a request goes, or says what is wrong with it.
///
/// `uri` is percent-encoded as the client sent it, `querystring` is without `?`.
pub fn route(uri: &str, querystring: &str, accept: &Accept, config: &Config) -> Result<Route, Problem> {
    let words = |values: &str| config.words(values);
    let query = query::parse(querystring).map_err(|error| Problem::request(error.with_values(words)))?;
    let key = match Path::parse(uri).map_err(|error| Problem::request(error.with_values(words)))? {
        Path::Variant(path) => return canonical(path, query, config),
        Path::Original(key) => key,
    };
    let mut route = Route { path: Path::Original(key.clone()), why: None, dropped: query.dropped, density_cut: false };
    if query.known.is_empty() && !(config.auto && is_image_url(&key)) {
        return Ok(route);
    }
    let (output, why) = negotiate::output(query.format, accept, &key, &config.formats);
    let mut options = query.options;
    config.check(&Variant::new(options.clone(), output))?;
    route.density_cut = options.multiply(query.dpr, config.max_width, config.max_height);
    let path = VariantPath::new(Variant::new(options, output), key).map_err(Problem::request)?;
    Ok(Route { path: Path::Variant(path), why: Some(why), ..route })
}

/// The canonical path is a public spelling too, under the same policy, and takes no parameters.
fn canonical(path: VariantPath, query: query::Query, config: &Config) -> Result<Route, Problem> {
    if let Some(name) = query.known.first() {
        let text = format!("{name} cannot be added to a path that is a variant already; ask for {}", path.original());
        return Err(Problem::new(Fault::Request, text));
    }
    config.check(path.variant())?;
    Ok(Route { path: Path::Variant(path), why: None, dropped: query.dropped, density_cut: false })
}

fn is_image_url(key: &Key) -> bool {
    key.extension().and_then(Format::from_extension).is_some()
}

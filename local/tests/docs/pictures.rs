//! The images in docs/parameters.md equal the variants of the URLs beside them.

use std::collections::BTreeSet;
use std::fs;

use ridge_contract::params::PARAMS;
use ridge_contract::{Accept, Config, Format, Path, Policy, VariantPath, decide};
use ridge_pixels::{Rendered, header, recognise};

use super::pages::{Item, Page, read, root};
use crate::support::pictures;

const PAGE: &str = "docs/parameters.md";
const COMMAND: &str = "UPDATE_DOCS=1 cargo test -p local docs::pictures";

/// The maximum size of all images together, in bytes, so that the page loads quickly.
const BUDGET: u64 = 300_000;

/// Maximum differences, of 255: the mean of all channels, and the largest. Processors round differently, and so do
/// versions of codecs.
const MEAN: f64 = 1.0;
const MOST: u8 = 40;

/// A URL on the page, and its image if it has one.
struct Shown {
    url: String,
    file: Option<String>,
    /// The size that the page states.
    said: Option<String>,
    /// The `ridge.json` at this place of the page.
    config: Config,
}

/// Returns the URLs. An image belongs to the next URL; a URL that starts with a question mark belongs to the last
/// original.
fn shown() -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let (mut original, mut picture, mut config) = (String::new(), None, Config::default());
    let mut items = Page::read(PAGE).items.into_iter().peekable();
    while let Some(item) = items.next() {
        match item {
            Item::Block { language, text } if language == "json" => config = Config::parse(&text).unwrap(),
            Item::Picture(file) => {
                assert_eq!(picture.replace(file.clone()), None, "{file}: the picture before it has no URL");
            }
            Item::Code(code) if code.starts_with(['/', '?']) => {
                if let Some((path, _)) = code.split_once('?').filter(|(path, _)| !path.is_empty()) {
                    path.clone_into(&mut original);
                } else if code.starts_with('/') {
                    original.clone_from(&code);
                }
                let url = if code.starts_with('?') { format!("{original}{code}") } else { code };
                let said = items.next_if(|item| matches!(item, Item::Text(text) if text.trim_end().ends_with(" kB")));
                let said = said.and_then(|item| match item {
                    Item::Text(text) => Some(text.trim_matches([',', ' ']).to_owned()),
                    _ => None,
                });
                shown.push(Shown { url, file: picture.take(), said, config: config.clone() });
            }
            _ => {}
        }
    }
    assert_eq!(picture, None, "the image has no URL");
    shown
}

impl Shown {
    fn route(&self) -> Path {
        let (path, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let accept = Accept::parse(["image/avif,image/webp,*/*;q=0.8"]);
        let asked = ridge_contract::query::parse_with(query, &self.config.presets).unwrap();
        assert!(asked.dropped.is_empty(), "{}: {:?} mean nothing", self.url, asked.dropped);
        let decision = decide(path, query, &accept, &Policy::new(self.config.clone()));
        decision.unwrap_or_else(|problem| panic!("{}: {}", self.url, problem.text)).destination().path.clone()
    }

    fn make(&self) -> Rendered {
        let Path::Variant(path) = self.route() else { panic!("{} asks for nothing", self.url) };
        let source = pictures::sample(path.original().as_str().strip_prefix("photos/").unwrap());
        ridge_pixels::render(&source, path.variant(), &self.config, &mut |_| {}).unwrap()
    }
}

/// Returns the pixels of the first frame, decoded by the pipeline.
fn pixels_of(bytes: &[u8]) -> image::RgbaImage {
    let png = VariantPath::parse("/w_auto/png/x").unwrap();
    let seen = ridge_pixels::render(bytes, png.variant(), &Config::default(), &mut |_| {}).unwrap();
    image::load_from_memory(&seen.bytes).unwrap().into_rgba8()
}

fn difference(known: &[u8], made: &[u8]) -> Option<String> {
    let facts = |bytes| {
        let header = header(recognise(bytes).unwrap(), bytes).unwrap();
        (header.kind, header.size, header.frames)
    };
    if facts(known) != facts(made) {
        return Some(format!("{:?} and not {:?}", facts(made), facts(known)));
    }
    let (known, made) = (pixels_of(known), pixels_of(made));
    let differences = || known.as_raw().iter().zip(made.as_raw()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences().map(f64::from).sum::<f64>() / known.as_raw().len() as f64;
    let most = differences().max().unwrap_or(0);
    (mean > MEAN || most > MOST).then(|| format!("differs by {mean:.2} in the mean and {most} at most"))
}

#[test]
fn every_image_equals_the_variant_of_its_url() {
    let is_update = std::env::var_os("UPDATE_DOCS").is_some();
    let shown = shown();
    let mut wrong = Vec::new();
    for one in shown.iter().filter(|one| one.file.is_some()) {
        let file = one.file.as_deref().unwrap();
        let (path, made) = (root().join("docs").join(file), one.make());
        let ending = path.extension().unwrap().to_str().unwrap();
        assert_eq!(Format::from_extension(ending), Some(made.format), "{file}: {}", one.url);
        if is_update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &made.bytes).unwrap();
        }
        let problem =
            fs::read(&path).map_or_else(|error| Some(error.to_string()), |known| difference(&known, &made.bytes));
        wrong.extend(problem.map(|problem| format!("{file}, {}: {problem}", one.url)));
    }
    assert!(wrong.is_empty(), "{}\nIf that is meant, run {COMMAND}, and look at what changed.", wrong.join("\n"));
    assert!(shown.iter().filter(|one| one.file.is_some()).count() > 40);
}

#[test]
fn every_image_is_shown_and_all_are_small() {
    let shown = shown();
    let mut bytes = 0;
    let files = |entry: fs::DirEntry| {
        (format!("pictures/{}", entry.file_name().to_str().unwrap()), entry.metadata().unwrap().len())
    };
    let there: Vec<_> =
        fs::read_dir(root().join("docs/pictures")).unwrap().map(|entry| files(entry.unwrap())).collect();
    for (file, size) in there {
        let one =
            shown.iter().find(|one| one.file.as_ref() == Some(&file)).unwrap_or_else(|| panic!("{file} is not shown"));
        let kilobytes = format!("{:.1} kB", size as f64 / 1e3);
        assert!(one.said.as_ref().is_none_or(|said| *said == kilobytes), "{file} has {kilobytes}, not {:?}", one.said);
        bytes += size;
    }
    assert!(bytes < BUDGET, "{bytes}");
}

/// URLs without an image resolve too. Every parameter has an example, and a heading that links can name.
#[test]
fn every_url_resolves_and_every_parameter_has_an_example() {
    let mut seen = BTreeSet::new();
    for one in shown() {
        one.route();
        let query = one.url.split_once('?').map_or("", |(_, query)| query);
        seen.extend(query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0.to_owned())));
    }
    let missing: Vec<_> = PARAMS.iter().map(|param| param.name).filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "{PAGE} shows nothing of {missing:?}");

    let headings = Page::read(PAGE).items.into_iter().filter_map(|item| match item {
        Item::Heading(text) => Some(text),
        _ => None,
    });
    let words: BTreeSet<_> = headings.flat_map(|text| text.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    let words: BTreeSet<_> = words.iter().map(|word| word.trim_end_matches(',')).collect();
    let missing: Vec<_> = PARAMS.iter().map(|param| param.name).filter(|name| !words.contains(*name)).collect();
    assert!(missing.is_empty(), "{PAGE} has no heading for {missing:?}");
}

#[test]
fn the_readme_states_the_sizes_of_its_images() {
    let mut seen = 0;
    for cell in read("README.md").split('|').map(str::trim).filter(|cell| cell.ends_with(" kB")) {
        let is_file = |part: &&str| part.starts_with("docs/pictures/") || part.starts_with("testdata/");
        let file = cell.split(['"', '(', ')']).find(is_file).unwrap_or_else(|| panic!("{cell} shows no picture"));
        let size = fs::metadata(root().join(file)).unwrap().len();
        assert_eq!(cell.rsplit(", ").next(), Some(format!("{:.1} kB", size as f64 / 1e3).as_str()), "{file}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

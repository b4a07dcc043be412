//! The allow-lists of `options`, as values: parsed once, compared on every request.

use crate::config::{Allowed, Lists};
use crate::format::Output;
use crate::params::{Draft, Every, Param, Place};
use crate::values::{Dpr, Flip, Rotation};
use crate::variant::{Options, Variant};

/// The parameters that give an orientation. Several combinations of them give the same one.
const ORIENTATION: [&str; 2] = ["rot", "flip"];

/// The allow-lists of all parameters but `w` and `h`.
#[derive(Clone)]
pub(super) struct AllowLists {
    /// The values of `f`. There may be more output formats: those that are negotiated.
    pub(super) formats: Vec<Output>,
    /// The values of `dpr`, without duplicates and maybe without 1, which is always allowed.
    pub(super) densities: Vec<Dpr>,
    /// The lists of parameters that a path shows, in the order of the path, without `rot` and `flip`. A parameter that
    /// allows any value has no list.
    options: Vec<AllowList>,
    /// The lists of `rot` and `flip`.
    orientation: Vec<AllowList>,
    /// The orientations, in normal form, that `rot` and `flip` together allow; `None` for any.
    orientations: Option<Vec<(Rotation, Flip)>>,
}

/// The allowed values of one parameter that a path shows.
#[derive(Clone)]
struct AllowList {
    param: &'static Param,
    /// Options with one of the values each, and all other parameters at their defaults. The parameter's own default, which
    /// is always allowed, is not among them.
    values: Vec<Options>,
}

impl AllowLists {
    pub(super) fn new(lists: &Lists) -> AllowLists {
        let formats = match lists.of("f") {
            Allowed::Any => Output::all().collect(),
            Allowed::Only(names) => names.iter().filter_map(|name| name.parse().ok()).collect(),
        };
        let densities = match lists.of("dpr") {
            Allowed::Any => Dpr::all().collect(),
            Allowed::Only(texts) => texts.iter().filter_map(|text| text.parse().ok()).collect(),
        };
        let in_path = Lists::params().filter(|param| param.place == Place::Segment);
        let all = in_path.filter_map(|param| Some(AllowList::new(param, lists.of(param.name).list()?)));
        let (orientation, options) = all.partition(|list: &AllowList| ORIENTATION.contains(&list.param.name));
        AllowLists { formats, densities, options, orientation, orientations: orientations(lists) }
    }

    /// The first parameter whose value the lists do not allow.
    pub(super) fn refused(&self, variant: &Variant) -> Option<&'static Param> {
        let refused = |lists: &[AllowList]| lists.iter().find(|list| !list.allows(variant)).map(|list| list.param);
        let Options { rotation, flip, .. } = variant.options();
        let is_oriented = |allowed: &Vec<(Rotation, Flip)>| allowed.contains(&(*rotation, *flip));
        refused(&self.options).or_else(|| {
            // `rot=270&flip=h` is `rot=90&flip=v`, so that neither value need be listed by itself.
            if self.orientations.as_ref().is_none_or(is_oriented) { None } else { refused(&self.orientation) }
        })
    }
}

impl AllowList {
    fn new(param: &'static Param, texts: &[&str]) -> AllowList {
        AllowList { param, values: parsed(param, texts) }
    }

    /// Whether the variant has the parameter's default or, in normal form, a listed value.
    fn allows(&self, variant: &Variant) -> bool {
        let is_same = |value: &Options| Variant::new(with(variant.options(), value), variant.output()) == *variant;
        printed(self.param, variant).is_none() || self.values.iter().any(is_same)
    }
}

/// The allowed values of a parameter that a path shows, as options that are otherwise at their defaults; for a parameter
/// with more values than can be listed, none.
pub(super) fn values(param: &Param, lists: &Lists) -> Vec<Options> {
    match (lists.of(param.name), param.takes.every()) {
        (Allowed::Only(texts), _) => parsed(param, &texts),
        (Allowed::Any, Every::These(every)) => parsed(param, &every),
        (Allowed::Any, Every::Many(_)) => Vec::new(),
    }
}

fn parsed(param: &Param, texts: &[impl AsRef<str>]) -> Vec<Options> {
    let values = texts.iter().filter_map(|text| param.draft(text.as_ref())).map(|draft| draft.options);
    values.filter(|options| *options != Options::default()).collect()
}

/// The orientations that `rot` and `flip` allow together, their defaults included; `None` for all.
fn orientations(lists: &Lists) -> Option<Vec<(Rotation, Flip)>> {
    if ORIENTATION.iter().all(|name| lists.of(name) == Allowed::Any) {
        return None;
    }
    let [rotations, flips] = ORIENTATION.map(|name| {
        let listed = Lists::params().filter(|param| param.name == name).flat_map(|param| values(param, lists));
        [Options::default()].into_iter().chain(listed).collect::<Vec<_>>()
    });
    let pairs = rotations.iter().flat_map(|one| flips.iter().map(|other| (one.rotation, other.flip)));
    let normal = pairs.map(|(rotation, flip)| Options { rotation, flip, ..Options::default() }.settled());
    Some(normal.map(|options| (options.rotation, options.flip)).collect())
}

/// A variant's value of a parameter, as the path has it; `None` if it is the default.
pub(super) fn printed(param: &Param, variant: &Variant) -> Option<String> {
    param.segment(&Draft::from(variant.options().clone()))
}

/// The options with those of `value` that are not at their defaults.
pub(super) fn with(options: &Options, value: &Options) -> Options {
    let Options {
        width,
        height,
        ratio,
        fit,
        gravity,
        quality,
        background,
        blur,
        sharpen,
        rotation,
        flip,
        gray,
        still,
        version,
    } = value.clone();
    fn unless_default<T: Default + PartialEq>(value: T, other: T) -> T {
        if value == T::default() { other } else { value }
    }
    let other = options.clone();
    Options {
        width: unless_default(width, other.width),
        height: unless_default(height, other.height),
        ratio: unless_default(ratio, other.ratio),
        fit: unless_default(fit, other.fit),
        gravity: unless_default(gravity, other.gravity),
        quality: unless_default(quality, other.quality),
        background: unless_default(background, other.background),
        blur: unless_default(blur, other.blur),
        sharpen: unless_default(sharpen, other.sharpen),
        rotation: unless_default(rotation, other.rotation),
        flip: unless_default(flip, other.flip),
        gray: unless_default(gray, other.gray),
        still: unless_default(still, other.still),
        version: unless_default(version, other.version),
    }
}

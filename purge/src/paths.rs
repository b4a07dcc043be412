//! The paths of an invalidation, for a distribution without cache tags.
//!
//! CloudFront requires RFC 1738's unsafe characters and all non-ASCII characters to be encoded, and no others ("What
//! you need to know when invalidating files"). Cached paths have the encoding of [`Key::to_path`], which encodes more
//! characters but not `~`. CloudFront refuses `~`, and `%7E` does not match a cached path with `~`. Therefore a path is
//! named up to the first character on which the encodings differ, and everything with that prefix is invalidated.

use std::collections::BTreeSet;

use ridge_contract::Key;

/// All variants: `*` is allowed only at the end of a path, and a variant's path begins with its parameters.
const ALL_VARIANTS: &str = "/w_*";

const EVERYTHING: &str = "/*";

/// The maximum number of prefixes in addition to [`ALL_VARIANTS`]. CloudFront allows 15 wildcards in progress
/// ("Concurrent invalidation request maximum"), so three invalidations fit.
const MAX_PREFIXES: usize = 4;

/// Parts of cached paths that an invalidation may not match: `~`, and the characters that [`Key::to_path`] encodes and
/// RFC 1738 does not call unsafe.
const UNCERTAIN: [&str; 15] =
    ["~", "%21", "%24", "%26", "%27", "%28", "%29", "%2A", "%2B", "%2C", "%3A", "%3B", "%3D", "%3F", "%40"];

/// Returns paths for these originals, all variants of all originals, and as few others as possible.
pub(crate) fn items(originals: &[Key]) -> Vec<String> {
    let items: BTreeSet<_> = originals.iter().map(item).chain([ALL_VARIANTS.to_owned()]).collect();
    let prefixes = items.iter().filter(|item| item.ends_with('*')).count() - 1;
    if items.contains(EVERYTHING) || prefixes > MAX_PREFIXES {
        return vec![EVERYTHING.to_owned()];
    }
    items.into_iter().collect()
}

fn item(original: &Key) -> String {
    let path = original.to_path();
    match UNCERTAIN.iter().filter_map(|spelling| path.find(spelling)).min() {
        None => path,
        Some(end) => format!("{}*", &path[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: &[&str]) -> Vec<String> {
        items(&keys.iter().map(|key| Key::new(*key).unwrap()).collect::<Vec<_>>())
    }

    #[test]
    fn paths_end_at_the_first_uncertain_character() {
        for (key, expected) in [
            ("photos/cat_1-a.jpg", "/photos/cat_1-a.jpg"),
            ("a b/猫 \"<>#%{}|\\^[]`.png", "/a%20b/%E7%8C%AB%20%22%3C%3E%23%25%7B%7D%7C%5C%5E%5B%5D%60.png"),
            ("100%21.jpg", "/100%2521.jpg"),
            ("js/runtime~main.jpg", "/js/runtime*"),
            ("a/b (1).jpg", "/a/b%20*"),
            ("é+~.jpg", "/%C3%A9*"),
        ] {
            assert_eq!(of(&[key]), [expected, ALL_VARIANTS], "{key}");
        }
        for character in "~!$&'()*+,;:=?@".chars() {
            assert_eq!(of(&[&format!("a{character}b")]), ["/a*", ALL_VARIANTS], "{character}");
        }
    }

    #[test]
    fn more_prefixes_become_one_wildcard() {
        assert_eq!(of(&["~a", "b.jpg"]), [EVERYTHING]);
        assert_eq!(of(&["a~1", "a~2", "c.jpg"]), ["/a*", "/c.jpg", ALL_VARIANTS], "each prefix once");
        let keys: Vec<_> = (0..=MAX_PREFIXES).map(|number| format!("{number}~")).collect();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        assert_eq!(of(&keys[1..]).len(), MAX_PREFIXES + 1);
        assert_eq!(of(&keys), [EVERYTHING]);
    }
}

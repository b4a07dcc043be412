//! What an invalidation names where it cannot name tags.
//!
//! CloudFront wants RFC 1738's unsafe characters and all beyond ASCII encoded, and no others ("What you need to know when
//! invalidating files"). What is cached has [`Key::to_path`]'s spelling, which encodes more than that and leaves `~` as it
//! is: CloudFront refuses a bare `~`, and takes `%7E` and finds nothing by it. So a path is named as far as both spellings
//! are one, and what begins so is forgotten.

use std::collections::BTreeSet;

use ridge_contract::Key;

/// All variants: paths allow `*` at their end only, and a variant's begins with its parameters.
const ALL_VARIANTS: &str = "/w_*";

const EVERYTHING: &str = "/*";

/// Most beginnings beside [`ALL_VARIANTS`]. CloudFront has 15 in progress at a time ("Concurrent invalidation request
/// maximum"): so that three invalidations fit beside each other.
const MAX_BEGINNINGS: usize = 4;

/// The characters in the spelling of a cached path of which it is not sure that an invalidation finds them: `~`, and those
/// that [`Key::to_path`] encodes and RFC 1738 does not call unsafe.
const DOUBTFUL: [&str; 15] =
    ["~", "%21", "%24", "%26", "%27", "%28", "%29", "%2A", "%2B", "%2C", "%3A", "%3B", "%3D", "%3F", "%40"];

/// Items that name these originals, all variants of all originals, and as little else as can be.
pub(crate) fn items(originals: &[Key]) -> Vec<String> {
    let items: BTreeSet<_> = originals.iter().map(item).chain([ALL_VARIANTS.to_owned()]).collect();
    let beginnings = items.iter().filter(|item| item.ends_with('*')).count() - 1;
    if items.contains(EVERYTHING) || beginnings > MAX_BEGINNINGS {
        return vec![EVERYTHING.to_owned()];
    }
    items.into_iter().collect()
}

fn item(original: &Key) -> String {
    let path = original.to_path();
    match DOUBTFUL.iter().filter_map(|spelling| path.find(spelling)).min() {
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
    fn paths_end_where_their_spelling_is_in_doubt() {
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
    fn few_beginnings_are_named() {
        assert_eq!(of(&["~a", "b.jpg"]), [EVERYTHING]);
        assert_eq!(of(&["a~1", "a~2", "c.jpg"]), ["/a*", "/c.jpg", ALL_VARIANTS], "each once");
        let keys: Vec<_> = (0..=MAX_BEGINNINGS).map(|number| format!("{number}~")).collect();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        assert_eq!(of(&keys[1..]).len(), MAX_BEGINNINGS + 1);
        assert_eq!(of(&keys), [EVERYTHING]);
    }
}

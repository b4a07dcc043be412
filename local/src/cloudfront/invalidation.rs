//! The items of an invalidation, by CloudFront's rules ("What you need to know when invalidating files" and "… tags").

use std::fmt;

use super::cached_response::CachedResponse;

/// The maximum length of a path, in characters.
const PATH_CHARACTERS: usize = 4000;

/// Characters that must be encoded: those that RFC 1738 section 2.2 calls unsafe, except `%`, which begins an encoded
/// one.
const UNSAFE: &str = " \"<>#{}|\\^~[]`";

/// One item of an invalidation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum InvalidationItem {
    /// One path.
    Path(String),
    /// All paths that begin with this.
    Beginning(String),
    /// All responses with this tag, case-insensitively.
    Tag(String),
}

impl InvalidationItem {
    /// Parses `/path`, `/beginning*` or `#tag`.
    pub(super) fn parse(text: &str) -> Result<InvalidationItem, String> {
        let refused =
            |why: &str| Err(format!("Your request contains one or more invalid invalidation paths: {text:?} {why}."));
        if let Some(tag) = text.strip_prefix('#') {
            let most = ridge_cloudfront::CACHE_TAG_CHARACTERS;
            let is_visible = tag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
            return if is_visible && (1..=most).contains(&tag.len()) {
                Ok(InvalidationItem::Tag(tag.to_owned()))
            } else {
                refused(&format!("is not # and 1 to {most} visible ASCII characters other than a comma"))
            };
        }
        if !text.starts_with('/') || !text.is_ascii() || text.len() > PATH_CHARACTERS {
            return refused(&format!("is not a slash and at most {} ASCII characters", PATH_CHARACTERS - 1));
        }
        if text.contains(|character: char| UNSAFE.contains(character) || character.is_ascii_control()) {
            return refused("has a character that must be encoded");
        }
        match text.split_once('*') {
            None => Ok(InvalidationItem::Path(text.to_owned())),
            Some((beginning, "")) => Ok(InvalidationItem::Beginning(beginning.to_owned())),
            Some(_) => refused("has a * that is not its last character"),
        }
    }

    /// Whether the item ends in `*`. CloudFront allows fewer of these in progress.
    pub(super) fn is_wildcard(&self) -> bool {
        matches!(self, InvalidationItem::Beginning(_))
    }

    /// Whether the item selects a cached response.
    pub(super) fn names(&self, path: &str, entry: &CachedResponse) -> bool {
        match self {
            InvalidationItem::Path(named) => path == named,
            InvalidationItem::Beginning(beginning) => path.starts_with(beginning),
            InvalidationItem::Tag(tag) => entry.tags().any(|held| held.eq_ignore_ascii_case(tag)),
        }
    }
}

impl fmt::Display for InvalidationItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidationItem::Path(path) => f.write_str(path),
            InvalidationItem::Beginning(beginning) => write!(f, "{beginning}*"),
            InvalidationItem::Tag(tag) => write!(f, "#{tag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use ridge_cloudfront::event::{Headers, Response};

    use super::*;

    fn entry(tags: &[&str]) -> CachedResponse {
        let mut headers = Headers::default();
        tags.iter().for_each(|tags| headers.add(ridge_cloudfront::CACHE_TAG, tags));
        CachedResponse::generated(&Response::generated(200, "OK", headers))
    }

    #[test]
    fn items_select_paths_and_tags() {
        let tagged = entry(&["a, Key-B ,", "c"]);
        for (item, path, expected) in [
            ("/a.jpg", "/a.jpg", true),
            ("/a.jpg", "/A.jpg", false),
            ("/a.jpg", "/a.jpg2", false),
            ("/a*", "/a.jpg", true),
            ("/w_*", "/w_200/webp/a.jpg", true),
            ("/w_*", "/a/w_200/webp/a.jpg", false),
            ("/*", "/", true),
            ("#a", "/x", true),
            ("#key-b", "/x", true),
            ("#C", "/x", true),
            ("#key", "/x", false),
            ("#*", "/x", false),
        ] {
            let parsed = InvalidationItem::parse(item).unwrap();
            assert_eq!(parsed.names(path, &tagged), expected, "{item} {path}");
            assert_eq!(parsed.to_string(), item);
        }
        let many: Vec<_> = (0..60).map(|number| format!("t{number}")).collect();
        let many = entry(&[&many.join(",")]);
        assert!(InvalidationItem::parse("#t49").unwrap().names("/x", &many));
        assert!(!InvalidationItem::parse("#t50").unwrap().names("/x", &many), "CloudFront uses the first 50 tags");
    }

    #[test]
    fn invalid_items() {
        let (tag, path) =
            (format!("#{}", "a".repeat(ridge_cloudfront::CACHE_TAG_CHARACTERS + 1)), format!("/{}", "a".repeat(4000)));
        let plain = ["", "a.jpg", "#", "#a,b", "#a b", "#ä", "/ä", "/a*b", "/a**", "*", &tag, &path];
        let of_unsafe =
            ["/a~b", "/~*", "/a b", "/a[1]", "/a#b", "/a\\b", "/a`", "/a|b", "/a^", "/{a}", "/<a>", "/\"a\""];
        for item in plain.into_iter().chain(of_unsafe).chain(["/a\tb"]) {
            assert!(InvalidationItem::parse(item).unwrap_err().contains("invalid invalidation paths"), "{item}");
        }
        let longest =
            [format!("#{}", "a".repeat(ridge_cloudfront::CACHE_TAG_CHARACTERS)), format!("/{}", "a".repeat(3999))];
        for item in longest.iter().map(String::as_str).chain(["/a%7Eb%20c", "/a?b=c&d", "/a(1)!'@$,;:+"]) {
            assert!(InvalidationItem::parse(item).is_ok(), "{item}");
        }
    }
}

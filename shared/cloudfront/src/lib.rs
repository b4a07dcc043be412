//! CloudFront and Lambda@Edge: events, quotas, and rules about headers.

mod error;
pub mod event;
mod headers;
mod quotas;

pub use headers::{CACHE_TAG, ON_EVERY_ANSWER, is_of_store};
pub use quotas::{
    BODY_BUDGET, CACHE_TAG_CHARACTERS, CACHE_TAGS, FORBIDDEN, ORIGIN_RESPONSE_BYTES, READ_ONLY_IN_ORIGIN_RESPONSE,
    READ_ONLY_IN_VIEWER_REQUEST, URI_CHARACTERS, VIEWER_RESPONSE_BYTES, is_forbidden,
};

#[cfg(test)]
mod tests {
    use ridge_contract::{CacheTag, Key};

    use super::*;

    #[test]
    fn a_tag_is_what_cloudfront_takes_and_tells_keys_apart() {
        let keys = ["cat.jpg", "Cat.jpg", "a, b.jpg", "猫.png", &"long/".repeat(204), "cat.jpg "];
        let mut tags: Vec<_> = keys.map(|key| CacheTag::of(&Key::new(key.trim_end_matches('/')).unwrap())).into();
        for tag in &tags {
            let tag = tag.as_str();
            assert!(tag.len() <= CACHE_TAG_CHARACTERS, "{tag}");
            assert!(tag.bytes().all(|byte| matches!(byte, 33..=126) && byte != b','), "{tag}");
            assert_eq!(tag.to_ascii_lowercase(), tag);
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), keys.len());
    }

    #[test]
    fn the_stack_names_the_same_header() {
        let stack = include_str!("../../../cdk/lib/distribution.ts");
        assert!(stack.contains(&format!("const CACHE_TAG_HEADER = '{CACHE_TAG}'\n")));
    }
}

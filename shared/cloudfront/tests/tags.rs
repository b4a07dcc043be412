//! Cache tags are what CloudFront accepts.

use ridge_cloudfront::CACHE_TAG_CHARACTERS;
use ridge_contract::{CacheTag, Key};

#[test]
fn a_tag_is_valid_and_distinguishes_keys() {
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

//! Links between the documents, and the files and tests that they name.

use std::collections::BTreeSet;
use std::fs;

use super::pages::{Item, Page, read, root};

/// Returns GitHub's anchor for a heading.
fn anchor(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn every_link_has_a_target() {
    let mut links = 0;
    for page in Page::all() {
        for item in &page.items {
            let (Item::Link(target) | Item::Picture(target)) = item else { continue };
            if target.contains("://") {
                continue;
            }
            let (file, section) =
                target.split_once('#').map_or((target.as_str(), None), |(file, section)| (file, Some(section)));
            let path = if file.is_empty() { root().join(&page.name) } else { page.beside(file) };
            assert!(path.exists(), "{}: there is no {target}", page.name);
            if let Some(section) = section {
                let path = path.canonicalize().unwrap();
                let name = path.strip_prefix(root().canonicalize().unwrap()).unwrap().to_str().unwrap().to_owned();
                let headings = Page::read(&name).items.into_iter().filter_map(|item| match item {
                    Item::Heading(text) => Some(anchor(&text)),
                    _ => None,
                });
                assert!(
                    headings.into_iter().any(|heading| heading == section),
                    "{}: {name} has no #{section}",
                    page.name
                );
            }
            links += 1;
        }
    }
    assert!(links > 60, "{links}");
}

#[test]
fn the_readme_links_to_every_page() {
    let readme = Page::read("README.md");
    let linked = readme.items.iter().filter_map(|item| match item {
        Item::Link(target) => target.split('#').next(),
        _ => None,
    });
    let linked: BTreeSet<_> = linked.collect();
    for page in Page::all() {
        assert!(page.name == "README.md" || linked.contains(page.name.as_str()), "{}", page.name);
    }
}

/// Tests and files named as code, such as `local/tests/edge.rs` and `local/tests/edge.rs::a_test`.
#[test]
fn named_files_and_tests_exist() {
    let mut tests = 0;
    for page in Page::all() {
        for item in &page.items {
            let Item::Code(code) = item else { continue };
            let (file, test) = code.split_once("::").map_or((code.as_str(), None), |(file, test)| (file, Some(test)));
            let is_of_ours = file.contains('/') && [".rs", ".ts", ".sh"].iter().any(|end| file.ends_with(end));
            if !is_of_ours {
                continue;
            }
            let path = if root().join(file).exists() { root().join(file) } else { page.beside(file) };
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {file}: {error}", page.name));
            if let Some(test) = test {
                assert!(text.contains(&format!("fn {test}(")), "{}: there is no {code}", page.name);
                tests += 1;
            }
        }
    }
    assert!(tests > 30, "{tests}");
    assert!(read("README.md").contains("docs/why-rust-runs-at-the-edge.md"));
}

#[test]
fn anchors_are_those_of_github() {
    for (heading, expected) in [
        ("w and h: the size", "w-and-h-the-size"),
        ("From Next.js", "from-nextjs"),
        ("A bucket that is there already", "a-bucket-that-is-there-already"),
        ("CloudFront's own", "cloudfronts-own"),
    ] {
        assert_eq!(anchor(heading), expected);
    }
}

//! The URLs in docs/migration.md.

use ridge_contract::{Accept, Policy, decide};

use super::pages::read;

/// Returns the second cell of each row of the tables, if it is a query.
fn queries(text: &str) -> Vec<&str> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split(" | ").nth(1).unwrap().trim_matches('`')).collect()
}

#[test]
fn every_url_resolves() {
    let text = read("docs/migration.md");
    let queries = queries(&text);
    assert!(queries.len() > 40, "{}", queries.len());
    let accept = Accept::parse(["image/webp"]);
    for query in queries {
        let query = query.strip_prefix('?').unwrap_or_else(|| panic!("{query} is no query"));
        let decision = decide("/photos/cat.jpg", query, &accept, &Policy::default());
        let decision = decision.unwrap_or_else(|problem| panic!("{query}: {}", problem.text));
        let uri = decision.destination().uri();
        assert!(uri.starts_with("/w_"), "{query} asks for nothing: {uri}");
        let asked = ridge_contract::query::parse(query).unwrap();
        assert!(asked.dropped.is_empty(), "{query}: {:?}", asked.dropped);
    }
}

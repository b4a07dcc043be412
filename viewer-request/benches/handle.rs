//! Measures the time for one event, from JSON to JSON.

use criterion::{Criterion, criterion_group, criterion_main};
use ridge_cloudfront::event::Event;
use ridge_contract::Policy;

fn event(uri: &str, querystring: &str) -> String {
    let template = include_str!("../../testdata/events/viewer-request.json");
    let mut event: Event = serde_json::from_str(template).expect("the fixture is an event");
    let request = &mut event.records[0].cf.request;
    request.uri = uri.to_owned();
    request.querystring = querystring.to_owned();
    serde_json::to_string(&event).expect("an event is JSON")
}

fn bench(c: &mut Criterion) {
    let policy = Policy::default();
    for (name, uri, querystring) in [
        ("query", "/photos/cat.jpg", "w=200&h=200&fit=contain&g=ne&q=70&bg=ff0000&v=3&utm_source=mail"),
        ("canonical path", "/w_200/h_200/webp/photos/cat.jpg", ""),
        ("original", "/photos/cat.jpg", ""),
        ("refused", "/photos/cat.jpg", "w=640junk"),
    ] {
        let event = event(uri, querystring);
        c.bench_function(name, |b| {
            b.iter(|| {
                let event: Event = serde_json::from_str(&event).expect("an event");
                let (reply, _) = viewer_request::handle(event.into_cf().expect("a record"), &policy);
                serde_json::to_string(&reply).expect("a reply is JSON")
            });
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);

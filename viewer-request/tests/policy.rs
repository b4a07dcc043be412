//! URLs under a policy: allow-lists, presets, and signatures.

use ridge_contract::{Accept, Config, Fault, Keys, Policy, Problem, Route, decide};

const SECRET: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

const SNAP: &str = r#"{"widths": [320, 640], "options": {"q": ["60"], "dpr": ["2"]}}"#;
const REJECT: &str = r#"{"widths": [320, 640], "heights": [200], "otherwise": "reject"}"#;
const PRESETS: &str = r#"{"presets": {"thumb": "w=100&h=50&g=smart", "print": "f=png&q=90&w=2000"}}"#;
const ONLY: &str = r#"{"presetsOnly": true, "presets": {"thumb": "w=100&h=50"}, "options": {"dpr": ["2"]}}"#;
const LISTED: &str = r#"{"widths": [320], "options": {}, "presets": {"thumb": "w=100&h=50"}}"#;
const AUTO: &str = r#"{"auto": true}"#;

/// Configuration, URL, and the canonical path or, after `!`, the status and the beginning of the error text.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    // Allow-lists.
    (SNAP, "/c.jpg?w=320", "/w_320/webp/c.jpg"),
    (SNAP, "/c.jpg?w=300", "/w_320/webp/c.jpg"),
    (SNAP, "/c.jpg?w=300&h=150", "/w_320/h_160/webp/c.jpg"),
    (SNAP, "/c.jpg?w=200&h=100&dpr=2", "/w_640/h_320/webp/c.jpg"),
    (SNAP, "/c.jpg?w=500&h=100&dpr=2", "/w_640/h_128/webp/c.jpg"),
    (SNAP, "/c.jpg?h=150", "/w_auto/h_150/webp/c.jpg"),
    (SNAP, "/c.jpg?w=641", "!400 w must be one of 320, 640; got \"641\""),
    (SNAP, "/c.jpg?w=9&q=60", "/w_320/q_60/webp/c.jpg"),
    (SNAP, "/c.jpg?w=9&q=61", "!400 q must be 60; got \"61\""),
    (SNAP, "/c.jpg?w=9&v=1", "!400 v is not allowed: leave it out; got"),
    (SNAP, "/c.jpg?w=9&dpr=3", "!400 dpr must be 2; got \"3\""),
    (SNAP, "/c.jpg?w=9&f=gif", "!400 f is not allowed: leave it out; got"),
    (SNAP, "/c.jpg?w=9&f=jpeg", "/w_320/jpeg/c.jpg"),
    (SNAP, "/w_300/webp/c.jpg", "!400 w must be one of 320, 640; got \"300\""),
    (SNAP, "/w_320/v_1/webp/c.jpg", "!400 v is not allowed: leave it out; got"),
    (REJECT, "/c.jpg?w=320&h=200", "/w_320/h_200/webp/c.jpg"),
    (REJECT, "/c.jpg?w=160&h=100&dpr=2", "/w_320/h_200/webp/c.jpg"),
    (REJECT, "/c.jpg?w=300", "!400 w must be one of 320, 640; got \"300\""),
    (r#"{"heights": [200, 400, 800]}"#, "/c.jpg?h=5000", "!400 h must be one of 200, 400, 800; got \"5000\""),
    (r#"{"heights": [200, 400, 800]}"#, "/c.jpg?h=801", "!400 h must be one of 200, 400, 800; got \"801\""),
    (r#"{"heights": [200, 400, 800]}"#, "/w_auto/h_5000/webp/c.jpg", "!400 h must be one of 200, 400, 800; got \"5000\""),
    (REJECT, "/c.jpg?w=9999", "!400 w must be one of 320, 640; got \"9999\""),
    (REJECT, "/c.jpg?w=320&h=201", "!400 h must be 200; got \"201\""),
    // Presets: a parameter in the URL overrides the preset's.
    (PRESETS, "/c.jpg?p=thumb", "/w_100/h_50/g_smart/webp/c.jpg"),
    (PRESETS, "/c.jpg?p=thumb&dpr=1.5", "/w_150/h_75/g_smart/webp/c.jpg"),
    (PRESETS, "/c.jpg?p=thumb&w=80", "/w_80/h_50/g_smart/webp/c.jpg"),
    (PRESETS, "/c.jpg?g=n&p=thumb", "/w_100/h_50/g_n/webp/c.jpg"),
    (PRESETS, "/c.jpg?p=thumb&d=9x9", "/w_9/h_9/g_smart/webp/c.jpg"),
    (PRESETS, "/c.jpg?p=thumb&f=png&v=2", "/w_100/h_50/g_smart/v_2/png/c.jpg"),
    (PRESETS, "/c.jpg?p=print", "/w_2000/png/c.jpg"),
    (PRESETS, "/c.jpg?p=print&f=jpg", "/w_2000/q_90/jpeg/c.jpg"),
    (PRESETS, "/c.jpg?p=print&f=auto", "/w_2000/q_90/webp/c.jpg"),
    (PRESETS, "/c.jpg?p=Thumb", "!400 p must be the name of a preset (print, thumb)"),
    (PRESETS, "/c.jpg?p=", "!400 p must be the name of a preset (print, thumb); got \"\""),
    (PRESETS, "/c.jpg?p=thumb&p=print", "!400 p is given more than once"),
    (PRESETS, "/w_100/webp/c.jpg?p=thumb", "!400 p cannot be added to a path that is a variant already"),
    ("{}", "/c.jpg?p=thumb", "!400 p must be the name of a preset (there are none)"),
    (ONLY, "/c.jpg?p=thumb", "/w_100/h_50/webp/c.jpg"),
    (ONLY, "/c.jpg?p=thumb&dpr=2&utm_source=x", "/w_200/h_100/webp/c.jpg"),
    (ONLY, "/c.jpg?p=thumb&dpr=3", "!400 dpr must be 2; got \"3\""),
    (ONLY, "/c.jpg?p=thumb&q=1", "!400 only presets may be asked for: p takes thumb"),
    (ONLY, "/c.jpg?w=100&h=50", "!400 only presets may be asked for: p takes thumb"),
    (ONLY, "/c.jpg?dpr=2", "!400 only presets may be asked for: p takes thumb"),
    (ONLY, "/w_100/h_50/webp/c.jpg", "/w_100/h_50/webp/c.jpg"),
    (ONLY, "/w_100/h_51/webp/c.jpg", "!400 only presets may be asked for: p takes thumb"),
    (ONLY, "/c.jpg", "/c.jpg"),
    // A preset's size is allowed although it is not listed, and does not snap.
    (LISTED, "/c.jpg?p=thumb", "/w_100/h_50/webp/c.jpg"),
    (LISTED, "/c.jpg?w=100&h=50", "/w_320/h_160/webp/c.jpg"),
    (LISTED, "/c.jpg?p=thumb&w=90", "/w_320/h_178/webp/c.jpg"),
    (LISTED, "/c.jpg?p=thumb&fit=fill", "!400 the preset \"thumb\" sets w, which is allowed only in the preset as it is: leave fit out"),
    (LISTED, "/c.jpg?p=thumb&w=321&fit=fill", "!400 w must be 320; got \"321\""),
    // The original as it is.
    (AUTO, "/c.jpg?raw=1", "/c.jpg"),
    (AUTO, "/c.jpg", "/w_auto/webp/c.jpg"),
    ("{}", "/c.jpg?raw=1&utm_source=x", "/c.jpg"),
    ("{}", "/c.jpg?raw=1&w=9", "!400 raw=1 is the original as it is; it takes no other parameter beside it"),
    ("{}", "/c.jpg?raw=0", "!400 raw must be 1"),
    ("{}", "/w_9/webp/c.jpg?raw=1", "!400 raw cannot be added"),
    // Without signing, exp and sig are unknown parameters.
    ("{}", "/c.jpg?w=9&exp=x&sig=y&sig=z", "/w_9/webp/c.jpg"),
];

fn keys() -> Keys {
    Keys::parse(&format!(r#"{{"keys": [{{"id": "a", "secret": "{SECRET}"}}]}}"#)).unwrap()
}

fn policy(json: &str) -> Policy {
    Policy::new(Config::parse(json).unwrap())
}

fn signing(json: &str) -> Policy {
    policy(json).with_keys(keys()).unwrap()
}

fn route(policy: &Policy, url: &str, now: u64) -> Result<Route, Problem> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let accept = Accept::parse(["image/webp,*/*"]);
    decide(path, query, &accept, policy)?.verify(policy, || now)
}

fn verdict(policy: &Policy, url: &str, now: u64) -> String {
    match route(policy, url, now) {
        Ok(route) => route.uri(),
        Err(problem) => format!("!{} {}", problem.fault.response().status, problem.text),
    }
}

#[test]
fn the_table() {
    for (json, url, expected) in CASES {
        let got = verdict(&policy(json), url, 0);
        if expected.starts_with('!') {
            assert!(got.starts_with(expected), "{url} under {json} gave {got}");
        } else {
            assert_eq!(got, *expected, "{url} under {json}");
        }
    }
}

#[test]
fn both_doors_open_to_the_same() {
    for (json, url, expected) in CASES.iter().filter(|(_, _, expected)| expected.starts_with("/w_")) {
        assert_eq!(verdict(&policy(json), expected, 0), *expected, "{url} under {json}");
    }
}

/// The verdict for `url` with a signature of `path`.
fn with(policy: &Policy, url: &str, path: &str, exp: u64, now: u64) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    verdict(policy, &format!("{url}{joint}{}", keys().sign(path, exp).unwrap()), now)
}

#[test]
fn all_means_all() {
    let policy = signing(r#"{"signing": "all", "widths": [100, 200]}"#);
    for (url, path, rewritten) in [
        ("/c.jpg?w=200", "/w_200/auto/c.jpg", "/w_200/webp/c.jpg"),
        ("/c.jpg?w=150", "/w_200/auto/c.jpg", "/w_200/webp/c.jpg"),
        ("/c.jpg?w=200&f=png", "/w_200/png/c.jpg", "/w_200/png/c.jpg"),
        ("/c.jpg?w=200&bg=FF0000", "/w_200/bg_ff0000/auto/c.jpg", "/w_200/webp/c.jpg"),
        ("/a%20b.jpg?d=100x50", "/w_100/h_50/auto/a%20b.jpg", "/w_100/h_50/webp/a%20b.jpg"),
        ("/w_200/webp/c.jpg", "/w_200/webp/c.jpg", "/w_200/webp/c.jpg"),
        ("/c.jpg", "/c.jpg", "/c.jpg"),
        ("/c.jpg?raw=1", "/c.jpg", "/c.jpg"),
    ] {
        assert_eq!(with(&policy, url, path, 100, 100), rewritten, "{url}");
        assert!(with(&policy, url, path, 99, 100).starts_with("!403 the signature has expired"), "{url}");
        assert!(
            with(&policy, url, "/w_200/auto/d.jpg", 100, 0).starts_with("!403 the signature is not that of"),
            "{url}"
        );
        assert!(
            verdict(&policy, url, 0)
                .starts_with(&format!("!403 this URL must be signed: add exp and sig, a signature of {path}?exp=")),
            "{url}"
        );
        // The signature is not listed among the unknown parameters.
        let route = route(
            &policy,
            &format!("{url}{}{}", if url.contains('?') { "&" } else { "?" }, keys().sign(path, 9).unwrap()),
            0,
        );
        assert!(route.unwrap().destination().dropped.is_empty(), "{url}");
    }
    // The allow-lists apply to signed URLs too.
    assert!(with(&policy, "/c.jpg?w=300", "/w_300/auto/c.jpg", 9, 0).starts_with("!400 w must be one of "));
    assert!(with(&policy, "/w_150/webp/c.jpg", "/w_150/webp/c.jpg", 9, 0).starts_with("!400 w must be one of "));
}

#[test]
fn what_a_format_drops_is_signed_where_the_client_decides_the_format() {
    let policy = signing(r#"{"signing": "all"}"#);
    // Behind a signature of one colour nobody can have JPEGs in all colours.
    let signature = keys().sign("/w_9/bg_ff0000/anim_0/auto/c.gif", 9).unwrap();
    let ask = |query: &str| verdict(&policy, &format!("/c.gif?w=9&{query}&{signature}"), 0);
    assert_eq!(ask("bg=ff0000&anim=0"), "/w_9/anim_0/webp/c.gif");
    for other in ["bg=ff0001&anim=0", "bg=ff0000", "anim=0", "bg=ff0000&anim=0&q=1", "bg=ff0000&anim=0&f=webp"] {
        assert!(ask(other).starts_with("!403"), "{other}");
    }
}

#[test]
fn outside_means_what_the_lists_do_not_have() {
    let policy = signing(r#"{"signing": "outside", "widths": [100, 200], "options": {}}"#);
    assert_eq!(verdict(&policy, "/c.jpg?w=150", 0), "/w_200/webp/c.jpg", "snapped without a signature");
    assert_eq!(with(&policy, "/c.jpg?w=150&v=1", "/w_150/v_1/auto/c.jpg", 9, 0), "/w_150/v_1/webp/c.jpg");
    assert_eq!(with(&policy, "/w_150/webp/c.jpg", "/w_150/webp/c.jpg", 9, 0), "/w_150/webp/c.jpg");
    assert_eq!(verdict(&policy, "/c.jpg", 0), "/c.jpg");
    assert_eq!(verdict(&policy, "/c.jpg?w=100&exp=1&sig=x", 0), "/w_100/webp/c.jpg", "none was needed");
    for (url, text) in [
        ("/c.jpg?w=150&v=1", "!403 v is not allowed: leave it out; got \"1\"; a signed URL may ask for it"),
        ("/c.jpg?w=201", "!403 w must be one of 100, 200; got \"201\"; a signed URL may ask for it"),
        ("/w_150/webp/c.jpg", "!403 w must be one of 100, 200; got \"150\"; a signed URL may ask for it"),
        ("/c.jpg?w=150&exp=1&sig=x", "!403 sig is not valid"),
        ("/c.jpg?w=150&exp=1", "!403 a signature has sig once"),
        ("/c.jpg?w=5000&exp=1", "!400 w must be a whole number from 1 to 4096; got \"5000\""),
    ] {
        assert!(verdict(&policy, url, 0).starts_with(text), "{url} gave {}", verdict(&policy, url, 0));
    }
    assert!(
        with(&policy, "/c.jpg?w=151", "/w_150/auto/c.jpg", 9, 0)
            .starts_with("!403 the signature is not that of /w_151/auto")
    );
    // A signature does not lift the limits.
    assert!(
        with(&policy, "/c.jpg?w=5000", "/w_5000/auto/c.jpg", 9, 0)
            .starts_with("!400 w must be a whole number from 1 to 4096; got \"5000\"")
    );
    let only = signing(r#"{"signing": "outside", "presetsOnly": true, "presets": {"a": "w=9"}}"#);
    assert_eq!(verdict(&only, "/c.jpg?p=a", 0), "/w_9/webp/c.jpg");
    assert_eq!(with(&only, "/c.jpg?w=10", "/w_10/auto/c.jpg", 9, 0), "/w_10/webp/c.jpg");
    assert_eq!(route(&only, "/c.jpg?w=10", 0).unwrap_err().fault, Fault::Unsigned);
}

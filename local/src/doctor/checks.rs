//! What is looked at.

use ridge_contract::values::{Fit, Side};

use super::Verdict;
use super::Verdict::{Fine, Wrong};
use super::site::{ANY, Answer, ELSEWHERE, Failed, Site, WEBP};

type Check = fn(&Site) -> Result<Verdict, Failed>;

/// By name, in order: what comes first explains what comes after.
pub(super) const ALL: &[(&str, Check)] = &[
    ("original", original),
    ("resized", resized),
    ("negotiation", negotiation),
    ("vary", vary),
    ("cors", cors),
    ("cache", cache),
    ("cache key", cache_key),
    ("canonical path", canonical_path),
    ("bad parameter", bad_parameter),
    ("missing", missing),
    ("sealed", sealed),
    ("large", large),
    ("headers", headers),
    ("conditions", conditions),
    ("head", head),
    ("methods", methods),
];

fn original(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.get(&site.signed(&site.path())?, &[("accept", WEBP)])?;
    Ok(match answer.status.as_u16() {
        200 => Fine(format!("{} of {} bytes", answer.kind()?, answer.body.len())),
        403 | 404 => Wrong(format!(
            "{}; is it in the bucket, and may the distribution read it (origin access control)?",
            answer.said()
        )),
        _ => Wrong(answer.said()),
    })
}

fn resized(site: &Site) -> Result<Verdict, Failed> {
    let (answer, query) = (site.small(WEBP)?, &site.asked.small);
    match answer.status.as_u16() {
        200 => {}
        400 | 403 => {
            return Ok(Wrong(format!("?{query}: {}; is --config the one that was deployed?", answer.said())));
        }
        _ => return Ok(Wrong(format!("?{query}: {}", answer.said()))),
    }
    let Ok(header) = ridge_pixels::recognise(&answer.body).and_then(|kind| ridge_pixels::header(kind, &answer.body))
    else {
        return Ok(Wrong(format!("?{query}: {}, and its body is no picture", answer.said())));
    };
    let (size, variant) = (header.size, site.variant(query, WEBP));
    let is_within = variant.as_ref().is_none_or(|path| {
        let options = path.variant().options();
        let holds = |limit: Option<Side>, side: u32| limit.is_none_or(|limit| side <= limit.get());
        options.fit == Fit::Outside || (holds(options.width, size.width) && holds(options.height, size.height))
    });
    Ok(if is_within {
        Fine(format!("?{query} gives {size} in {} bytes", answer.body.len()))
    } else {
        Wrong(format!("?{query} gives {size}; has the behaviour for this path the function viewer-request?"))
    })
}

fn negotiation(site: &Site) -> Result<Verdict, Failed> {
    let (webp, any) = (site.small(WEBP)?, site.small(ANY)?);
    for answer in [&webp, &any] {
        let kind = answer.kind()?;
        if answer.header("content-type") != format!("image/{}", kind.to_lowercase()) {
            return Ok(Wrong(format!("a {kind} comes as {:?}", answer.header("content-type"))));
        }
    }
    let output = |accept| site.variant(&site.asked.small, accept).map(|path| path.variant().output());
    if output(WEBP) == output(ANY) {
        return Ok(Fine(format!("{} for all: the configuration leaves no choice", any.kind()?)));
    }
    Ok(match (webp.kind()?, any.kind()?) {
        (asked @ ("WebP" | "AVIF"), plain @ ("JPEG" | "PNG" | "GIF")) => {
            Fine(format!("{asked} for who names it in Accept, {plain} for others"))
        }
        (_, plain @ ("WebP" | "AVIF")) => {
            Wrong(format!("{plain} for a client that does not name it in Accept, and may not be able to show it"))
        }
        (kind, _) => Wrong(format!("{kind} for a client that takes WebP: the header Accept must reach viewer-request")),
    })
}

/// With and without an `Origin`: a response headers policy with CORS headers drops `Vary: Accept` in either case.
fn vary(site: &Site) -> Result<Verdict, Failed> {
    let asked = [
        ("", site.small(WEBP)?),
        ("", site.small(ANY)?),
        (" to a request with an Origin", site.small_from_elsewhere(WEBP)?),
        (" to a request with an Origin", site.small_from_elsewhere(ANY)?),
    ];
    let names_accept =
        |answer: &Answer| answer.header("vary").split(',').any(|name| name.trim().eq_ignore_ascii_case("accept"));
    Ok(match asked.iter().find(|(_, answer)| !names_accept(answer)) {
        None => Fine("Vary: Accept, with and without an Origin".to_owned()),
        Some((when, answer)) => Wrong(format!(
            "Vary is {:?} in the answer{when} and does not name Accept, so a cache on the way may give one client's \
             format to another; the stack's response headers policy adds it, and must have no CORS headers",
            answer.header("vary")
        )),
    })
}

/// Pages of other sites may use images, and read what an error says.
fn cors(site: &Site) -> Result<Verdict, Failed> {
    let original = site.signed(&site.path())?;
    let asked = [
        ("a variant", site.small(WEBP)?),
        ("a variant to a request with an Origin", site.small_from_elsewhere(WEBP)?),
        ("the original", site.get(&original, &[("accept", WEBP)])?),
        ("an error", site.get(&format!("{}?w=640junk", site.path()), &[("origin", ELSEWHERE)])?),
    ];
    let closed = asked.iter().find(|(_, answer)| answer.header("access-control-allow-origin") != "*");
    Ok(match closed {
        None => Fine("Access-Control-Allow-Origin: * on variants, originals and errors".to_owned()),
        Some((what, answer)) => Wrong(format!(
            "Access-Control-Allow-Origin is {:?} for {what}, so a page of another site cannot use it in a canvas or by \
             fetch; the functions send *. What CloudFront has kept from before an update is invalidated with /*",
            answer.header("access-control-allow-origin")
        )),
    })
}

fn cache(site: &Site) -> Result<Verdict, Failed> {
    site.small(WEBP)?;
    let again = site.small(WEBP)?;
    Ok(if again.is_hit() {
        Fine("the second request is a hit".to_owned())
    } else {
        let found = format!("{}{}", again.header("x-cache"), again.header("x-ridge-cache"));
        let control = again.header("cache-control");
        Wrong(format!("the second request is no hit (X-Cache {found:?}, Cache-Control {control:?})"))
    })
}

fn cache_key(site: &Site) -> Result<Verdict, Failed> {
    let other = site.picture(&format!("utm_source=doctor&{}", site.asked.small), WEBP)?;
    Ok(if other.is_hit() {
        Fine("a foreign parameter makes no second copy".to_owned())
    } else {
        Wrong("a foreign parameter (utm_source) makes a second copy in the cache".to_owned())
    })
}

fn canonical_path(site: &Site) -> Result<Verdict, Failed> {
    let query = &site.asked.small;
    let path = site.variant(query, WEBP).map(|path| path.to_string()).unwrap_or_default();
    let (direct, asked) = (site.get(&site.signed(&path)?, &[])?, site.small(WEBP)?);
    Ok(if direct.status == 200 && direct.body == asked.body {
        Fine(format!("{path} is the same picture"))
    } else {
        Wrong(format!("{path} is not what ?{query} gives: {}", direct.said()))
    })
}

fn bad_parameter(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.get(&format!("{}?w=640junk", site.path()), &[("accept", WEBP)])?;
    let is_in_words = answer.header("content-type").starts_with("text/plain");
    Ok(if answer.status == 400 && is_in_words {
        Fine(answer.said())
    } else {
        Wrong(format!("?w=640junk should be a 400 in words, and is {}", answer.said()))
    })
}

fn missing(site: &Site) -> Result<Verdict, Failed> {
    let path = format!("{}.is-not-there?{}", site.path(), site.asked.small);
    let answer = site.get(&site.signed(&path)?, &[("accept", WEBP)])?;
    Ok(match answer.status.as_u16() {
        404 => Fine(answer.said()),
        403 => Wrong("403 for what is not there: origin-response has not run, or has lost its answer".to_owned()),
        _ => Wrong(format!("{path} should be a 404, and is {}", answer.said())),
    })
}

fn sealed(site: &Site) -> Result<Verdict, Failed> {
    for path in [format!("/w_64/webp/w_64/webp{}", site.path()), format!("/w_064/webp{}", site.path())] {
        let answer = site.get(&path, &[])?;
        if answer.status != 400 {
            return Ok(Wrong(format!("{path} is not canonical and should be a 400; it is {}", answer.said())));
        }
    }
    Ok(Fine("only canonical paths are taken".to_owned()))
}

/// A variant that may be too large for a function's own answer: by a redirect, and at most one.
fn large(site: &Site) -> Result<Verdict, Failed> {
    let query = &site.asked.large;
    let answer = site.picture(query, ANY)?;
    if answer.status == 200 {
        return Ok(Fine(format!("{} bytes at once", answer.body.len())));
    }
    if answer.status != 302 {
        return Ok(Wrong(format!("?{query}: {}", answer.said())));
    }
    let stored = site.get(answer.header("location"), &[])?;
    Ok(match stored.status.as_u16() {
        200 => Fine(format!(
            "{} bytes by a redirect; {} go into an answer",
            stored.body.len(),
            ridge_cloudfront::BODY_BUDGET
        )),
        302 => Wrong("a redirect that leads to a redirect: the variant is not stored, or cannot be read".to_owned()),
        _ => Wrong(format!("{}: {}", answer.header("location"), stored.said())),
    })
}

fn headers(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.small(WEBP)?;
    let mut wrong = Vec::new();
    if !answer.header("x-content-type-options").eq_ignore_ascii_case("nosniff") {
        wrong.push("X-Content-Type-Options is not nosniff".to_owned());
    }
    if !answer.header("content-security-policy").contains("sandbox") {
        wrong.push("Content-Security-Policy has no sandbox, so an original that is a page runs its scripts".to_owned());
    }
    // CloudFront's own are of the request, not of the store.
    let is_of_store = |name: &str| ridge_cloudfront::is_of_store(name) && !name.starts_with("x-amz-cf-");
    let told = answer.names().filter(|name| is_of_store(name) && answer.header(name) != "CloudFront");
    let told: Vec<_> = told.collect();
    if !told.is_empty() {
        wrong.push(format!("{} should not reach viewers", told.join(", ")));
    }
    if !answer.header("cache-control").contains("max-age=") {
        wrong.push(format!("Cache-Control {:?} has no max-age", answer.header("cache-control")));
    }
    if answer.header("etag").is_empty() {
        wrong.push("there is no ETag".to_owned());
    }
    Ok(if wrong.is_empty() { Fine(answer.header("cache-control").to_owned()) } else { Wrong(wrong.join("; ")) })
}

fn conditions(site: &Site) -> Result<Verdict, Failed> {
    let etag = site.small(WEBP)?.header("etag").to_owned();
    let path = site.signed(&format!("{}?{}", site.path(), site.asked.small))?;
    let answer = site.get(&path, &[("accept", WEBP), ("if-none-match", &etag)])?;
    Ok(if answer.status == 304 {
        Fine("304 for who has it already".to_owned())
    } else {
        Wrong(format!("If-None-Match with the picture's own ETag should be a 304, and is {}", answer.said()))
    })
}

fn head(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.head(&site.signed(&format!("{}?{}", site.path(), site.asked.small))?, WEBP)?;
    Ok(if answer.status == 200 && answer.body.is_empty() {
        Fine(answer.said())
    } else {
        Wrong(format!("HEAD should be a 200 without a body, and is {}", answer.said()))
    })
}

fn methods(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.delete(&format!("{}.is-not-there", site.path()))?;
    Ok(if matches!(answer.status.as_u16(), 403 | 405) {
        Fine("GET and HEAD only".to_owned())
    } else {
        Wrong(format!("DELETE should be refused, and is {}", answer.said()))
    })
}

//! What is looked at.

use shared::edge;

use super::Verdict;
use super::Verdict::{Fine, Wrong};
use super::site::{ANY, Answer, Failed, Site, WEBP};

type Check = fn(&Site) -> Result<Verdict, Failed>;

/// By name, in order: what comes first explains what comes after.
pub(super) const ALL: &[(&str, Check)] = &[
    ("original", original),
    ("resized", resized),
    ("negotiation", negotiation),
    ("vary", vary),
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

/// Small, and marked, so that the variants can be told from others.
const SMALL: &str = "w=64&v=doctor";
const SIDE: u32 = 64;

fn original(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.get(&site.path(), &[("accept", WEBP)])?;
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
    let answer = site.picture(SMALL, WEBP)?;
    if answer.status != 200 {
        return Ok(Wrong(format!("?{SMALL}: {}", answer.said())));
    }
    let Ok(header) = pixels::recognise(&answer.body).and_then(|kind| pixels::header(kind, &answer.body)) else {
        return Ok(Wrong(format!("?{SMALL}: {}, and its body is no picture", answer.said())));
    };
    let size = header.size;
    Ok(if size.width <= SIDE {
        Fine(format!("?{SMALL} gives {size} in {} bytes", answer.body.len()))
    } else {
        Wrong(format!("?{SMALL} gives {size}; has the behaviour for this path the function viewer-request?"))
    })
}

fn negotiation(site: &Site) -> Result<Verdict, Failed> {
    let (webp, any) = (site.picture(SMALL, WEBP)?, site.picture(SMALL, ANY)?);
    for answer in [&webp, &any] {
        let kind = answer.kind()?;
        if answer.header("content-type") != format!("image/{}", kind.to_lowercase()) {
            return Ok(Wrong(format!("a {kind} comes as {:?}", answer.header("content-type"))));
        }
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

fn vary(site: &Site) -> Result<Verdict, Failed> {
    let names_accept =
        |answer: &Answer| answer.header("vary").split(',').any(|name| name.trim().eq_ignore_ascii_case("accept"));
    let are_both = names_accept(&site.picture(SMALL, WEBP)?) && names_accept(&site.picture(SMALL, ANY)?);
    Ok(if are_both {
        Fine("Vary: Accept".to_owned())
    } else {
        Wrong(
            "Vary does not name Accept, so a cache on the way may give one client's format to another; the stack's \
             response headers policy adds it"
                .to_owned(),
        )
    })
}

fn cache(site: &Site) -> Result<Verdict, Failed> {
    site.picture(SMALL, WEBP)?;
    let again = site.picture(SMALL, WEBP)?;
    Ok(if again.is_hit() {
        Fine("the second request is a hit".to_owned())
    } else {
        let found = format!("{}{}", again.header("x-cache"), again.header("x-ridge-cache"));
        let control = again.header("cache-control");
        Wrong(format!("the second request is no hit (X-Cache {found:?}, Cache-Control {control:?})"))
    })
}

fn cache_key(site: &Site) -> Result<Verdict, Failed> {
    let other = site.picture(&format!("utm_source=doctor&{SMALL}"), WEBP)?;
    Ok(if other.is_hit() {
        Fine("a foreign parameter makes no second copy".to_owned())
    } else {
        Wrong("a foreign parameter (utm_source) makes a second copy in the cache".to_owned())
    })
}

fn canonical_path(site: &Site) -> Result<Verdict, Failed> {
    let path = format!("/w_{SIDE}/v_doctor/webp{}", site.path());
    let (direct, asked) = (site.get(&path, &[])?, site.picture(&format!("{SMALL}&f=webp"), ANY)?);
    Ok(if direct.status == 200 && direct.body == asked.body {
        Fine(format!("{path} is the same picture"))
    } else {
        Wrong(format!("{path} is not what ?{SMALL}&f=webp gives: {}", direct.said()))
    })
}

fn bad_parameter(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.picture("w=640junk", WEBP)?;
    let is_in_words = answer.header("content-type").starts_with("text/plain");
    Ok(if answer.status == 400 && is_in_words {
        Fine(answer.said())
    } else {
        Wrong(format!("?w=640junk should be a 400 in words, and is {}", answer.said()))
    })
}

fn missing(site: &Site) -> Result<Verdict, Failed> {
    let path = format!("{}.is-not-there?{SMALL}", site.path());
    let answer = site.get(&path, &[("accept", WEBP)])?;
    Ok(match answer.status.as_u16() {
        404 => Fine(answer.said()),
        403 => Wrong("403 for what is not there: origin-response has not run, or has lost its answer".to_owned()),
        _ => Wrong(format!("{path} should be a 404, and is {}", answer.said())),
    })
}

fn sealed(site: &Site) -> Result<Verdict, Failed> {
    for path in [format!("/w_{SIDE}/webp/w_{SIDE}/webp{}", site.path()), format!("/w_064/webp{}", site.path())] {
        let answer = site.get(&path, &[])?;
        if answer.status != 400 {
            return Ok(Wrong(format!("{path} is not canonical and should be a 400; it is {}", answer.said())));
        }
    }
    Ok(Fine("only canonical paths are taken".to_owned()))
}

/// A variant that may be too large for a function's own answer: by a redirect, and at most one.
fn large(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.picture("f=png&v=doctor", ANY)?;
    if answer.status == 200 {
        return Ok(Fine(format!("{} bytes at once", answer.body.len())));
    }
    if answer.status != 302 {
        return Ok(Wrong(format!("?f=png&v=doctor: {}", answer.said())));
    }
    let stored = site.get(answer.header("location"), &[])?;
    Ok(match stored.status.as_u16() {
        200 => Fine(format!("{} bytes by a redirect; {} go into an answer", stored.body.len(), edge::BODY_BUDGET)),
        302 => Wrong("a redirect that leads to a redirect: the variant is not stored, or cannot be read".to_owned()),
        _ => Wrong(format!("{}: {}", answer.header("location"), stored.said())),
    })
}

fn headers(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.picture(SMALL, WEBP)?;
    let mut wrong = Vec::new();
    if !answer.header("x-content-type-options").eq_ignore_ascii_case("nosniff") {
        wrong.push("X-Content-Type-Options is not nosniff".to_owned());
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
    let etag = site.picture(SMALL, WEBP)?.header("etag").to_owned();
    let path = format!("{}?{SMALL}", site.path());
    let answer = site.get(&path, &[("accept", WEBP), ("if-none-match", &etag)])?;
    Ok(if answer.status == 304 {
        Fine("304 for who has it already".to_owned())
    } else {
        Wrong(format!("If-None-Match with the picture's own ETag should be a 304, and is {}", answer.said()))
    })
}

fn head(site: &Site) -> Result<Verdict, Failed> {
    let answer = site.head(&format!("{}?{SMALL}", site.path()), WEBP)?;
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

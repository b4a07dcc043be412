//! Checks of originals and variants.

use ridge_contract::values::{Fit, Side};

use super::super::Verdict::{self, Fine, Wrong};
use super::super::accept::{ANY, WEBP};
use super::super::site::{CheckError, Site};

pub(super) fn original(site: &Site) -> Result<Verdict, CheckError> {
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

pub(super) fn resized(site: &Site) -> Result<Verdict, CheckError> {
    let (answer, query) = (site.small(WEBP)?, &site.queries.small);
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

pub(super) fn negotiation(site: &Site) -> Result<Verdict, CheckError> {
    let (webp, any) = (site.small(WEBP)?, site.small(ANY)?);
    for answer in [&webp, &any] {
        let kind = answer.kind()?;
        if answer.header("content-type") != format!("image/{}", kind.to_lowercase()) {
            return Ok(Wrong(format!("a {kind} comes as {:?}", answer.header("content-type"))));
        }
    }
    let output = |accept| site.variant(&site.queries.small, accept).map(|path| path.variant().output());
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

pub(super) fn large(site: &Site) -> Result<Verdict, CheckError> {
    let query = &site.queries.large;
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

//! Checks of originals and variants.

use ridge_contract::values::{Fit, Side};

use super::super::Verdict::{self, Failed, Passed};
use super::super::accept::{ANY, WEBP};
use super::super::site::{CheckError, Site};

pub(super) fn original(site: &Site) -> Result<Verdict, CheckError> {
    let response = site.get(&site.signed(&site.path())?, &[("accept", WEBP)])?;
    Ok(match response.status.as_u16() {
        200 => Passed(format!("{} of {} bytes", response.format_name()?, response.body.len())),
        403 | 404 => Failed(format!(
            "{}; check that it is in the bucket, and that the distribution can read the bucket (origin access control)",
            response.summary()
        )),
        _ => Failed(response.summary()),
    })
}

pub(super) fn resized(site: &Site) -> Result<Verdict, CheckError> {
    let (response, query) = (site.small(WEBP)?, &site.queries.small);
    match response.status.as_u16() {
        200 => {}
        400 | 403 => {
            return Ok(Failed(format!(
                "?{query}: {}; check that --config names the deployed configuration",
                response.summary()
            )));
        }
        _ => return Ok(Failed(format!("?{query}: {}", response.summary()))),
    }
    let Ok(header) =
        ridge_pixels::recognise(&response.body).and_then(|kind| ridge_pixels::header(kind, &response.body))
    else {
        return Ok(Failed(format!("?{query}: {}, and its body is not an image", response.summary())));
    };
    let (size, variant) = (header.size, site.variant(query, WEBP));
    let is_within = variant.as_ref().is_none_or(|path| {
        let options = path.variant().options();
        let holds = |limit: Option<Side>, side: u32| limit.is_none_or(|limit| side <= limit.get());
        options.fit == Fit::Outside || (holds(options.width, size.width) && holds(options.height, size.height))
    });
    Ok(if is_within {
        Passed(format!("?{query} gives {size} in {} bytes", response.body.len()))
    } else {
        Failed(format!(
            "?{query} gives {size}; check that the cache behaviour for this path has the function viewer-request"
        ))
    })
}

pub(super) fn negotiation(site: &Site) -> Result<Verdict, CheckError> {
    let (webp, any) = (site.small(WEBP)?, site.small(ANY)?);
    for response in [&webp, &any] {
        let kind = response.format_name()?;
        if response.header("content-type") != format!("image/{}", kind.to_lowercase()) {
            return Ok(Failed(format!("the Content-Type of a {kind} is {:?}", response.header("content-type"))));
        }
    }
    let output = |accept| site.variant(&site.queries.small, accept).map(|path| path.variant().output());
    if output(WEBP) == output(ANY) {
        return Ok(Passed(format!("{} for all clients: the configuration allows one format", any.format_name()?)));
    }
    Ok(match (webp.format_name()?, any.format_name()?) {
        (asked @ ("WebP" | "AVIF"), plain @ ("JPEG" | "PNG" | "GIF")) => {
            Passed(format!("{asked} for clients that accept it, {plain} otherwise"))
        }
        (_, plain @ ("WebP" | "AVIF")) => Failed(format!("{plain} for a client that does not accept it")),
        (kind, _) => Failed(format!(
            "{kind} for a client that accepts WebP; check that viewer-request receives the header Accept"
        )),
    })
}

pub(super) fn large(site: &Site) -> Result<Verdict, CheckError> {
    let query = &site.queries.large;
    let response = site.variant_of(query, ANY)?;
    if response.status == 200 {
        return Ok(Passed(format!("{} bytes in one response", response.body.len())));
    }
    if response.status != 302 {
        return Ok(Failed(format!("?{query}: {}", response.summary())));
    }
    let stored = site.get(response.header("location"), &[])?;
    Ok(match stored.status.as_u16() {
        200 => Passed(format!(
            "{} bytes after a redirect; a generated response has at most {}",
            stored.body.len(),
            ridge_cloudfront::BODY_BUDGET
        )),
        302 => {
            Failed("the redirect leads to another redirect: the variant is not stored, or cannot be read".to_owned())
        }
        _ => Failed(format!("{}: {}", response.header("location"), stored.summary())),
    })
}

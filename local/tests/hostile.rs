//! Images made to do harm, through `ridge serve` with the memory of a small function: each results in an image or an
//! error of the table before the timeout, and only variants and refusals are stored.

use ridge_store::Store as _;
use std::fs;

use ridge_contract::Key;
use ridge_engine::Refusal;
use tempfile::tempdir;

use crate::support::bombs::{self, Bomb, Must};
use crate::support::{Ridge, pictures};

/// The limit of the process's memory (`RLIMIT_DATA`), in bytes: 512 MB for the function, and 128 MB for CloudFront and
/// S3, which run in the same process here.
const MEMORY: u64 = (512 + 128) << 20;
/// In seconds, a third of Lambda@Edge's maximum.
const TIMEOUT: &str = "10";

/// The number of tests that share the bombs, and run at the same time.
const SHARES: usize = 4;

#[tokio::test]
async fn every_bomb_results_in_an_image_or_an_error_1() {
    share(0).await;
}

#[tokio::test]
async fn every_bomb_results_in_an_image_or_an_error_2() {
    share(1).await;
}

#[tokio::test]
async fn every_bomb_results_in_an_image_or_an_error_3() {
    share(2).await;
}

#[tokio::test]
async fn every_bomb_results_in_an_image_or_an_error_4() {
    share(3).await;
}

async fn share(number: usize) {
    let (data, folder) = (tempdir().unwrap(), tempdir().unwrap());
    let bombs = bombs::all();
    assert!(bombs.len() >= 75 && number < SHARES, "{}", bombs.len());
    let bombs: Vec<_> = bombs.into_iter().skip(number).step_by(SHARES).collect();
    for Bomb { name, bytes, .. } in &bombs {
        fs::write(folder.path().join(format!("{name}.jpg")), bytes).unwrap();
    }
    fs::write(folder.path().join("good.jpg"), pictures::sample("dandelion.jpg")).unwrap();
    let originals = folder.path().to_str().unwrap();
    let arguments = ["--originals", originals, "--timeout", TIMEOUT, "--renders", "1"];
    let start = || Ridge::limited(data.path(), &arguments, MEMORY);
    let mut ridge = start();

    let mut failures = Vec::new();
    for Bomb { name, must, .. } in &bombs {
        for query in ["w=60", "w=60&f=png", "w=2000&f=webp"] {
            if let Err(failure) = check(&ridge, name, *must, query).await {
                failures.push(format!("{name}?{query}: {failure}"));
            }
            if ridge.has_ended() {
                failures.push(format!("{name}?{query}: the process is gone: {:?}", ridge.errors().last()));
                ridge = start();
            }
        }
    }
    failures.extend(ridge.errors().into_iter().filter(|line| line.contains("panic")));
    assert!(failures.is_empty(), "{failures:#?}");
    assert_eq!(ridge.get("/good.jpg?w=60").await.picture(), ("60x34".into(), "WebP"));
    println!("peak {} MiB", ridge.peak_mib());
}

async fn check(ridge: &Ridge, name: &str, must: Must, query: &str) -> Result<(), String> {
    let before = ridge.keys("w_").await.len();
    let answer = ridge.try_get(format!("/{name}.jpg?{query}")).await?;
    let is_fit = match must {
        Must::Show => answer.status == 200 || answer.status == 302,
        Must::Refuse(statuses) => statuses.contains(&answer.status),
        Must::RefuseFrames if !query.contains("png") => answer.status == 413,
        Must::Either | Must::RefuseFrames => matches!(answer.status, 200 | 302 | 413 | 415 | 422),
    };
    if !is_fit {
        return Err(format!(
            "{} {:?}",
            answer.status,
            String::from_utf8_lossy(&answer.body[..answer.body.len().min(99)])
        ));
    }
    if answer.header("x-content-type-options") != "nosniff" {
        return Err("it may be sniffed".to_owned());
    }
    let after = ridge.keys("w_").await;
    let is_stored = after.len() > before;
    match answer.status {
        200 => {
            let kind = answer.picture().1;
            if answer.header("content-type") != format!("image/{}", kind.to_lowercase()) {
                return Err(format!("{kind} as {}", answer.header("content-type")));
            }
            let payload = bombs::PAYLOAD.as_bytes();
            if answer.body.windows(payload.len()).any(|part| part == payload) {
                return Err("what was hidden in it came out".to_owned());
            }
        }
        302 => {}
        _ if answer.header("content-type") != "text/plain; charset=utf-8" => return Err("not in words".to_owned()),
        _ if answer.text().lines().count() != 1 => return Err(format!("{:?}", answer.text())),
        // A refusal is stored instead of a variant.
        _ if is_stored => {
            for key in after.iter().filter(|key| key.ends_with(&format!("/{name}.jpg"))) {
                let facts = ridge.store().head(&Key::new(key).unwrap()).await.map_err(|error| error.to_string())?;
                let is_text = facts.content_type.as_deref() == Some("text/plain; charset=utf-8");
                if Refusal::of(&facts).is_some() != is_text {
                    return Err(format!("{key} is no variant and no refusal: {facts:?}"));
                }
            }
        }
        _ => {}
    }
    Ok(())
}

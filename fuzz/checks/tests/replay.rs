//! Seeds, earlier findings, and mutations of both, on the stable toolchain.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use checks::{TARGETS, Target};

use crate::support::{Random, dictionary, folder};

/// Number of mutations for each target; all targets take a few seconds.
const CHANGES: usize = 10_000;

#[test]
fn seeds_regressions_and_changes_of_both() {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    let work = || {
        while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(finding) = replay(target) {
                broken.lock().expect("nobody panics with it").push(finding);
            }
        }
    };
    thread::scope(|scope| (0..threads).for_each(|_| _ = scope.spawn(work)));
    assert_eq!(broken.into_inner().expect("nobody panics with it"), Vec::<String>::new());
}

fn replay(target: &Target) -> Result<(), String> {
    let seeds = (target.seeds)();
    assert!(seeds.len() >= 8, "{}", target.name);
    for (index, seed) in seeds.iter().enumerate() {
        assert!(seed.len() <= target.max_len, "{} seed {index}: {} bytes", target.name, seed.len());
        assert!(run(target, seed, &format!("seed-{index}"))?, "{} seed {index} is not looked at", target.name);
    }
    let mut all = seeds;
    for (name, input) in regressions(target) {
        run(target, &input, &name)?;
        all.push(input);
    }
    let words = dictionary(target.dictionary);
    let mut random = Random(1 + all.len() as u64);
    for _ in 0..CHANGES {
        let mut input = random.choose(&all).clone();
        random.change(&mut input, &words, &all);
        input.truncate(target.max_len);
        run(target, &input, "a changed input")?;
    }
    Ok(())
}

fn regressions(target: &Target) -> Vec<(String, Vec<u8>)> {
    let Ok(files) = fs::read_dir(folder().join("regressions").join(target.name)) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|path| (path.display().to_string(), fs::read(path).expect("a file"))).collect()
}

/// Returns whether the target tests the input. An input that breaks a law is kept, so that it can become a regression.
fn run(target: &Target, input: &[u8], name: &str) -> Result<bool, String> {
    catch_unwind(|| (target.check)(input).is_some()).map_err(|_| {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-finding", target.name));
        fs::write(&kept, input).expect("a place for the finding");
        format!("{name} breaks a law of {}; it is kept as {}", target.name, kept.display())
    })
}

#[test]
fn every_regression_has_its_target() {
    let Ok(folders) = fs::read_dir(folder().join("regressions")) else { return };
    for found in folders {
        let name = found.expect("a folder").file_name();
        assert!(TARGETS.iter().any(|target| name == target.name), "{name:?} is no target");
    }
}
